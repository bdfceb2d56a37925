//go:build !unix

package store

import "os"

// identify tells nothing here: size and time have to do.
func identify(os.FileInfo) fileID { return fileID{} }
