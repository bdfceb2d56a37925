//go:build unix && !solaris && !aix

package store

import (
	"os"

	"golang.org/x/sys/unix"
)

var errWouldBlock error = unix.EWOULDBLOCK

// noFollow has an open fail where the name is a link: the file behind it may be
// anyone's.
const noFollow = unix.O_NOFOLLOW

// lockFile takes the lock that the kernel drops when the process dies.
func lockFile(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }
