//go:build cgo

package process

// #include "early.h"
import "C"

// StdoutClosed reports whether stdout was closed when the process started. The runtime
// of Go opens /dev/null in its place, so that nothing fails that is written there.
func StdoutClosed() bool { return C.leapscore_stdout_closed != 0 }
