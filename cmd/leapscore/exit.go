package main

import (
	"context"
	"errors"
	"syscall"

	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/sinks"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sql"
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
	exitPipe     = 128 + int(syscall.SIGPIPE) // the reader of stdout has gone
)

// usageError is a mistake on the command line or in the configuration.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// modelError is a model that cannot be opened or loaded.
type modelError struct{ err error }

func (e modelError) Error() string { return e.err.Error() }
func (e modelError) Unwrap() error { return e.err }

// exitCode is the table from error classes to exit codes.
func exitCode(err error) int {
	var (
		sig      errSignal
		usage    usageError
		jobUsage *engine.UsageError
		model    modelError
		load     *pipeline.LoadError
		contract *pipeline.ContractError
		outputs  *pipeline.OutputError
		names    *pipeline.NameError
		budget   *engine.BudgetError
		drift    *driftError
		column   *sinks.ColumnError
		layout   *sinks.LayoutError
		busy     *sinks.BusyError
		differs  *sinks.DiffersError
		conflict *sinks.ConflictError
		another  incrementalError
		moved    *sinks.MovedError
		closed   *gateError
		stranger *sinks.OtherPartitionError
		noFile   *files.NoneReadableError
		other    *otherJobError
		gone     *sinks.GoneError
		table    *files.TableError
		place    *files.PlaceError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &sig):
		return signalCode(sig)
	case errors.As(err, &usage), errors.As(err, &jobUsage), errors.As(err, &outputs), errors.As(err, &names), errors.As(err, &column), errors.Is(err, sql.ErrQuery), errors.Is(err, sources.ErrNoFiles), errors.As(err, &table), errors.As(err, &place):
		return exitUsage
	case errors.As(err, &model), errors.As(err, &load):
		return exitModel
	case errors.As(err, &contract), errors.As(err, &layout), errors.As(err, &differs), errors.As(err, &another), errors.As(err, &stranger), errors.As(err, &other), errors.Is(err, engine.ErrCounts), errors.Is(err, sinks.ErrMismatch):
		return exitContract
	case errors.As(err, &budget), errors.As(err, &drift), errors.As(err, &closed), errors.As(err, &noFile):
		return exitBudget
	case errors.Is(err, sinks.ErrOutputExists), errors.As(err, &busy), errors.As(err, &conflict), errors.As(err, &moved), errors.As(err, &gone):
		return exitExists
	case errors.Is(err, errPipe):
		return exitPipe
	case errors.Is(err, context.Canceled):
		return 128 + int(syscall.SIGINT)
	}
	return exitFailed
}

func signalCode(s errSignal) int {
	if n, ok := s.sig.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return exitFailed
}
