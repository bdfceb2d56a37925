// Package process makes a process end in a way that schedulers understand: with an exit
// code of its own if it crashes, as process 1 of a container too.
package process

import (
	"os"
	"runtime/debug"
)

// Prepare makes crashes visible in the exit code. The runtime of Go ends a program that
// crashes with code 2, which is that of a wrong command line here: it sends itself
// SIGABRT instead, after the stacks of all goroutines, and shells show 134. No core is
// written, which would hold rows and secrets, unless GOTRACEBACK=crash asks for it.
func Prepare() {
	if os.Getenv("GOTRACEBACK") != "crash" {
		noCore()
	}
	debug.SetTraceback("crash")
}
