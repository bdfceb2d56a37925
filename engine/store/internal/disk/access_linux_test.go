package disk

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// acl is an access list: the owner and user 12345 may do all, the group may read.
var acl = []byte{
	2, 0, 0, 0,
	1, 0, 7, 0, 0xff, 0xff, 0xff, 0xff,
	2, 0, 7, 0, 0x39, 0x30, 0, 0,
	4, 0, 5, 0, 0xff, 0xff, 0xff, 0xff,
	16, 0, 7, 0, 0xff, 0xff, 0xff, 0xff,
	32, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
}

func TestAFolderTakesOverWhoMayDoWhat(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	const mode = os.ModeSetgid | os.ModeSticky | 0o770
	if err := os.Chmod(from, mode); err != nil {
		t.Fatal(err)
	}
	lists := true
	for _, name := range []string{"system.posix_acl_access", "system.posix_acl_default"} {
		if err := unix.Lsetxattr(from, name, acl, 0); errors.Is(err, unix.ENOTSUP) {
			lists = false // this file system has none
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := CopyAccess(from, to); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode() != os.ModeDir|mode {
		t.Errorf("mode %v (%v), want %v", info.Mode(), err, mode)
	}
	got := make([]byte, 1024)
	for _, name := range []string{"system.posix_acl_access", "system.posix_acl_default"} {
		if n, err := unix.Lgetxattr(to, name, got); lists && (err != nil || !bytes.Equal(got[:n], acl)) {
			t.Errorf("%s is %x (%v), want %x", name, got[:max(n, 0)], err, acl)
		}
	}
	// A folder without lists loses those of the other.
	if err := CopyAccess(t.TempDir(), to); err != nil {
		t.Fatal(err)
	}
	if _, err := unix.Lgetxattr(to, "system.posix_acl_default", got); err == nil {
		t.Error("an access list has stayed that the other folder does not have")
	}
}
