package trees

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/tree"
)

// kernel runs a booster on batches.
type kernel struct {
	*Booster
	wanted []bool // by output
	vector bool   // its features are in one vector
}

func (k *kernel) Inputs() []ops.Port {
	if k.vector {
		return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, len(k.Features)).NonNull()}}
	}
	ports := make([]ops.Port, len(k.Features))
	for i := range ports {
		ports[i] = k.Features[i].port()
	}
	return ports
}

func (k *kernel) Outputs() []ops.Port {
	ports := make([]ops.Port, len(k.Booster.Outputs))
	for i := range ports {
		ports[i] = k.Booster.Outputs[i].port()
	}
	return ports
}

// Select implements ops.Selector.
func (k *kernel) Select(outputs []bool) ops.Kernel {
	return &kernel{k.Booster, outputs, k.vector}
}

func (k *kernel) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	r := tree.Rows{Refuse: func(row int, format string, args ...any) {
		b.Reject(row, -1, ops.Invalid, format, args...)
	}}
	if k.vector {
		v := column.ViewVectors(in[0])
		k.checkSizes(b, &v)
		r.Vectors = &v
	} else {
		r.Columns = make([][]float64, len(in))
		for i, arr := range in {
			r.Columns[i] = k.Features[i].numbers(arr)
		}
	}
	out := make([]*result, len(k.wanted))
	for i, wanted := range k.wanted {
		if wanted {
			out[i] = newResult(b.Mem, &k.Booster.Outputs[i], b.Len)
		}
	}
	for r.From = 0; r.From < b.Len; r.From += tree.Block {
		if b.Stopped() {
			release(out)
			return nil, ops.ErrStopped
		}
		r.N = min(tree.Block, b.Len-r.From)
		k.score(&r, out)
	}
	return finish(out)
}

// score computes a block.
func (k *kernel) score(r *tree.Rows, out []*result) {
	values := make([]*Values, len(out))
	for i, o := range out {
		if o != nil {
			v := o.part(r.From, r.N)
			values[i] = &v
		}
	}
	k.Score(r, values)
}

// checkSizes refuses vectors of another size than the model's.
func (k *kernel) checkSizes(b *ops.Batch, v *column.Vectors) {
	for row := range b.Len {
		if v.IsNull(row) {
			continue
		}
		if size := v.Row(row).Size; size != len(k.Features) {
			b.Reject(row, 0, ops.Size, "a vector of %d values, and the model has %d inputs", size, len(k.Features))
		}
	}
}

// numbers are the values of a feature, NaN for null.
func (f *Feature) numbers(arr arrow.Array) []float64 {
	if f.Category != nil {
		return f.codes(arr)
	}
	values := column.Doubles(arr)
	if arr.NullN() == 0 && f.Number == nil {
		return values
	}
	out := make([]float64, len(values))
	for i, x := range values {
		switch {
		case arr.IsNull(i):
			x = math.NaN()
		case f.Number != nil:
			x = f.Number(x)
		}
		out[i] = x
	}
	return out
}

// codes are the numbers of categories.
func (f *Feature) codes(arr arrow.Array) []float64 {
	words := column.ViewStrings(arr)
	out := make([]float64, words.Len())
	known := map[string]float64{}
	const mostKnown = 1 << 16
	for i := range out {
		if words.IsNull(i) {
			out[i] = math.NaN()
			continue
		}
		word := words.Value(i)
		code, is := known[word]
		if !is {
			if code = f.Category(word); len(known) < mostKnown {
				known[word] = code
			}
		}
		out[i] = code
	}
	return out
}

// result is an output under construction.
type result struct {
	Values
	width   int
	rows    int
	mem     memory.Allocator
	finish  func() (arrow.Array, error)
	discard func()
}

func newResult(mem memory.Allocator, o *Output, rows int) *result {
	r := &result{width: o.Width, rows: rows, mem: mem}
	n := rows * o.Width
	switch o.Base {
	case bundle.Float:
		collect(r, column.NewFloats(mem, n), &r.Floats)
	case bundle.Double:
		collect(r, column.NewDoubles(mem, n), &r.Doubles)
	case bundle.Int:
		collect(r, column.NewInts(mem, n), &r.Ints)
	case bundle.Long:
		collect(r, column.NewLongs(mem, n), &r.Longs)
	default:
		r.Words = make([]string, n)
		r.finish = func() (arrow.Array, error) { return words(mem, r.Words) }
		r.discard = func() {}
	}
	return r
}

func collect[T column.Fixed](r *result, out *column.Out[T], values *[]T) {
	*values = out.Values
	r.finish = func() (arrow.Array, error) { return out.Array(), nil }
	r.discard = func() { out.Array().Release() }
}

func words(mem memory.Allocator, list []string) (arrow.Array, error) {
	size := 0
	for _, w := range list {
		size += len(w)
	}
	b := column.NewStringBuilder(mem, len(list), size)
	for _, w := range list {
		b.Append(w)
	}
	return b.Array()
}

// part are the values of n rows.
func (r *result) part(from, n int) Values {
	from, to := from*r.width, (from+n)*r.width
	return Values{
		Floats: span(r.Floats, from, to), Doubles: span(r.Doubles, from, to), Ints: span(r.Ints, from, to),
		Longs: span(r.Longs, from, to), Words: span(r.Words, from, to),
	}
}

func span[T any](s []T, from, to int) []T {
	if s == nil {
		return nil
	}
	return s[from:to]
}

// finish makes the arrays of the outputs.
func finish(out []*result) ([]arrow.Array, error) {
	arrays := make([]arrow.Array, len(out))
	for i, r := range out {
		if r == nil {
			continue
		}
		flat, err := r.finish()
		if err != nil {
			release(out[i+1:])
			return nil, err
		}
		arrays[i] = flat
		if r.width != 1 {
			arrays[i], err = column.EvenLists(r.mem, flat, r.rows, r.width)
			flat.Release()
			if err != nil {
				return nil, err
			}
		}
	}
	return arrays, nil
}

func release(out []*result) {
	for _, r := range out {
		if r != nil {
			r.discard()
		}
	}
}
