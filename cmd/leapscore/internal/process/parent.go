//go:build unix

package process

import (
	"errors"
	"io"
	"os"
	"strconv"
	"syscall"
)

// parentVariable names the descriptor of a pipe whose other end only the process that
// started this one holds open. A signal at the death of a parent, as Linux has it, is
// sent when the thread ends that started the child, and other systems have none.
const parentVariable = "LEAPSCORE_PARENT_FD"

// EndWithParent sends SIGTERM to this process when the process that started it has gone,
// if it asked for that: a run is then stopped as by any scheduler, and clears up.
func EndWithParent() {
	fd, err := strconv.Atoi(os.Getenv(parentVariable))
	_ = os.Unsetenv(parentVariable) // it is not for the children of this process
	if err != nil || fd <= 2 {
		return
	}
	syscall.CloseOnExec(fd)
	go func() {
		_, err := os.NewFile(uintptr(fd), "parent").Read(make([]byte, 1))
		if errors.Is(err, io.EOF) { // any other error is that of a descriptor that is no pipe
			_ = syscall.Kill(os.Getpid(), syscall.SIGTERM) // it cannot fail for the process itself
		}
	}()
}
