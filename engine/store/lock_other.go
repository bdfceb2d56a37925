//go:build !unix || solaris || aix

package store

import (
	"errors"
	"os"
)

var errWouldBlock = errors.New("locked")

func lockFile(*os.File) error { return errors.ErrUnsupported }

const noFollow = 0
