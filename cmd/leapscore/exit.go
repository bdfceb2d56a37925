package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"leapscore/job"
)

// The exit codes. They are a public interface.
const (
	exitOK       = 0
	exitFailed   = 1 // failure at run time, including a refused row
	exitUsage    = 2
	exitModel    = 3                          // the model cannot be loaded
	exitContract = 4                          // source and model do not fit, or the row counts do not add up
	exitBudget   = 5                          // more rows rejected than allowed, a column has drifted further than allowed, or too few rows came out
	exitExists   = 6                          // the output is already there, or another run is writing it
	exitInternal = 70                         // a bug in this program, EX_SOFTWARE of sysexits.h; see package process for crashes
	exitPipe     = 128 + int(syscall.SIGPIPE) // the reader of stdout has gone
)

// exitCodes are those of the classes of errors.
var exitCodes = map[job.Class]int{
	job.ClassUsage:    exitUsage,
	job.ClassModel:    exitModel,
	job.ClassContract: exitContract,
	job.ClassBudget:   exitBudget,
	job.ClassExists:   exitExists,
	job.ClassCanceled: 128 + int(syscall.SIGINT),
	job.ClassInternal: exitInternal,
	job.ClassFailed:   exitFailed,
}

// usageError is a mistake on the command line or in the configuration.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// modelError is a model that cannot be loaded.
type modelError struct{ err error }

func (e modelError) Error() string { return e.err.Error() }
func (e modelError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// signalError is the cause of a run that a signal ended.
type signalError struct{ sig os.Signal }

func (e signalError) Error() string { return e.sig.String() + ": stopped, nothing published" }

// Is says that what a signal ended was canceled.
func (e signalError) Is(target error) bool { return target == context.Canceled }

// errPipe says that whoever read stdout has gone.
var errPipe = errors.New("stdout: its reader has gone")

// exitCode is the exit code of a command that ended with an error.
func exitCode(err error) int {
	if err == nil {
		return exitOK
	}
	if s, ok := errors.AsType[signalError](err); ok {
		return signalCode(s)
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[modelError](err); ok {
		return exitModel
	}
	class := job.ClassOf(err)
	if class == job.ClassFailed && errors.Is(err, errPipe) {
		return exitPipe
	}
	return exitCodes[class]
}

func signalCode(s signalError) int {
	if n, ok := s.sig.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return exitFailed
}
