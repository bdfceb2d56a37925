//go:build unix

package disk

import (
	"os"
	"syscall"
)

// Identify tells a file from another one that takes its name.
func Identify(i os.FileInfo) ID {
	st, ok := i.Sys().(*syscall.Stat_t)
	if !ok {
		return ID{}
	}
	return ID{uint64(st.Dev), uint64(st.Ino)}
}
