//go:build !linux

package store

import "os"

func writeBack(*os.File, int64, int64) {}
