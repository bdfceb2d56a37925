package partition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/internal/hive"
)

// Value is a value of a column that a table is partitioned by. Nil is
// null.
type Value struct {
	Column string
	Value  *string
}

// OtherError says that a row is of another partition than those that the
// run is to replace.
type OtherError struct {
	Index int // of the row in the record that was written
	Found string
	Want  []string
}

func (e *OtherError) Error() string {
	return fmt.Sprintf("the row is of partition %s, and the run replaces %s only: select the rows of that partition, or name the partition that is meant",
		e.Found, strings.Join(e.Want, "/"))
}

// RowIndex is the number of the row in the record.
func (e *OtherError) RowIndex() int { return e.Index }

// Names returns the folders that values stand for.
func Names(values []Value) []string {
	var found []string
	for _, v := range values {
		found = append(found, hive.Folder(v.Column, v.Value))
	}
	return found
}

// Check refuses values that no row can have: a
// run without rows would replace nothing, and say nothing.
func Check(schema *arrow.Schema, by []string, values []Value) error {
	for _, v := range values {
		if !slices.Contains(by, v.Column) {
			return &ColumnError{v.Column, "is none of the columns that the table is partitioned by: " + strings.Join(by, ", ")}
		}
		at := schema.FieldIndices(v.Column)
		if v.Value == nil || len(at) == 0 { // which partitioned refuses
			continue
		}
		if want := canonical(valueType(schema.Field(at[0]).Type), *v.Value); want != *v.Value {
			return &ColumnError{v.Column, fmt.Sprintf("no %s is written as %q: want %s", schema.Field(at[0]).Type, *v.Value, want)}
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

// InAll reports whether each of the folders is one on the path.
func InAll(at string, folders []string) bool {
	if len(folders) == 0 {
		return true
	}
	names := strings.Split(at, "/")
	return !slices.ContainsFunc(folders, func(f string) bool { return !slices.Contains(names, f) })
}
