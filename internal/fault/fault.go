// Package fault marks errors with their class, where no type of their own
// tells it.
package fault

import "fmt"

// UsageError is a mistake in what was asked for.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }
func (e *UsageError) Unwrap() error { return e.Err }

// ModelError is a model that cannot be opened or loaded.
type ModelError struct{ Err error }

func (e *ModelError) Error() string { return e.Err.Error() }
func (e *ModelError) Unwrap() error { return e.Err }

// Usage marks an error as a mistake in what was asked for.
func Usage(err error) error { return &UsageError{err} }

// Usagef is Usage of a new error.
func Usagef(format string, args ...any) error { return &UsageError{fmt.Errorf(format, args...)} }

// Model marks an error as one of a model.
func Model(err error) error { return &ModelError{err} }

// GateError says that a gate is closed: all is scored, and nothing published.
type GateError struct{ Msg string }

func (e *GateError) Error() string { return e.Msg + "; nothing is published" }
