package sinks

import (
	"errors"
	"fmt"
	"strings"

	"leapscore/sinks/internal/order"
	"leapscore/sinks/internal/partition"
	"leapscore/sinks/internal/unwritable"
)

// ErrOutputExists is returned by Create and CreateFile in ModeError, and by
// Commit if the output appeared meanwhile.
var ErrOutputExists = errors.New("output exists")

// ErrIgnored is returned by Create and CreateFile in ModeIgnore if the output
// exists. There is nothing to do then.
var ErrIgnored = errors.New("output exists and is left as it is")

// ErrRunDone is returned by Create with Options.Plan or Once, and by table formats
// that note runs, if the table holds the rows of the run already. There is nothing
// to do then.
var ErrRunDone = fmt.Errorf("the run is in the table already: %w", ErrOutputExists)

// ErrMismatch says that columns are missing or have other types than in the table.
var ErrMismatch = errors.New("the rows do not fit the table")

// ErrPartAborted is returned by all parts of a table once one of them was aborted.
// It is never the cause of a failure: the caller that aborted the part knows that.
var ErrPartAborted = order.ErrAborted

// ValueError says that rows have a value that cannot be written so that other
// programs read it. Part.Write has then taken no row of the record: the caller may
// write it again without those rows.
type ValueError = unwritable.ValueError

// ColumnError says that a table cannot be partitioned as asked.
type ColumnError = partition.ColumnError

// OtherPartitionError says that a row belongs to a partition that the run is not to
// replace.
type OtherPartitionError = partition.OtherError

// LayoutError says that a run partitions by other columns than the table that it
// writes to.
type LayoutError struct {
	Table       string
	File        string // in the table
	Found, Want []string
}

func (e *LayoutError) Error() string {
	return fmt.Sprintf("%s: holds %s, which is partitioned by %q, and the run partitions by %q; rows of both cannot be read together",
		e.Table, e.File, e.Found, e.Want)
}

// BusyError says that another run is writing the table.
type BusyError struct {
	Path  string
	Owner string // run, process and host, as far as known
}

func (e *BusyError) Error() string {
	if e.Owner == "" {
		return e.Path + ": another run is writing it"
	}
	return e.Path + ": another run is writing it: " + e.Owner
}

// ConflictError says that another run was committed while this one wrote, and that
// to commit this one would discard its rows.
type ConflictError struct {
	Path string
	Run  string // the other
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s: run %s was committed meanwhile, and would be lost; run again to replace it too", e.Path, e.Run)
}

// MovedError says that another run was committed into the table since this one
// read its history.
type MovedError struct{ Path, Want, Found string }

func (e *MovedError) Error() string {
	return fmt.Sprintf("%s: run %s was committed meanwhile; start again", e.Path, e.Found)
}

// UncertainError says that the manifest may have been written or not: the write
// failed, and reading it back failed too. Abort deletes nothing after it.
type UncertainError struct {
	Path string
	Err  error
}

func (e *UncertainError) Error() string {
	return fmt.Sprintf("%s: the table may be published or not: %v", e.Path, e.Err)
}

func (e *UncertainError) Unwrap() error { return e.Err }

// HeldError says that the first of two tables is published and the second not yet.
type HeldError struct {
	Err error
}

func (e *HeldError) Error() string {
	return fmt.Sprintf("the table is published, but not its rejects, which are kept beside theirs until they are: "+
		"the same command again, or any run that writes or retries these rejects, publishes them: %v", e.Err)
}

func (e *HeldError) Unwrap() error { return e.Err }

// DiffersError says that a run cannot be resumed because its plan differs from the
// plan of the interrupted attempt.
type DiffersError struct {
	RunID string
	What  []string
}

func (e *DiffersError) Error() string {
	return fmt.Sprintf("run %s cannot be resumed: %s; start it again without --resume, which drops what it had finished",
		e.RunID, strings.Join(e.What, "; "))
}

// GoneError says that the table does not hold the rows of a run any more as the run
// wrote them, so that they cannot be replaced.
type GoneError struct {
	Path, RunID string
	Files       []string
}

func (e *GoneError) Error() string {
	return fmt.Sprintf("%s: run %s cannot be done again in its place: another run has replaced or removed what it wrote, such as %s; give the job another --run-id",
		e.Path, e.RunID, e.Files[0])
}

// PlantedError says that a working folder of a table holds something that
// leapscore does not make.
type PlantedError struct {
	Path string
	Why  string
}

func (e *PlantedError) Error() string {
	return fmt.Sprintf("%s: %s; leapscore did not make it: look at it and remove it", e.Path, e.Why)
}
