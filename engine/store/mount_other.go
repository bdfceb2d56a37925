//go:build !linux

package store

// IsMountPoint is not known here.
func (s *Store) IsMountPoint(string) bool { return false }
