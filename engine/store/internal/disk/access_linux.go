package disk

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// CopyAccess gives a folder the group, the mode with setgid and sticky bits, and the
// access lists of another, which it is to replace.
func CopyAccess(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		if now, err := os.Stat(to); err == nil && now.Sys().(*syscall.Stat_t).Gid != st.Gid {
			_ = os.Lchown(to, -1, int(st.Gid)) // only members of the group may
		}
	}
	if err := os.Chmod(to, info.Mode()&(os.ModePerm|os.ModeSetgid|os.ModeSticky)); err != nil {
		return err
	}
	for _, list := range []string{"system.posix_acl_access", "system.posix_acl_default"} {
		if err := copyAttribute(from, to, list); err != nil {
			return &os.PathError{Op: "copy " + list + " to", Path: to, Err: err}
		}
	}
	return nil
}

// copyAttribute copies an extended attribute. File systems without it have none to
// copy.
func copyAttribute(from, to, name string) error {
	value := make([]byte, 64<<10) // the most that an attribute has
	n, err := unix.Lgetxattr(from, name, value)
	switch {
	case errors.Is(err, unix.ENODATA):
		if err = unix.Lremovexattr(to, name); errors.Is(err, unix.ENODATA) || errors.Is(err, unix.ENOTSUP) {
			err = nil
		}
		return err
	case errors.Is(err, unix.ENOTSUP):
		return nil
	case err != nil:
		return err
	}
	return unix.Lsetxattr(to, name, value[:n], 0)
}
