package main

import (
	"fmt"
	"io/fs"
	"runtime/debug"
	"strings"

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

// way is one of the ways to run a pipeline. All must give the same bits.
type way struct {
	plain bool
	// final leaves out the outputs that a later stage reads, so that stages can
	// be fused.
	final bool
	some  uint64 // if not 0, its bits choose some of the outputs
	batch int    // rows at once; all if 0
	words bool   // strings come as dictionaries
	pad   int    // rows before the batch in the same arrays
}

func (w way) String() string {
	s := "all outputs"
	switch {
	case w.some != 0:
		s = "some outputs"
	case w.final:
		s = "final outputs"
	}
	if w.plain {
		s += ", plain"
	}
	if w.batch > 0 {
		s += fmt.Sprintf(", batches of %d", w.batch)
	}
	if w.words {
		s += ", dictionaries"
	}
	if w.pad > 0 {
		s += ", sliced"
	}
	return s
}

// ways are those that a subject is run in, the plainest first.
func ways(r *random) []way {
	return []way{
		{plain: true},
		{words: true},
		{final: true},
		{final: true, batch: r.between(1, 9), pad: r.between(0, 3)},
		{final: true, plain: true, words: true, batch: r.between(1, 40)},
		{some: r.Uint64() | 1},
	}
}

// answer is the result of one row.
type answer struct {
	values map[string]casefile.Value
	reject string // why it is refused
	drop   bool
}

// load loads the bundle. Panics are errors here and below: a difference like
// any other.
func load(files fs.FS, reg *ops.Registry) (m *pipeline.Model, err error) {
	defer caught(&err)
	b, err := bundle.OpenFS(files, bundle.Limits{})
	if err != nil {
		return nil, err
	}
	return mleap.Load(b, reg)
}

func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}

// run gives the answer of m to each row.
func run(m *pipeline.Model, in []casefile.Column, rows [][]casefile.Value, w way) (answers []answer, err error) {
	defer caught(&err)
	fields := make([]arrow.Field, len(in))
	for i, c := range in {
		fields[i] = arrow.Field{Name: c.Name, Type: w.arrowType(c.Type), Nullable: true}
	}
	p, err := m.Bind(arrow.NewSchema(fields, nil), pipeline.Options{Outputs: w.outputs(m), Cast: pipeline.CastMLeap, Plain: w.plain})
	if err != nil {
		return nil, err
	}
	size := w.batch
	if size == 0 {
		size = max(len(rows), 1)
	}
	for lo := 0; lo < len(rows) || lo == 0; lo += size {
		got, err := w.runBatch(p, in, rows, lo, min(lo+size, len(rows)))
		if err != nil {
			return nil, err
		}
		answers = append(answers, got...)
	}
	return answers, nil
}

func (w way) outputs(m *pipeline.Model) []string {
	all := m.AllOutputs()
	switch {
	case w.final:
		return m.FinalOutputs()
	case w.some == 0:
		return all
	}
	var some []string
	for i, name := range all {
		if w.some>>(i%64)&1 == 1 {
			some = append(some, name)
		}
	}
	return some
}

func (w way) arrowType(t casefile.Type) arrow.DataType {
	arr := w.column(memory.DefaultAllocator, t, nil)
	defer arr.Release()
	return arr.DataType()
}

func (w way) column(mem memory.Allocator, t casefile.Type, values []casefile.Value) arrow.Array {
	arr := casearrow.New(mem, casearrow.Type(t), values)
	if !w.words || t.Kind != casefile.Scalar || t.Base != casefile.String {
		return arr
	}
	defer arr.Release()
	b := array.NewDictionaryBuilder(mem, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}).(*array.BinaryDictionaryBuilder)
	defer b.Release()
	for i := range arr.Len() {
		if arr.IsNull(i) {
			b.AppendNull()
		} else if err := b.AppendString(arr.(*array.String).Value(i)); err != nil {
			panic(err)
		}
	}
	return b.NewArray()
}

func (w way) runBatch(p *pipeline.Pipeline, in []casefile.Column, rows [][]casefile.Value, lo, hi int) ([]answer, error) {
	mem := memory.NewGoAllocator()
	from := max(lo-w.pad, 0)
	cols := make([]arrow.Array, len(p.Columns))
	for i, name := range p.Columns {
		at := -1
		for k, c := range in {
			if c.Name == name {
				at = k
			}
		}
		values := make([]casefile.Value, 0, hi-from)
		for _, r := range rows[from:hi] {
			values = append(values, r[at])
		}
		whole := w.column(mem, in[at].Type, values)
		cols[i] = array.NewSlice(whole, int64(lo-from), int64(hi-from))
	}
	res, err := p.Run(mem, cols, hi-lo)
	if err != nil {
		return nil, err
	}
	answers := make([]answer, hi-lo)
	for i := range answers {
		if rej, bad := res.Rejected(i); bad {
			answers[i].drop = rej.Drop
			if !rej.Drop {
				answers[i].reject = fmt.Sprintf("%s by %s: %s", rej.Code, rej.Op, rej.Msg)
			}
			continue
		}
		answers[i].values = make(map[string]casefile.Value, len(p.Outputs))
		for k, o := range p.Outputs {
			answers[i].values[o.Name] = casearrow.Value(o.Type, res.Columns[k], i)
		}
	}
	return answers, nil
}

// isPanic reports whether err is a panic.
func isPanic(err error) bool {
	return err != nil && strings.HasPrefix(err.Error(), "panic: ")
}
