//go:build unix && !solaris && !aix

package disk

import (
	"os"

	"golang.org/x/sys/unix"
)

// ErrLocked is the error of Lock if another process holds the lock.
var ErrLocked error = unix.EWOULDBLOCK

// NoFollow makes an open fail if the name is a link: the file behind it may be
// anyone's.
const NoFollow = unix.O_NOFOLLOW

// Lock takes the lock of an open file. The kernel releases it when the process dies.
func Lock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }
