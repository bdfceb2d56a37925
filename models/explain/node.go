package explain

import (
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/ops"
	"leapscore/ops/tree/shap"
)

// mostRows is how many rows go through at a time: enough that the factors of trees, which are computed once for all rows, cost
// little. Fewer do where their values are more than mostValues.
const (
	mostRows   = 512
	mostValues = 1 << 22
)

// kernel computes the columns of an explanation.
type kernel struct {
	inputs  []ops.Port
	outputs []ops.Port
	read    reader
	x       shap.Explainer
	form    form
}

// form makes columns of the values of a block of rows.
type form interface {
	// ports are the columns; their names begin with those of the form.
	ports() []ops.Port
	// start makes the columns of one batch.
	start(b *ops.Batch) columns
}

// columns are those of one batch.
type columns interface {
	// add takes n rows: values[o*len(used)+k][i].
	add(first, n int, values [][]float64)
	arrays() ([]arrow.Array, error)
}

// newNode returns the node that explains a predictor.
func newNode(n *pipeline.Node, l *layout, x shap.Explainer, mode Mode, prefix string) pipeline.Node {
	s := subject{x: x, prefix: prefix}
	if overVector(n) {
		s.vector = n.Inputs[0]
		s.width = widthOf(n.Kernel.Inputs()[0].Type)
		if used := x.Used(); len(used) > 0 {
			s.width = max(s.width, int(used[len(used)-1])+1)
		}
		s.slots = distinct(l.slots(n.Inputs[0], s.width))
	} else {
		s.width = len(n.Inputs)
		for _, c := range n.Inputs {
			s.slots = append(s.slots, slot{c, l.source(c)})
		}
	}
	k := &kernel{inputs: n.Kernel.Inputs(), read: readerOf(n), x: x, form: s.form(mode)}
	k.outputs = k.form.ports()
	out := pipeline.Node{Path: n.Path + "/explain", Op: pipeline.OpExplain, Kernel: k, Inputs: n.Inputs}
	for _, p := range k.outputs {
		out.Outputs = append(out.Outputs, p.Name)
	}
	return out
}

// subject is a predictor that is explained.
type subject struct {
	x      shap.Explainer
	prefix string
	vector string // the column of its vector, or ""
	width  int    // features
	slots  []slot // of the features
}

func (s *subject) form(m Mode) form {
	switch {
	case m.kind == kindTop:
		return newTop(s, m.top)
	case m.kind == kindSum:
		return newSums(s, s.bySource())
	case s.vector != "":
		return newWhole(s)
	}
	return newSums(s, s.byFeature())
}

// names are the names of columns that there are once for each output: name, or name_0, name_1, ...
func (s *subject) names(name string) []string {
	if s.x.Outputs() == 1 {
		return []string{s.prefix + "_" + name}
	}
	names := make([]string, s.x.Outputs())
	for o := range names {
		names[o] = s.prefix + "_" + name + "_" + strconv.Itoa(o)
	}
	return names
}

// bias is the column of the expected value.
func (s *subject) bias() ops.Port { return ops.Port{Name: s.prefix + "_bias", Type: s.number()} }

// number is the type of a value: a number, or one for each output.
func (s *subject) number() bundle.Type {
	if s.x.Outputs() == 1 {
		return bundle.Scalar(bundle.Double).NonNull()
	}
	return bundle.Tensor(bundle.Double, s.x.Outputs())
}

func (k *kernel) Inputs() []ops.Port  { return k.inputs }
func (k *kernel) Outputs() []ops.Port { return k.outputs }

// Eval implements ops.Kernel.
func (k *kernel) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	c := k.form.start(b)
	used := k.x.Used()
	series := k.x.Outputs() * len(used)
	rows := min(mostRows, b.Len, max(64, mostValues/max(series, 1)))
	room := make([]float64, series*rows)
	values := make([][]float64, series)
	for from := 0; from < b.Len; from += rows {
		if b.Stopped() {
			return nil, ops.ErrStopped
		}
		n := min(rows, b.Len-from)
		for i := range values {
			values[i] = room[i*n:][:n]
		}
		k.x.Explain(k.read(b, in, from, n, used), 0, n, values)
		c.add(from, n, values)
	}
	return c.arrays()
}
