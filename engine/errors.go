package engine

import (
	"errors"
	"fmt"

	"leapscore/engine/pipeline"
	"leapscore/runs"
	"leapscore/sources"
)

// MaxCauses is how many causes of rejected rows a message names.
const MaxCauses = 5

// UsageError is a job that contradicts itself, such as two output columns of
// one name.
type UsageError struct{ Msg string }

func (e *UsageError) Error() string { return e.Msg }

func usagef(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// RowError is a row that the model refuses, where rows are not rejected.
type RowError struct {
	Origin string // file or query
	Row    int64  // in it, from 0
	Value  string // of the input that is to blame, if known
	pipeline.Reject
}

func (e *RowError) Error() string {
	s := fmt.Sprintf("%s: row %d", e.Origin, e.Row)
	if e.Node != "" {
		s += fmt.Sprintf(": node %s (%s)", e.Node, e.Op)
	}
	if e.Column != "" {
		s += fmt.Sprintf(": column %q", e.Column)
	}
	if e.Value != "" {
		s += fmt.Sprintf(" = %s", e.Value)
	}
	return fmt.Sprintf("%s: %s [%s]", s, e.Msg, e.Code)
}

// BudgetError says that more rows were rejected than the job allows.
type BudgetError struct {
	Rejected, Rows int64 // when it was noticed
	Limit          string
	First          *RowError // in the order of the source, of those met so far, or nil
	Files          []sources.RejectedFile
	Causes         []runs.Cause // of the rows
}

func (e *BudgetError) Error() string {
	s := fmt.Sprintf("%d of %d rows rejected, more than --max-errors %s allows", e.Rejected, e.Rows, e.Limit)
	if n := len(e.Files); n > 0 {
		s += fmt.Sprintf("; %d of them are files, the first: %s: %s", n, e.Files[0].Name, reason(e.Files[0]))
	}
	if e.First != nil { // else an earlier attempt of the run has met it
		s += fmt.Sprintf("; the first: %v", e.First)
	}
	if len(e.Causes) > 1 {
		s += "; by cause: " + runs.DescribeCauses(e.Causes, MaxCauses)
	}
	return s
}

// Check returns a *BudgetError if so many of so many rows are more than m allows, when
// all have come.
func (m MaxErrors) Check(rejected, rows int64, causes map[runs.Cause]int64) error {
	if !m.exceeded(rejected, rows, true) {
		return nil
	}
	return &BudgetError{Rejected: rejected, Rows: rows, Limit: m.String(), Causes: runs.SortCauses(causes)}
}

// ErrCounts says that rows in = rows out + skipped + rejected does not hold.
// Nothing is published then.
var ErrCounts = errors.New("row counts do not add up")
