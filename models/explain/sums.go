package explain

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
)

// sums has a column for each group of features, with the sum of their values.
type sums struct {
	*subject
	groups []group
	group  []int // by used feature
}

// group is some features.
type group struct {
	name     string
	features []int32
}

func newSums(s *subject, groups []group) *sums {
	f := &sums{subject: s, groups: groups, group: make([]int, len(s.x.Used()))}
	for g := range groups {
		for _, feature := range groups[g].features {
			if k, ok := slices.BinarySearch(s.x.Used(), feature); ok {
				f.group[k] = g
			}
		}
	}
	return f
}

// byFeature has every feature in a group of its own.
func (s *subject) byFeature() []group {
	groups := make([]group, len(s.slots))
	for i, sl := range s.slots {
		groups[i] = group{sl.name, []int32{int32(i)}}
	}
	return groups
}

// bySource has a group for each column of the source, in their order.
func (s *subject) bySource() (groups []group) {
	at := map[string]int{}
	for i, sl := range s.slots {
		g, ok := at[sl.source]
		if !ok {
			g = len(groups)
			at[sl.source] = g
			groups = append(groups, group{name: sl.source})
		}
		groups[g].features = append(groups[g].features, int32(i))
	}
	return groups
}

func (f *sums) ports() (ports []ops.Port) {
	for _, g := range f.groups {
		ports = append(ports, ops.Port{Name: f.prefix + "_" + g.name, Type: f.number()})
	}
	bias := f.bias()
	if slices.ContainsFunc(f.groups, func(g group) bool { return g.name == "bias" }) {
		bias.Name = f.prefix + "_expected_value"
	}
	return append(ports, bias)
}

func (f *sums) start(b *ops.Batch) columns {
	n := len(f.groups) + 1
	if f.x.Outputs() == 1 {
		c := &scalarSums{sums: f, out: make([]*column.Out[float64], n)}
		for i := range c.out {
			c.out[i] = column.NewDoubles(b.Mem, b.Len)
			clear(c.out[i].Values)
		}
		return c
	}
	c := &vectorSums{sums: f, out: make([]*column.VectorBuilder, n)}
	for i := range c.out {
		c.out[i] = column.NewVectorBuilder(b.Mem, b.Len, f.x.Outputs())
	}
	return c
}

// scalarSums are sums of one output.
type scalarSums struct {
	*sums
	out []*column.Out[float64]
}

func (c *scalarSums) add(first, n int, values [][]float64) {
	for k, v := range values {
		to := c.out[c.group[k]].Values[first:][:n]
		for i, x := range v {
			to[i] += x
		}
	}
	bias := c.out[len(c.groups)].Values[first:][:n]
	for i := range bias {
		bias[i] = c.x.Bias()[0]
	}
}

func (c *scalarSums) arrays() ([]arrow.Array, error) {
	out := make([]arrow.Array, len(c.out))
	for i := range out {
		out[i] = c.out[i].Array()
	}
	return out, nil
}

// vectorSums are sums of several outputs.
type vectorSums struct {
	*sums
	out []*column.VectorBuilder
}

func (c *vectorSums) add(_, n int, values [][]float64) {
	outputs, used := c.x.Outputs(), len(c.group)
	to := make([][]float64, len(c.out))
	for i := range c.out {
		to[i] = c.out[i].DenseRows(n, outputs)
		clear(to[i])
	}
	for o := range outputs {
		for k, v := range values[min(o*used, len(values)):][:min(used, len(values))] {
			sum := to[c.group[k]]
			for i, x := range v {
				sum[i*outputs+o] += x
			}
		}
		for i := range n {
			to[len(c.groups)][i*outputs+o] = c.x.Bias()[o]
		}
	}
}

func (c *vectorSums) arrays() ([]arrow.Array, error) {
	out := make([]arrow.Array, len(c.out))
	for i := range out {
		out[i] = c.out[i].Array()
	}
	return out, nil
}
