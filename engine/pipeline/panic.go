package pipeline

import (
	"errors"
	"fmt"
	"runtime/debug"

	"leapscore/ops/column"
)

// PanicError is a mistake in this program that a batch brought to light.
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

// Recovered turns a panic into an error, so that a run that a mistake ends
// cleans up like any other. It is to be deferred.
func Recovered(err *error) {
	p := recover()
	if large, ok := p.(error); ok && errors.Is(large, column.ErrTooLarge) {
		*err = large // which is no mistake
		return
	}
	if p != nil {
		*err = &PanicError{Value: p, Stack: debug.Stack()}
	}
}
