//go:build unix

package store

import (
	"os"
	"syscall"
)

// identify tells a file from another one that takes its name.
func identify(i os.FileInfo) fileID {
	st, ok := i.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}
	}
	return fileID{uint64(st.Dev), uint64(st.Ino)}
}
