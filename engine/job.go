package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/pipeline"
	"leapscore/ops/column"
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

	// BatchRows is how many rows go through the pipeline at once.
	BatchRows int
	// Workers is the number of goroutines that score.
	Workers int

	// Reject sends rows that the model refuses to the rejects table instead of
	// ending the run.
	Reject    bool
	MaxErrors MaxErrors
}

// MaxErrors bounds the rows that a run may reject.
type MaxErrors struct {
	Rows    int64   // if not Percent
	Share   float64 // of all rows, if Percent
	Percent bool
	Set     bool
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
		return MaxErrors{Share: x / 100, Percent: true, Set: true}, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return MaxErrors{}, usagef("max-errors %q: want a number of rows or a percentage from 0%% to 100%%", s)
	}
	return MaxErrors{Rows: n, Set: true}, nil
}

func (m MaxErrors) String() string {
	if m.Percent {
		return strconv.FormatFloat(m.Share*100, 'g', -1, 64) + "%"
	}
	return strconv.FormatInt(m.Rows, 10)
}

// Plan is a Job whose columns are resolved. Nothing has been read or written.
type Plan struct {
	Job      Job
	Pipeline *pipeline.Pipeline
	// Read are the source columns that the run reads: first those of the
	// pipeline, then others that are kept.
	Read []string
	// Schema is the schema of the output table, Rejects that of the rejects.
	Schema  *arrow.Schema
	Rejects *arrow.Schema

	keep []int // positions in Read of the kept columns
	in   []arrow.Field
}

// Plan checks the job against its source: the contract, the names of outputs
// and kept columns, clashes.
func (j Job) Plan() (*Plan, error) {
	if j.BatchRows <= 0 {
		j.BatchRows = 8192
	}
	if j.Workers <= 0 {
		j.Workers = 1
	}
	src := j.Source.Schema()
	pl, err := j.Model.Bind(src, pipeline.Options{Outputs: j.outputs(), Cast: j.Cast, Map: j.Map})
	if err != nil {
		return nil, err
	}
	p := &Plan{Job: j, Pipeline: pl, Read: slices.Clone(pl.Columns)}
	keep, err := j.kept(src, pl)
	if err != nil {
		return nil, err
	}
	for _, name := range keep {
		at := slices.Index(p.Read, name)
		if at < 0 {
			at = len(p.Read)
			p.Read = append(p.Read, name)
		}
		p.keep = append(p.keep, at)
	}
	for _, name := range p.Read {
		f := src.Field(src.FieldIndices(name)[0])
		p.in = append(p.in, arrow.Field{Name: name, Type: f.Type, Nullable: true})
	}
	if err := p.schemas(); err != nil {
		return nil, err
	}
	return p, nil
}

func (j *Job) outputs() []string {
	switch {
	case len(j.Outputs) == 0, slices.Equal(j.Outputs, []string{"final"}):
		return j.Model.FinalOutputs()
	case slices.Equal(j.Outputs, []string{"all"}):
		return j.Model.AllOutputs()
	}
	return j.Outputs
}

// kept returns the source columns to keep, in the source's order unless they
// were named.
func (j *Job) kept(src *arrow.Schema, pl *pipeline.Pipeline) ([]string, error) {
	var names []string
	for _, f := range src.Fields() {
		names = append(names, f.Name)
	}
	mode := "extra"
	if len(j.Keep) > 0 {
		mode = j.Keep[0]
	}
	switch {
	case len(j.Keep) <= 1 && mode == "none":
		return nil, nil
	case len(j.Keep) <= 1 && mode == "all":
		return names, nil
	case len(j.Keep) <= 1 && mode == "extra":
		read := j.reads()
		return slices.DeleteFunc(names, func(n string) bool { return read[n] }), nil
	}
	for _, k := range j.Keep {
		if !slices.Contains(names, k) {
			return nil, usagef("keep: the source has no column %q; it has %s", k, strings.Join(names, ", "))
		}
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

func (p *Plan) schemas() error {
	var fields []arrow.Field
	seen := map[string]string{}
	renamed := map[string]bool{}
	add := func(name string, dt arrow.DataType, what string) error {
		out := name
		if to, ok := p.Job.Rename[name]; ok && !renamed[name] {
			out = to
			renamed[name] = true
		}
		if first, dup := seen[out]; dup {
			return usagef("the output table would have two columns %q: %s and %s; give one another name with --rename %s=NEW, or leave it out with --keep or --outputs", out, first, what, name)
		}
		seen[out] = what
		fields = append(fields, arrow.Field{Name: out, Type: dt, Nullable: true})
		return nil
	}
	for _, at := range p.keep {
		if err := add(p.in[at].Name, p.in[at].Type, "a column of the source"); err != nil {
			return err
		}
	}
	for _, o := range p.Pipeline.Outputs {
		if err := add(o.Name, column.EdgeType(o.Type), fmt.Sprintf("the output of %s", o.Node)); err != nil {
			return err
		}
	}
	for from := range p.Job.Rename {
		if !renamed[from] {
			return usagef("rename: the output table has no column %q", from)
		}
	}
	if len(fields) == 0 {
		return usagef("the output table would have no columns: the model adds none and none are kept")
	}
	p.Schema = arrow.NewSchema(fields, nil)
	p.Rejects = rejectSchema(p.in)
	return nil
}
