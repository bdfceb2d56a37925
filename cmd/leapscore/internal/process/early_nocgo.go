//go:build !cgo

package process

// StdoutClosed is not known here.
func StdoutClosed() bool { return false }
