//go:build !unix

package store

import "os"

// ownedByUs reports whether a file is this user's.
func ownedByUs(os.FileInfo) bool { return true }

// otherNames reports whether a file has more names than one.
func otherNames(os.FileInfo) bool { return false }
