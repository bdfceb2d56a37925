package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"syscall"

	"leapscore/cmd/leapscore/internal/pipes"
)

// errClosed says that there is no stdout.
var errClosed = errors.New("stdout is closed, so that no result can be printed: leave it open, or send it to a file or to /dev/null")

// results is stdout. It remembers the first error, so that no command ends well whose
// result was lost.
type results struct {
	w      io.Writer
	closed bool // when the process started

	mu  sync.Mutex
	err error
}

func (r *results) Write(p []byte) (int, error) {
	if err := r.failure(); err != nil {
		return 0, err
	}
	n, err := r.w.Write(p)
	if err != nil {
		err = r.fail(err)
	}
	return n, err
}

// WriteBuffers writes buffers one after the other.
func (r *results) WriteBuffers(buffers [][]byte) error {
	if err := r.failure(); err != nil {
		return err
	}
	if err := pipes.WriteBuffers(r.w, buffers); err != nil {
		return r.fail(err)
	}
	return nil
}

// Fd is the descriptor of stdout, which says whether it is a terminal.
func (r *results) Fd() uintptr {
	if f, ok := r.w.(interface{ Fd() uintptr }); ok {
		return f.Fd()
	}
	return ^uintptr(0)
}

// failure is why nothing can be written, if so.
func (r *results) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		r.err = errClosed
	}
	return r.err
}

func (r *results) fail(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		err = at.Err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err = fmt.Errorf("stdout: %w: the result is not printed", err); errors.Is(err, syscall.EPIPE) {
		r.err = errPipe
	}
	return r.err
}

// lost is the error of a result that was not printed. A command that prints nothing has
// none, whatever stdout is.
func (r *results) lost() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}
