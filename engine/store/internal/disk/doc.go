// Package disk is what operating systems do differently with files: locks, owners,
// mount points, the exchange of two folders in one step.
package disk

// ID is the device and the inode of a file.
type ID struct{ dev, ino uint64 }
