//go:build !unix

package process

func noCore() {}
