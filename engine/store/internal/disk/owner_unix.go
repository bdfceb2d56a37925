//go:build unix

package disk

import (
	"os"
	"syscall"
)

// OwnedByUs reports whether a file is this user's.
func OwnedByUs(i os.FileInfo) bool {
	st, ok := i.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid()
}

// HasOtherNames reports whether a file has more names than one.
func HasOtherNames(i os.FileInfo) bool {
	st, ok := i.Sys().(*syscall.Stat_t)
	return ok && st.Nlink > 1
}
