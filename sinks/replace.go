package sinks

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/internal/hive"
)

// PartitionValue is a value of a column that a table is partitioned by. Nil is
// null.
type PartitionValue struct {
	Column string
	Value  *string
}

// OtherPartitionError says that a row is of another partition than those that the
// run is to replace.
type OtherPartitionError struct {
	Index int // of the row in the record that was written
	Found string
	Want  []string
}

func (e *OtherPartitionError) Error() string {
	return fmt.Sprintf("the row is of partition %s, and the run replaces %s only: select the rows of that partition, or name the partition that is meant",
		e.Found, strings.Join(e.Want, "/"))
}

// RowIndex is the number of the row in the record.
func (e *OtherPartitionError) RowIndex() int { return e.Index }

// segments returns the folders that Options.Partitions stands for.
func (o Options) segments() []string {
	var found []string
	for _, v := range o.Partitions {
		found = append(found, hive.Folder(v.Column, v.Value))
	}
	return found
}

// checkPartitions refuses values of Options.Partitions that no row can have: a
// run without rows would replace nothing, and say nothing.
func (o Options) checkPartitions() error {
	for _, v := range o.Partitions {
		if !slices.Contains(o.PartitionBy, v.Column) {
			return &ColumnError{v.Column, "is none of the columns that the table is partitioned by: " + strings.Join(o.PartitionBy, ", ")}
		}
		at := o.Schema.FieldIndices(v.Column)
		if v.Value == nil || len(at) == 0 { // which partitioned refuses
			continue
		}
		if want := canonical(valueType(o.Schema.Field(at[0]).Type), *v.Value); want != *v.Value {
			return &ColumnError{v.Column, fmt.Sprintf("no %s is written as %q: want %s", o.Schema.Field(at[0]).Type, *v.Value, want)}
		}
	}
	return nil
}

// canonical returns how a value of a type stands in the name of a folder, or what
// is wanted, if text is none.
func canonical(t arrow.DataType, text string) string {
	switch {
	case arrow.IsInteger(t.ID()):
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return strconv.FormatInt(n, 10)
		}
		if n, err := strconv.ParseUint(text, 10, 64); err == nil {
			return strconv.FormatUint(n, 10)
		}
		return "a whole number"
	case t.ID() == arrow.DATE32 || t.ID() == arrow.DATE64:
		if d, err := time.Parse("2006-1-2", text); err == nil {
			return sparkDate(d)
		}
		return "a date such as 2026-11-28"
	case t.ID() == arrow.BOOL:
		if b, err := strconv.ParseBool(strings.ToLower(text)); err == nil {
			return strconv.FormatBool(b)
		}
		return "true or false"
	}
	return text
}

// replaces returns which files of the old table leave it when files come: with
// OverwritePartitions those of the partitions that were named, or else of those
// that the files are in.
func (p *place) replaces(files []File) func(rel string) bool {
	if own := ofRun(p.redo); p.redo != nil {
		others := *p
		others.redo = nil
		if p.mode == Overwrite { // which has replaced all that was there before the run
			others.mode = Append
		}
		also := others.replaces(files)
		return func(rel string) bool { return own[rel] || also(rel) }
	}
	switch p.mode {
	case Overwrite:
		return func(string) bool { return true }
	case OverwritePartitions:
		if len(p.only) > 0 {
			return p.named
		}
		folders := folders(files)
		return func(rel string) bool { return within(folders, rel) }
	}
	return func(string) bool { return false }
}

// named reports whether a file is in the partitions that were named.
func (p *place) named(rel string) bool { return inAll(hive.Respell(path.Dir(rel)), p.only) }

// inAll reports whether each of the folders is one on the path.
func inAll(at string, folders []string) bool {
	if len(folders) == 0 {
		return true
	}
	names := strings.Split(at, "/")
	return !slices.ContainsFunc(folders, func(f string) bool { return !slices.Contains(names, f) })
}

// Replaces reports whether a table was there when t was created, of which t
// replaces rows.
func Replaces(t Table) bool {
	b := base(t)
	if b == nil {
		return false
	}
	r, ok := b.pub.(interface{ replacing() bool })
	return ok && r.replacing()
}

func (m Mode) replacing() bool { return m == Overwrite || m == OverwritePartitions }

func (a *attempt) replacing() bool { return a.existed && (a.mode.replacing() || a.redo != nil) }

func (o *objects) replacing() bool { return o.base.Exists && (o.mode.replacing() || o.redo != nil) }

func (s *single) replacing() bool { return s.existed && s.mode.replacing() }

func (e *external) replacing() bool {
	r, ok := e.pub.(interface{ Replacing() bool })
	return ok && r.Replacing()
}
