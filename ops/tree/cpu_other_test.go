//go:build !unix

package tree

import "time"

// cpuTime is what this process has used of processors, or 0 where that is not
// known.
func cpuTime() time.Duration { return 0 }
