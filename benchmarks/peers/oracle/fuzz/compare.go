package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"leapscore/benchmarks/peers/oracle/jvm"
	"leapscore/engine/pipeline"
	"leapscore/ops"
	"leapscore/ops/opstest/casefile"
)

// kind is the subject of a difference. A shrunk subject must show a difference
// of the same kind.
type kind string

const (
	kindLoad  kind = "load"  // one loads or binds, the other does not
	kindRow   kind = "row"   // one refuses or drops a row, the other does not
	kindValue kind = "value" // bits
	kindType  kind = "type"  // the declared columns
	kindPanic kind = "panic"
)

// difference is one that was found. Row is -1 if it is not about a row.
type difference struct {
	kind         kind
	row          int
	column       string
	way          way
	ours, theirs string
}

func (d *difference) String() string {
	s := string(d.kind)
	if d.row >= 0 {
		s += fmt.Sprintf(", row %d", d.row+1)
	}
	if d.column != "" {
		s += ", column " + d.column
	}
	return fmt.Sprintf("%s (%s): ours %s, MLeap %s", s, d.way, d.ours, d.theirs)
}

// judge compares subjects with MLeap, and counts.
type judge struct {
	mleap *jvm.Process
	reg   *ops.Registry
	home  string // starts MLeap anew after it has died

	asked    int            // rows
	refused  int            // of them, by both
	unloaded int            // subjects that neither loads or binds
	accepted map[string]int // differences that are meant to be, by reason
}

// theirs asks MLeap.
func (j *judge) theirs(s *subject, rows [][]casefile.Value) (*jvm.Result, error) {
	dir, err := os.MkdirTemp("", "fuzz-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := s.files().Write(dir); err != nil {
		return nil, err
	}
	if rows == nil {
		rows = [][]casefile.Value{}
	}
	return j.mleap.Score(jvm.Request{Bundle: dir, Columns: s.in, Rows: rows})
}

// compare returns the first difference, in the plainest way, or nil. An error
// means that there is no answer.
func (j *judge) compare(s *subject, ws []way) (*difference, error) {
	result, err := j.theirs(s, s.rows)
	var refusal *jvm.StageError
	if err != nil && !errors.As(err, &refusal) {
		return nil, err
	}
	m, ourErr := load(s.files().FS(), j.reg)
	d := &difference{kind: kindLoad, row: -1, way: ws[0]}
	if isPanic(ourErr) {
		d.kind, d.ours = kindPanic, ourErr.Error()
		return d, nil
	}
	if refusal != nil && refusal.Stage == "load" {
		return j.bothFail(d, ourErr, refusal)
	}
	var answers []answer
	var declared *difference // of less weight than others
	for i, w := range ws {
		if ourErr == nil {
			answers, ourErr = run(m, s.in, s.rows, w)
		}
		d.way = w
		switch {
		case isPanic(ourErr):
			d.kind, d.ours = kindPanic, ourErr.Error()
			return d, nil
		case ourErr != nil && refusal == nil && answersNone(result):
			j.accepted["refused at once, where MLeap refuses every row that it does not drop"]++
			return nil, nil
		case ourErr != nil || refusal != nil:
			return j.bothFail(d, ourErr, refusal)
		}
		if i == 0 {
			j.asked += len(answers)
			declared = types(m, result, w)
		}
		if found := j.rows(result, answers, w, i == 0); found != nil {
			return found, nil
		}
	}
	return declared, nil
}

func answersNone(r *jvm.Result) bool {
	return len(r.Rows) > 0 && !slices.ContainsFunc(r.Rows, func(o jvm.Outcome) bool { return o.Err == nil && !o.Drop })
}

func (j *judge) bothFail(d *difference, ours error, theirs *jvm.StageError) (*difference, error) {
	d.ours, d.theirs = "loads", "loads"
	if ours != nil {
		d.ours = ours.Error()
	}
	if theirs != nil {
		d.theirs = fmt.Sprintf("%s: %v", theirs.Stage, theirs.Exception)
	}
	if (ours == nil) != (theirs == nil) {
		return j.unlessAccepted(d), nil
	}
	j.unloaded++
	return nil, nil
}

func (j *judge) rows(result *jvm.Result, answers []answer, w way, first bool) *difference {
	for i, a := range answers {
		d := &difference{kind: kindRow, row: i, way: w}
		d.ours, d.theirs = describe(a), describeTheirs(result.Rows[i])
		o := result.Rows[i]
		if w.some != 0 && (o.Drop || o.Err != nil) {
			continue // perhaps by a stage that the outputs do not need
		}
		if a.drop != o.Drop || (a.reject != "") != (o.Err != nil) {
			if d = j.unlessAccepted(d); d != nil {
				return d
			}
			continue
		}
		if a.values == nil {
			if first {
				j.refused++
			}
			continue
		}
		for k, f := range result.Columns {
			got, ok := a.values[f.Name]
			if ok && !casefile.Equal(got, comparable(o.Values[k], f.Type)) {
				return j.unlessAccepted(&difference{kindValue, i, f.Name, w, show(got, f.Type), show(o.Values[k], f.Type)})
			}
		}
	}
	return nil
}

// types compares the declared columns.
func types(m *pipeline.Model, result *jvm.Result, w way) *difference {
	d := &difference{kind: kindType, row: -1, way: w}
	if len(m.Outputs) != len(result.Columns) {
		d.ours, d.theirs = strings.Join(m.AllOutputs(), ", "), fmt.Sprint(result.Columns)
		return d
	}
	for i, f := range result.Columns {
		o := m.Outputs[i]
		got, want := o.Type.String(), f.Type.String()
		if f.Nullable {
			want += "?"
		}
		if o.Name != f.Name || got != want {
			d.column, d.ours, d.theirs = f.Name, o.Name+" "+got, f.Name+" "+want
			return d
		}
	}
	return nil
}

func describe(a answer) string {
	switch {
	case a.drop:
		return "drops it"
	case a.reject != "":
		return "refuses it: " + a.reject
	}
	return "answers"
}

func describeTheirs(o jvm.Outcome) string {
	switch {
	case o.Drop:
		return "drops it"
	case o.Err != nil:
		return "refuses it: " + o.Err.Error()
	}
	return "answers"
}

// comparable returns MLeap's value as leapscore keeps it: tensors with one
// dimension, the entries of sparse ones ascending, and those of other things
// than doubles dense, with nulls where nothing is stored.
func comparable(v casefile.Value, t casefile.Type) casefile.Value {
	a, ok := v.(*casefile.Array)
	if !ok {
		return v
	}
	f := *a.Flat()
	if f.Values == nil {
		f.Values = []casefile.Value{}
	}
	if !f.Sparse {
		return &f
	}
	if t.Base != casefile.Double {
		values := make([]casefile.Value, f.Dims[0])
		for k, at := range f.Indices {
			values[at[0]] = f.Values[k]
		}
		return &casefile.Array{Dims: f.Dims, Values: values}
	}
	order := make([]int, len(f.Indices))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return f.Indices[a][0] - f.Indices[b][0] })
	s := &casefile.Array{Dims: f.Dims, Sparse: true, Values: []casefile.Value{}}
	for _, k := range order {
		s.Indices, s.Values = append(s.Indices, f.Indices[k]), append(s.Values, f.Values[k])
	}
	return s
}

func show(v casefile.Value, t casefile.Type) (s string) {
	defer func() {
		if recover() != nil {
			s = fmt.Sprintf("%#v", v)
		}
	}()
	return casefile.FormatValue(v, t)
}

// accepted are the intended differences: rows that leapscore refuses because it
// cannot give MLeap's answer, as the documentation of the op says.
var accepted = []struct {
	reason string
	ours   *regexp.Regexp
}{
	{"regular expression that is not supported", regexp.MustCompile(`regex(es)?\S*: .*(not supported|cannot)`)},
	{"sparse vector of categories with two entries in one slot, which no op can read", regexp.MustCompile(`two products in one slot`)},
	{"recursion of digamma that ends with the JVM's stack", regexp.MustCompile(`lda_local_model_op: .*below -5000`)},
	{"attribute of a kind that MLeap does not write and reads as empty", regexp.MustCompile(`(: scalar|: empty list|: (list|tensor)<\w+>), want `)},
	{"vector with an entry beyond its size, which nothing can read", regexp.MustCompile(`because the vocabulary repeats a word`)},
	{"text that would be cut between the halves of a surrogate pair", regexp.MustCompile(`surrogate`)},
}

func (j *judge) unlessAccepted(d *difference) *difference {
	if d.kind == kindLoad || d.kind == kindRow {
		for _, a := range accepted {
			if a.ours.MatchString(d.ours) {
				j.accepted[a.reason]++
				return nil
			}
		}
	}
	return d
}
