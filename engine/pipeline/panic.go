package pipeline

import (
	"errors"
	"fmt"
	"runtime/debug"

	"leapscore/ops/column"
)

// PanicError is a bug in this program that a batch triggered.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("internal error: %v\n%s", e.Value, e.Stack) }

// Unwrap returns the panic's value, if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Recovered turns a panic into an error, so that a run that a bug ends cleans up
// like any other. Callers defer it.
func Recovered(err *error) {
	p := recover()
	if large, ok := p.(error); ok && errors.Is(large, column.ErrTooLarge) {
		*err = large // the data is at fault, not the program
		return
	}
	if p != nil {
		*err = &PanicError{Value: p, Stack: debug.Stack()}
	}
}
