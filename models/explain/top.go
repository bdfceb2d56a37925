package explain

import (
	"cmp"
	"math"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// top has the features of the greatest values of each row, by magnitude: a list of names and a vector of values. Of
// several outputs it has two such columns for each.
type top struct {
	*subject
	most int
}

func newTop(s *subject, most int) *top { return &top{s, min(most, len(s.x.Used()))} }

func (f *top) ports() (ports []ops.Port) {
	values := f.names("top_values")
	for o, name := range f.names("top_features") {
		ports = append(ports,
			ops.Port{Name: name, Type: bundle.List(bundle.String).NonNull()},
			ops.Port{Name: values[o], Type: bundle.Tensor(bundle.Double, f.most)})
	}
	return append(ports, f.bias())
}

func (f *top) start(b *ops.Batch) columns {
	c := &topColumns{top: f, bias: newSums(f.subject, nil).start(b), order: make([]int, len(f.x.Used()))}
	for range f.x.Outputs() {
		c.names = append(c.names, column.NewStringListBuilder(b.Mem, b.Len, b.Len*f.most, 0))
		c.values = append(c.values, column.NewVectorBuilder(b.Mem, b.Len, f.most))
	}
	return c
}

type topColumns struct {
	*top
	names  []*column.StringListBuilder
	values []*column.VectorBuilder
	bias   columns
	order  []int
}

func (c *topColumns) add(first, n int, values [][]float64) {
	used := c.x.Used()
	for o := range c.names {
		mine := values[o*len(used):][:len(used)]
		to := c.values[o].DenseRows(n, c.most)
		for i := range n {
			for k := range c.order {
				c.order[k] = k
			}
			slices.SortFunc(c.order, func(a, b int) int { // of equal ones the first feature is first
				return cmp.Or(cmp.Compare(math.Abs(mine[b][i]), math.Abs(mine[a][i])), a-b)
			})
			for j, k := range c.order[:c.most] {
				c.names[o].Append(c.slots[used[k]].name)
				to[i*c.most+j] = mine[k][i]
			}
			c.names[o].EndRow()
		}
	}
	c.bias.add(first, n, nil)
}

func (c *topColumns) arrays() ([]arrow.Array, error) {
	var out []arrow.Array
	for o := range c.names {
		names, err := c.names[o].Array()
		if err != nil {
			return nil, err
		}
		out = append(out, names, c.values[o].Array())
	}
	bias, err := c.bias.arrays()
	return append(out, bias...), err
}
