package delta

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/uuid"

	"leapscore/sinks"
	"leapscore/sinks/delta/internal/log"
)

// partFile is the name of a data file that Create has written, or has begun to.
var partFile = regexp.MustCompile(`^part-\d{5,}(?:-\d{5,})?-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9a-f]{8}\.parquet(?:\.tmp-[0-9a-z]+)?$`)

// fit is how the rows of a run go into a table.
type fit struct {
	file     *arrow.Schema // of the data files
	meta     *log.MetaData // to be committed, if the table is new or changes
	protocol *log.Protocol // the same
	by       []string      // the columns that the table is partitioned by
}

// fitSchema compares the columns of the run with those of the table.
func (d *versions) fitSchema() (*fit, error) {
	if d.snap.Version < 0 {
		return d.newTableFit(uuid.NewString(), nil)
	}
	table, err := log.ParseSchema(d.snap.Meta.SchemaString)
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
		return &fit{file: file, by: by}, nil
	case d.mode == sinks.ModeOverwrite && d.more.ReplaceSchema:
		return d.newTableFit(d.snap.Meta.ID, &d.snap.Meta)
	case d.mode == sinks.ModeOverwrite:
		err = fmt.Errorf("%w\nto replace the columns too, use --overwrite-schema", err)
	}
	return nil, fmt.Errorf("%s: %w:\n%w", d.where(), sinks.ErrMismatch, err)
}

// newTableFit describes a table with the columns of the run. old is what the table was,
// if there was one.
func (d *versions) newTableFit(id string, old *log.MetaData) (*fit, error) {
	var fields []arrow.Field
	for _, f := range d.opts.Schema.Fields() {
		f.Type = sinks.Nearest(f.Type)
		fields = append(fields, f)
	}
	made := &fit{file: arrow.NewSchema(fields, nil), by: d.opts.PartitionBy}
	s, err := log.Schema(made.file)
	if err != nil {
		return nil, err
	}
	if err := checkUniqueNames(s); err != nil {
		return nil, err
	}
	now := time.Now().UnixMilli()
	made.meta = &log.MetaData{
		ID: id, Format: log.Format{Provider: "parquet", Options: map[string]string{}}, SchemaString: s.String(),
		PartitionColumns: append([]string{}, d.opts.PartitionBy...), Configuration: map[string]string{}, CreatedTime: &now,
	}
	ntz := log.HasNTZ(s)
	if old == nil {
		made.protocol = &log.Protocol{MinReader: 1, MinWriter: 2}
		if ntz {
			made.protocol = &log.Protocol{
				MinReader: 3, MinWriter: 7, ReaderFeatures: []string{log.NTZ}, WriterFeatures: []string{"appendOnly", "invariants", log.NTZ},
			}
		}
		return made, nil
	}
	if ntz && !slices.Contains(d.snap.Protocol.WriterFeatures, log.NTZ) {
		return nil, fmt.Errorf("%s: the table lacks the feature %s, which columns of local timestamps need; cast them in --sql",
			d.where(), log.NTZ)
	}
	made.meta.Name, made.meta.Description, made.meta.Configuration, made.meta.CreatedTime = old.Name, old.Description, old.Configuration, old.CreatedTime
	return made, nil
}

// checkUniqueNames fails for names that differ in case alone, which Delta tables cannot
// have.
func checkUniqueNames(s *log.Struct) error {
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
func fitColumns(table *log.Struct, s *arrow.Schema) (*arrow.Schema, error) {
	var (
		fields []arrow.Field
		errs   []error
		found  = map[string]bool{}
	)
	for _, f := range s.Fields() {
		i := slices.IndexFunc(table.Fields, func(t log.Field) bool { return t.Name == f.Name })
		if i < 0 {
			errs = append(errs, fmt.Errorf("  column %q (%s): the table has none of that name", f.Name, f.Type))
			continue
		}
		found[f.Name] = true
		want := table.Fields[i]
		t, ok := fitType(want.Type, f.Type)
		if !ok {
			errs = append(errs, fmt.Errorf("  column %q: found %s, the table has %s", f.Name, f.Type, log.Show(want.Type)))
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
			errs = append(errs, fmt.Errorf("  column %q (%s): missing, and the table does not let it be null", f.Name, log.Show(f.Type)))
		}
	}
	return arrow.NewSchema(fields, nil), errors.Join(errs...)
}

// sparkLimit is how Spark notes of a string that it is a char(n) or varchar(n), whose
// length other engines rely on.
const sparkLimit = "__CHAR_VARCHAR_TYPE_STRING"

// fitType returns the type that files of the table have for a column of type t.
func fitType(want any, t arrow.DataType) (arrow.DataType, bool) {
	near := sinks.Nearest(t)
	if got, err := log.TypeOf(near); err == nil && log.Same(want, got) {
		return near, true
	}
	for _, wide := range sinks.Wider(t) {
		if got, err := log.TypeOf(wide); err == nil && log.Same(want, got) {
			return wide, true
		}
	}
	return nil, false
}
