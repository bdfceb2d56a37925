//go:build !linux

package disk

import "os"

// CopyAccess gives a folder the mode of another, which it is to replace.
func CopyAccess(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return os.Chmod(to, info.Mode()&(os.ModePerm|os.ModeSetgid|os.ModeSticky))
}
