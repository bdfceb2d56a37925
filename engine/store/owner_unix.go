//go:build unix

package store

import (
	"os"
	"syscall"
)

// ownedByUs reports whether a file is this user's.
func ownedByUs(i os.FileInfo) bool {
	st, ok := i.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid()
}

// otherNames reports whether a file has more names than one.
func otherNames(i os.FileInfo) bool {
	st, ok := i.Sys().(*syscall.Stat_t)
	return ok && st.Nlink > 1
}
