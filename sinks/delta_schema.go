package sinks

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/uuid"

	"leapscore/sinks/internal/delta"
)

// deltaPart is the name of a data file that CreateDelta has written, or has begun to.
var deltaPart = regexp.MustCompile(`^part-\d{5,}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9a-f]{8}\.parquet(?:\.tmp-[0-9a-z]+)?$`)

// deltaFit is how the rows of a run go into a table.
type deltaFit struct {
	file     *arrow.Schema   // of the data files
	meta     *delta.MetaData // to be committed, if the table is new or changes
	protocol *delta.Protocol // the same
	by       []string        // the columns that the table is partitioned by
}

// fitted compares the columns of the run with those of the table.
func (d *deltaTable) fitted() (*deltaFit, error) {
	if d.snap.Version < 0 {
		return d.fresh(uuid.NewString(), nil)
	}
	table, err := delta.ParseSchema(d.snap.Meta.SchemaString)
	if err != nil {
		return nil, err
	}
	file, err := fitColumns(table, d.opts.Schema)
	by := d.snap.Meta.PartitionColumns
	if given := d.opts.PartitionBy; err == nil && len(given) > 0 && !slices.Equal(slices.Sorted(slices.Values(given)), slices.Sorted(slices.Values(by))) {
		err = fmt.Errorf("  the table is partitioned by %q, not by %q", by, given)
	}
	switch {
	case err == nil:
		return &deltaFit{file: file, by: by}, nil
	case d.mode == Overwrite && d.more.ReplaceSchema:
		return d.fresh(d.snap.Meta.ID, &d.snap.Meta)
	case d.mode == Overwrite:
		err = fmt.Errorf("%w\nto replace the columns too, use --overwrite-schema", err)
	}
	return nil, fmt.Errorf("%s: %w:\n%w", d.st.URL(d.out), ErrMismatch, err)
}

// fresh describes a table with the columns of the run. old is what the table was,
// if there was one.
func (d *deltaTable) fresh(id string, old *delta.MetaData) (*deltaFit, error) {
	var fields []arrow.Field
	for _, f := range d.opts.Schema.Fields() {
		f.Type = Nearest(f.Type)
		fields = append(fields, f)
	}
	fit := &deltaFit{file: arrow.NewSchema(fields, nil), by: d.opts.PartitionBy}
	s, err := delta.Schema(fit.file)
	if err != nil {
		return nil, err
	}
	if err := unique(s); err != nil {
		return nil, err
	}
	now := time.Now().UnixMilli()
	fit.meta = &delta.MetaData{
		ID: id, Format: delta.Format{Provider: "parquet", Options: map[string]string{}}, SchemaString: s.String(),
		PartitionColumns: append([]string{}, d.opts.PartitionBy...), Configuration: map[string]string{}, CreatedTime: &now,
	}
	ntz := delta.HasNTZ(s)
	if old == nil {
		fit.protocol = &delta.Protocol{MinReader: 1, MinWriter: 2}
		if ntz {
			fit.protocol = &delta.Protocol{
				MinReader: 3, MinWriter: 7, ReaderFeatures: []string{delta.NTZ}, WriterFeatures: []string{"appendOnly", "invariants", delta.NTZ},
			}
		}
		return fit, nil
	}
	if ntz && !slices.Contains(d.snap.Protocol.WriterFeatures, delta.NTZ) {
		return nil, fmt.Errorf("%s: the table lacks the feature %s, which columns of local timestamps need; cast them in --sql",
			d.st.URL(d.out), delta.NTZ)
	}
	fit.meta.Name, fit.meta.Description, fit.meta.Configuration, fit.meta.CreatedTime = old.Name, old.Description, old.Configuration, old.CreatedTime
	return fit, nil
}

// unique fails for names that differ in case alone, which Delta tables cannot
// have.
func unique(s *delta.Struct) error {
	seen := map[string]string{}
	for _, f := range s.Fields {
		if first, dup := seen[strings.ToLower(f.Name)]; dup {
			return fmt.Errorf("columns %q and %q have one name in a Delta table; give one another with --rename", first, f.Name)
		}
		seen[strings.ToLower(f.Name)] = f.Name
	}
	return nil
}

// fitColumns returns the schema of files for rows of the schema s in the table,
// or an error that names all columns that do not fit.
func fitColumns(table *delta.Struct, s *arrow.Schema) (*arrow.Schema, error) {
	var (
		fields []arrow.Field
		errs   []error
		found  = map[string]bool{}
	)
	for _, f := range s.Fields() {
		i := slices.IndexFunc(table.Fields, func(t delta.Field) bool { return t.Name == f.Name })
		if i < 0 {
			errs = append(errs, fmt.Errorf("  column %q (%s): the table has none of that name", f.Name, f.Type))
			continue
		}
		found[f.Name] = true
		want := table.Fields[i]
		t, ok := fitType(want.Type, f.Type)
		if !ok {
			errs = append(errs, fmt.Errorf("  column %q: found %s, the table has %s", f.Name, f.Type, delta.Show(want.Type)))
			continue
		}
		if limit, ok := want.Metadata[sparkLimit]; ok {
			errs = append(errs, fmt.Errorf("  column %q: Spark has it as %v, and this writer does not count letters; make it a string in the table", f.Name, limit))
			continue
		}
		fields = append(fields, arrow.Field{Name: f.Name, Type: t, Nullable: want.Nullable})
	}
	for _, f := range table.Fields {
		if !found[f.Name] && !f.Nullable {
			errs = append(errs, fmt.Errorf("  column %q (%s): missing, and the table does not let it be null", f.Name, delta.Show(f.Type)))
		}
	}
	return arrow.NewSchema(fields, nil), errors.Join(errs...)
}

// sparkLimit is how Spark notes of a string that it is a char(n) or varchar(n), whose
// length other engines rely on.
const sparkLimit = "__CHAR_VARCHAR_TYPE_STRING"

// fitType returns the type that files of the table have for a column of type t.
func fitType(want any, t arrow.DataType) (arrow.DataType, bool) {
	near := Nearest(t)
	if got, err := delta.TypeOf(near); err == nil && delta.Same(want, got) {
		return near, true
	}
	for _, wide := range Wider(t) {
		if got, err := delta.TypeOf(wide); err == nil && delta.Same(want, got) {
			return wide, true
		}
	}
	return nil, false
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
