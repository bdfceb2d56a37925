//go:build !linux

package collect

func hugePages(int) {}
