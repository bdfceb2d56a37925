package explain

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
)

// whole has a vector with the values of all slots of the predictor's vector; of several outputs, one for each.
type whole struct{ *subject }

func newWhole(s *subject) *whole { return &whole{s} }

func (f *whole) ports() (ports []ops.Port) {
	for _, name := range f.names(f.vector) {
		ports = append(ports, ops.Port{Name: name, Type: bundle.Tensor(bundle.Double, f.width)})
	}
	return append(ports, f.bias())
}

func (f *whole) start(b *ops.Batch) columns {
	c := &wholeColumns{whole: f, b: b, bias: newSums(f.subject, nil).start(b), dense: !column.StoredSparse(f.width, len(f.x.Used()))}
	for range f.x.Outputs() {
		c.out = append(c.out, column.NewVectorBuilder(b.Mem, b.Len, min(f.width, len(f.x.Used())+1)))
	}
	return c
}

type wholeColumns struct {
	*whole
	b     *ops.Batch
	out   []*column.VectorBuilder
	bias  columns
	dense bool
}

func (c *wholeColumns) add(first, n int, values [][]float64) {
	used := c.x.Used()
	for o, out := range c.out {
		mine := values[o*len(used):][:len(used)]
		if c.dense {
			to := out.DenseRows(n, c.width)
			clear(to)
			for k, f := range used {
				for i, x := range mine[k] {
					to[i*c.width+int(f)] = x
				}
			}
			continue
		}
		for i := range n {
			indices, to := out.Sparse(c.width, len(used))
			copy(indices, used)
			for k := range mine {
				to[k] = mine[k][i]
			}
		}
	}
	c.bias.add(first, n, nil)
}

func (c *wholeColumns) arrays() ([]arrow.Array, error) {
	var out []arrow.Array
	for _, o := range c.out {
		out = append(out, o.Array())
	}
	bias, err := c.bias.arrays()
	return append(out, bias...), err
}
