//go:build !unix

package process

// EndWithParent does nothing: the descriptors of this system are not inherited.
func EndWithParent() {}
