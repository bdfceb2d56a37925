//go:build !unix || solaris || aix

package disk

import (
	"errors"
	"os"
)

// ErrLocked is the error of Lock if another process holds the lock.
var ErrLocked = errors.New("locked")

// Lock is not known here.
func Lock(*os.File) error { return errors.ErrUnsupported }

// NoFollow is not known here.
const NoFollow = 0
