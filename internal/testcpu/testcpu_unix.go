//go:build unix

package testcpu

import (
	"syscall"
	"time"
)

// Time is what this process has used of processors, or 0 where that is not known. On
// a machine that others use it says more than the clock.
func Time() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
