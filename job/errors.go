package job

import (
	"context"
	"errors"

	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/internal/fault"
	"leapscore/job/internal/drift"
	"leapscore/sinks"
	"leapscore/sinks/fleet"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sql"
)

// Class is what kind of error a job ended with.
type Class string

// The classes of errors.
const (
	ClassUsage    Class = "usage"    // a mistake in the Spec, or in what it names
	ClassModel    Class = "model"    // a model cannot be loaded
	ClassContract Class = "contract" // source and model, or rows and table, do not fit, or the row counts do not add up
	ClassBudget   Class = "budget"   // too many rows rejected, too few that came out, or too much drift
	ClassExists   Class = "exists"   // the output is there already, or another run is writing it
	ClassCanceled Class = "canceled" // the context has ended
	ClassInternal Class = "internal" // a bug in this program
	ClassFailed   Class = "failed"   // all else, such as a row that the model refuses
)

// ClassOf returns the class of an error, of several joined ones the first in the
// order above, and that of a bug before all. It is empty for nil.
func ClassOf(err error) Class {
	switch {
	case err == nil:
		return ""
	case is[*pipeline.PanicError](err):
		return ClassInternal
	case isUsage(err):
		return ClassUsage
	case is[*fault.ModelError](err), is[*pipeline.LoadError](err):
		return ClassModel
	case isContract(err):
		return ClassContract
	case is[*engine.BudgetError](err), is[*drift.Error](err), is[*fault.GateError](err), is[*files.NoneReadableError](err):
		return ClassBudget
	case errors.Is(err, sinks.ErrOutputExists), is[*sinks.BusyError](err), is[*sinks.ConflictError](err), is[*sinks.MovedError](err), is[*sinks.GoneError](err):
		return ClassExists
	case errors.Is(err, context.Canceled):
		return ClassCanceled
	}
	return ClassFailed
}

func isUsage(err error) bool {
	return is[*fault.UsageError](err) || is[*CheckError](err) || is[*engine.UsageError](err) || is[*pipeline.OutputError](err) || is[*pipeline.NameError](err) ||
		is[*sinks.ColumnError](err) || is[*files.TableError](err) || errors.Is(err, sql.ErrQuery) || errors.Is(err, sources.ErrNoFiles)
}

func isContract(err error) bool {
	return is[*pipeline.ContractError](err) || is[*sinks.LayoutError](err) || is[*sinks.DiffersError](err) || is[*fleet.DiffersError](err) || is[*fleet.OtherPlanError](err) || is[*incrementalError](err) ||
		is[*sinks.OtherPartitionError](err) || is[*otherJobError](err) || errors.Is(err, engine.ErrCounts) || errors.Is(err, sinks.ErrMismatch)
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// Blame is what an error blames: a row, a node of the model, a column of the source.
// Fields that are not known are empty.
type Blame struct {
	Code             string // of a row, as codes.md lists them, or missing_column or wrong_type
	Node, Op, Column string
	Row              int64 // in its file or query, from 0
	HasRow           bool
}

// BlameOf returns what an error blames. Of several rows or columns it is the first.
func BlameOf(err error) Blame {
	if e, ok := errors.AsType[*engine.BudgetError](err); ok && e.First != nil {
		err = e.First
	}
	if e, ok := errors.AsType[*engine.RowError](err); ok {
		return Blame{string(e.Code), e.Node, e.Op, e.Column, e.Row, true}
	}
	if e, ok := errors.AsType[*pipeline.ContractError](err); ok && len(e.Problems) > 0 {
		p := e.Problems[0]
		if p.Found == "" {
			return Blame{Code: "missing_column", Column: p.Column}
		}
		return Blame{Code: "wrong_type", Column: p.Column}
	}
	return Blame{}
}
