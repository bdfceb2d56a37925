package engine

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/pipeline"
	"leapscore/internal/arrays"
	"leapscore/internal/similar"
	"leapscore/sources"
)

// Job says what to score. Its zero values are the defaults of the CLI.
type Job struct {
	Model  *pipeline.Model
	Source sources.Source

	// Outputs are "final" (the default), "all", or names of columns that the
	// pipeline adds.
	Outputs []string
	// Keep are "extra" (the default: source columns that the model does not
	// read), "all", "none", or names of source columns.
	Keep []string
	// Map gives the source column of a model input; Rename gives a column
	// another name in the output table.
	Map    map[string]string
	Rename map[string]string
	Cast   pipeline.CastMode
	// Lineage, if not nil, adds its columns to both tables.
	Lineage *Lineage
	// Vectors is the form of the vectors that the pipeline adds.
	Vectors VectorForm

	// MaxColumns bounds the columns of the output table that vectors become; 0 does
	// not.
	MaxColumns int

	// BatchRows is how many rows go through the pipeline at once.
	BatchRows int
	// Workers is the number of goroutines that score.
	Workers int

	// Reject sends rows that the model refuses to the rejects table instead of
	// ending the run.
	Reject bool
	// Files, if not nil, are the files that the source leaves out. They go to
	// the rejects table, and count as one row each for MaxErrors.
	Files     *FileRejects
	MaxErrors MaxErrors
}

// MaxErrors bounds the rows that a run may reject.
type MaxErrors struct {
	Rows      int64   // unless IsPercent
	Percent   float64 // of all rows, if IsPercent
	IsPercent bool
	Set       bool
}

// ParseMaxErrors reads "100" or "0.5%". The empty string sets no bound.
func ParseMaxErrors(s string) (MaxErrors, error) {
	if s == "" {
		return MaxErrors{}, nil
	}
	if p, ok := strings.CutSuffix(s, "%"); ok {
		x, err := strconv.ParseFloat(p, 64)
		if err != nil || !(x >= 0 && x <= 100) {
			return MaxErrors{}, usagef("max-errors %q: want a number of rows or a percentage from 0%% to 100%%", s)
		}
		return MaxErrors{Percent: x, IsPercent: true, Set: true}, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return MaxErrors{}, usagef("max-errors %q: want a number of rows or a percentage from 0%% to 100%%", s)
	}
	return MaxErrors{Rows: n, Set: true}, nil
}

func (m MaxErrors) String() string {
	if m.IsPercent {
		return strconv.FormatFloat(m.Percent, 'g', -1, 64) + "%"
	}
	return strconv.FormatInt(m.Rows, 10)
}

// exceeded reports whether bad of rows are too many. While rows are still
// coming, a share says nothing yet.
func (m MaxErrors) exceeded(bad, rows int64, end bool) bool {
	switch {
	case !m.Set || bad == 0:
		return false
	case m.IsPercent:
		return end && float64(bad)*100 > m.Percent*float64(rows)
	}
	return bad > m.Rows
}

// Plan is a Job whose columns are resolved. Nothing has been read or written.
type Plan struct {
	Job      Job
	Pipeline *pipeline.Pipeline
	// Read are the source columns that the run reads: first those of the
	// pipeline, then others that are kept, then, if rows are rejected, all
	// others.
	Read []string
	// Schema is the schema of the output table, Rejects that of the rejects.
	Schema  *arrow.Schema
	Rejects *arrow.Schema

	keep   []int // positions in Read of the kept columns
	reject []int // and of those in the rejects
	widths []int // of the pipeline's outputs that become several columns; else 0
	in     []arrow.Field
}

// Plan checks the job against its source: the contract, the names of outputs
// and kept columns, clashes.
func (j Job) Plan() (*Plan, error) {
	if j.BatchRows <= 0 {
		j.BatchRows = sources.DefaultBatchRows
	}
	if j.Workers <= 0 {
		j.Workers = 1
	}
	src := j.Source.Schema()
	names := arrays.FieldNames(src)
	keep, err := j.kept(names)
	pl, bound := j.bind(src)
	if err = errors.Join(bound, err); err != nil {
		return nil, err
	}
	p := &Plan{Job: j, Pipeline: pl, Read: slices.Clone(pl.Columns)}
	for _, name := range keep {
		p.keep = append(p.keep, p.read(name))
	}
	if j.Reject {
		for _, name := range names {
			p.read(name)
		}
	}
	for _, name := range p.Read {
		f := src.Field(src.FieldIndices(name)[0])
		p.in = append(p.in, arrow.Field{Name: name, Type: f.Type, Nullable: true, Metadata: f.Metadata})
	}
	if err := p.schemas(); err != nil {
		return nil, err
	}
	return p, nil
}

// Kept returns the columns of the source that are kept.
func (p *Plan) Kept() (names []string) {
	for _, at := range p.keep {
		names = append(names, p.Read[at])
	}
	return names
}

// bind binds the model to a source.
func (j *Job) bind(src *arrow.Schema) (*pipeline.Pipeline, error) {
	if err := j.checkMap(); err != nil {
		return nil, err
	}
	return j.Model.Bind(src, pipeline.Options{Outputs: j.outputs(), Cast: j.Cast, Map: j.Map})
}

// read returns the position of a column among those that are read.
func (p *Plan) read(name string) int {
	at := slices.Index(p.Read, name)
	if at < 0 {
		at = len(p.Read)
		p.Read = append(p.Read, name)
	}
	return at
}

// checkMap refuses mappings of what is no input of the model.
func (j *Job) checkMap() error {
	var inputs []string
	for _, f := range j.Model.Inputs {
		inputs = append(inputs, f.Name)
	}
	var unknown []string
	for _, in := range slices.Sorted(maps.Keys(j.Map)) {
		if !slices.Contains(inputs, in) {
			unknown = append(unknown, in)
		}
	}
	if unknown != nil {
		return usagef("map: the model has no input %s; it has %s", similar.Each(unknown, inputs), similar.List(inputs))
	}
	return nil
}

func (j *Job) outputs() []string {
	switch {
	case len(j.Outputs) == 0, slices.Equal(j.Outputs, []string{"final"}):
		return j.Model.FinalOutputs()
	case slices.Equal(j.Outputs, []string{"all"}):
		return j.Model.AllOutputs()
	}
	return append(slices.Clip(j.Outputs), j.Model.Unnamed(j.Outputs)...)
}

// kept returns those of the source's columns names to keep, in the source's
// order unless they were named.
func (j *Job) kept(names []string) ([]string, error) {
	mode := "extra"
	if len(j.Keep) > 0 {
		mode = j.Keep[0]
	}
	switch {
	case len(j.Keep) <= 1 && mode == "none":
		return nil, nil
	case len(j.Keep) <= 1 && mode == "all":
		return j.withoutOld(names), nil
	case len(j.Keep) <= 1 && mode == "extra":
		read := j.reads()
		return slices.DeleteFunc(j.withoutOld(names), func(n string) bool { return read[n] }), nil
	}
	var unknown []string
	for _, k := range j.Keep {
		if !slices.Contains(names, k) {
			unknown = append(unknown, k)
		}
	}
	if unknown != nil {
		return nil, usagef("keep: the source has no column %s; it has %s", similar.Each(unknown, append(names, "extra", "all", "none")), similar.List(names))
	}
	return j.Keep, nil
}

// reads returns the source columns that the model as a whole reads, wanted
// outputs or not, so that what is extra does not depend on --outputs.
func (j *Job) reads() map[string]bool {
	read := map[string]bool{}
	for _, f := range j.Model.Inputs {
		name := f.Name
		if m, ok := j.Map[name]; ok {
			name = m
		}
		read[name] = true
	}
	return read
}
