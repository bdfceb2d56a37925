package opstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/models/mleap"
	"leapscore/ops"
	"leapscore/ops/opstest/casearrow"
	"leapscore/ops/opstest/casefile"
)

// RunFile runs the case file at path with the ops of reg.
func RunFile(t *testing.T, reg *ops.Registry, path string) {
	t.Helper()
	RunFileWith(t, reg, path, nil)
}

// RunFileWith is RunFile of models that have other files too, which are no text.
func RunFileWith(t *testing.T, reg *ops.Registry, path string, files map[string][]byte) {
	t.Helper()
	for i, m := range read(t, path).Models {
		maps.Copy(m.Files, files)
		t.Run(fmt.Sprintf("model%d", i+1), func(t *testing.T) { runModel(t, reg, m) })
	}
}

func read(tb testing.TB, path string) *casefile.Case {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := casefile.Parse(data)
	if err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
	return c
}

func runModel(t *testing.T, reg *ops.Registry, m *casefile.Model) {
	b, err := bundle.OpenFS(Files(m), bundle.Limits{})
	if err != nil && m.LoadError == "" {
		t.Fatal(err)
	}
	var model *pipeline.Model
	if err == nil {
		model, err = mleap.Load(b, reg)
	}
	if m.LoadError != "" {
		if err == nil {
			t.Fatalf("the model loads, but MLeap says: %s", m.LoadError)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	mutate(t, reg, m)
	r, err := newRunner(model, m)
	if err != nil {
		t.Fatal(err)
	}
	r.run(t)
}

// newRunner binds a model to the columns of its rows.
func newRunner(model *pipeline.Model, m *casefile.Model) (*runner, error) {
	r := &runner{m: m, in: make([]bundle.Type, len(m.In))}
	var fields []arrow.Field
	for i, c := range m.In {
		r.in[i] = casearrow.Type(c.Type)
		arr := casearrow.New(memory.DefaultAllocator, r.in[i], nil)
		fields = append(fields, arrow.Field{Name: c.Name, Type: arr.DataType(), Nullable: true})
	}
	for _, c := range m.Out {
		r.names = append(r.names, c.Name)
	}
	var err error
	r.p, err = model.Bind(arrow.NewSchema(fields, nil), pipeline.Options{Outputs: r.names, Cast: pipeline.CastMLeap})
	return r, err
}

// Files returns the one-node bundle that a model of a case file stands for.
func Files(m *casefile.Model) fstest.MapFS {
	fs := fstest.MapFS{"bundle.json": {Data: []byte(`{"uid":"00000000-0000-0000-0000-000000000001","name":"case","format":"json","version":"0.25.2","timestamp":"2026-01-01T00:00:00"}`)}}
	for name, data := range m.Files {
		fs["root/"+name] = &fstest.MapFile{Data: data}
	}
	if _, ok := m.Files["node.json"]; !ok {
		type socket struct {
			Port string `json:"port"`
			Name string `json:"name"`
		}
		sockets := func(cols []casefile.Column) []socket {
			s := []socket{}
			for _, c := range cols {
				s = append(s, socket{c.Name, c.Name})
			}
			return s
		}
		data, _ := json.Marshal(map[string]any{"name": "case", "shape": map[string]any{"inputs": sockets(m.In), "outputs": sockets(m.Out)}})
		fs["root/node.json"] = &fstest.MapFile{Data: data}
	}
	return fs
}

// mutate removes each attribute of the model, and changes its kind: loading may
// succeed or not, but must not panic.
func mutate(t *testing.T, reg *ops.Registry, m *casefile.Model) {
	var doc struct {
		Op         string                     `json:"op"`
		Attributes map[string]json.RawMessage `json:"attributes"`
	}
	if err := json.Unmarshal(m.Files["model.json"], &doc); err != nil {
		t.Fatalf("model.json: %v", err)
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Attributes)) {
		for _, other := range []string{"", `{}`, `{"type":"list"}`, `{"string":"x"}`, `{"type":"list","double":[1.5]}`, `{"long":-7}`} {
			attrs := maps.Clone(doc.Attributes)
			delete(attrs, name)
			if other != "" {
				attrs[name] = json.RawMessage(other)
			}
			changed := *m
			changed.Files = maps.Clone(m.Files)
			changed.Files["model.json"], _ = json.Marshal(map[string]any{"op": doc.Op, "attributes": attrs})
			if b, err := bundle.OpenFS(Files(&changed), bundle.Limits{}); err == nil {
				_, _ = mleap.Load(b, reg)
			}
		}
	}
}

type runner struct {
	m     *casefile.Model
	in    []bundle.Type
	names []string
	p     *pipeline.Pipeline
}

func (r *runner) run(t *testing.T) {
	n := len(r.m.Rows)
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	reversed := slices.Clone(all)
	slices.Reverse(reversed)
	var tiled []int
	for len(tiled) < 5000 && n > 0 {
		tiled = append(tiled, all...)
	}
	r.batch(t, "all rows", all, 0)
	if t.Failed() {
		return
	}
	for _, size := range []int{1, 2, 3} {
		for rows := range slices.Chunk(all, size) {
			r.batch(t, fmt.Sprintf("batches of %d", size), rows, 0)
		}
	}
	r.batch(t, "reversed", reversed, 0)
	r.batch(t, "sliced", all, 5)
	r.batch(t, "no rows", nil, 0)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { r.batch(t, "two at once", tiled, 0) })
	}
	wg.Wait()
	r.nulls(t, n)
}

// columns returns the inputs of rows, as slices of columns with pad more rows
// before them.
func (r *runner) columns(mem memory.Allocator, rows []int, pad int) []arrow.Array {
	cols := make([]arrow.Array, len(r.p.Columns))
	for i, name := range r.p.Columns {
		at := slices.IndexFunc(r.m.In, func(c casefile.Column) bool { return c.Name == name })
		var values []casefile.Value
		for k := range pad {
			if len(rows) > 0 {
				values = append(values, r.m.Rows[rows[k%len(rows)]].In[at])
			}
		}
		pad := len(values)
		for _, row := range rows {
			values = append(values, r.m.Rows[row].In[at])
		}
		arr := casearrow.New(mem, r.in[at], values)
		cols[i] = array.NewSlice(arr, int64(pad), int64(len(values)))
		arr.Release()
	}
	return cols
}

func (r *runner) batch(t *testing.T, what string, rows []int, pad int) {
	t.Helper()
	checked := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer checked.AssertSize(t, 0)
	mem := Spoil(checked)
	cols := r.columns(mem, rows, pad)
	res, err := r.p.Run(mem, cols, len(rows))
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	for i, row := range rows {
		if msg := r.compare(res, i, &r.m.Rows[row]); msg != "" {
			t.Errorf("%s: row %d (%s): %s", what, row+1, r.text(row), msg)
			break
		}
	}
	res.Release()
	for i, name := range r.p.Columns {
		at := slices.IndexFunc(r.m.In, func(c casefile.Column) bool { return c.Name == name })
		for k, row := range rows {
			if got := casearrow.Value(r.in[at], cols[i], k); !casefile.Equal(got, flat(r.m.Rows[row].In[at])) {
				t.Errorf("%s: the op changed its input in row %d", what, row+1)
				break
			}
		}
		cols[i].Release()
	}
}

func (r *runner) compare(res *pipeline.Result, i int, want *casefile.Row) string {
	rej, bad := res.Rejected(i)
	switch {
	case bad && rej.Drop:
		if !want.Drop {
			return "dropped, want " + r.outcome(want)
		}
	case bad:
		if want.Reject == "" || want.Reject != "error" && want.Reject != string(rej.Code) {
			return fmt.Sprintf("refused (%s: %s), want %s", rej.Code, rej.Msg, r.outcome(want))
		}
	case want.Reject != "" || want.Drop:
		return "accepted, want " + r.outcome(want)
	default:
		for k, o := range r.p.Outputs {
			if got := casearrow.Value(o.Type, res.Columns[k], i); !casefile.Equal(got, flat(want.Out[k])) {
				return fmt.Sprintf("%s is %s, want %s", o.Name, format(got, r.m.Out[k].Type), casefile.FormatValue(want.Out[k], r.m.Out[k].Type))
			}
		}
	}
	return ""
}

// format prints what the op gave, even where it is of another type.
func format(v casefile.Value, t casefile.Type) (s string) {
	defer func() {
		if recover() != nil {
			s = fmt.Sprintf("%#v", v)
		}
	}()
	return casefile.FormatValue(v, t)
}

func flat(v casefile.Value) casefile.Value {
	if a, ok := v.(*casefile.Array); ok {
		f := a.Flat()
		if f.Values == nil {
			f.Values = []casefile.Value{}
		}
		return f
	}
	return v
}

func (r *runner) text(row int) string {
	s := ""
	for i, v := range r.m.Rows[row].In {
		if i > 0 {
			s += " | "
		}
		s += casefile.FormatValue(v, r.m.In[i].Type)
	}
	return s
}

func (r *runner) outcome(row *casefile.Row) string {
	switch {
	case row.Drop:
		return "!drop"
	case row.Reject != "":
		return "!" + row.Reject
	}
	s := ""
	for i, v := range row.Out {
		if i > 0 {
			s += " | "
		}
		s += casefile.FormatValue(v, r.m.Out[i].Type)
	}
	return s
}

// nulls runs batches in which inputs are null at random: nothing may panic or
// leak.
func (r *runner) nulls(t *testing.T, n int) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	seed := uint32(1)
	for _, share := range []uint32{1, 3} {
		cols := make([]arrow.Array, len(r.p.Columns))
		for i, name := range r.p.Columns {
			at := slices.IndexFunc(r.m.In, func(c casefile.Column) bool { return c.Name == name })
			values := make([]casefile.Value, n)
			for k := range values {
				if seed = seed*1664525 + 1013904223; share > 1 && seed>>8%share != 0 {
					values[k] = r.m.Rows[k].In[at]
				}
			}
			cols[i] = casearrow.New(mem, r.in[at], values)
		}
		res, err := r.p.Run(mem, cols, n)
		if err != nil {
			t.Errorf("nulls: %v", err)
		} else {
			res.Release()
		}
		for _, c := range cols {
			c.Release()
		}
	}
}
