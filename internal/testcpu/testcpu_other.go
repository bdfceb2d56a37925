//go:build !unix

package testcpu

import "time"

// Time is what this process has used of processors, or 0 where that is not known.
func Time() time.Duration { return 0 }
