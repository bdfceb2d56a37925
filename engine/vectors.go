package engine

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/pipeline"
	"leapscore/ops/column"
	"leapscore/sources"
)

// VectorForm is how the vectors that a pipeline adds stand in the output table.
type VectorForm uint8

// The forms.
const (
	// VectorList is one column of lists of doubles.
	VectorList VectorForm = iota
	// VectorColumns is a column of doubles for each position, probability_0 and
	// so on. A null vector is null in all of them.
	VectorColumns
	// VectorUDT is one column of structs laid out as Spark's VectorUDT, which
	// keeps whether a vector is dense or sparse.
	VectorUDT
	// VectorSparse is one column of structs of size, indices and values, for readers
	// without Spark: the indices of a dense vector are null.
	VectorSparse
)

var vectorForms = [...]string{"list", "columns", "udt", "sparse"}

func (f VectorForm) String() string { return vectorForms[f] }

// ParseVectors is the inverse of VectorForm.String.
func ParseVectors(s string) (VectorForm, error) {
	i := slices.Index(vectorForms[:], s)
	if i < 0 {
		return 0, usagef("vectors %q: want list, columns, udt or sparse", s)
	}
	return VectorForm(i), nil
}

// addOutput adds the columns that an output of the pipeline becomes, and notes
// how many they are if there is one for each position of a vector.
func (p *Plan) addOutput(c *columns, o pipeline.Output) error {
	what := "the output of " + o.Node
	width := 0
	switch {
	case !o.Type.IsVector():
		c.add(arrow.Field{Name: o.Name, Type: column.EdgeType(o.Type)}, what)
	case p.Job.Vectors == VectorList:
		if o.Width > pipeline.MaxWidth {
			return usagef("vectors list: %q of %s has %d values in each row, want at most %d; write --vectors sparse or udt, or leave it out with --outputs", o.Name, o.Node, o.Width, pipeline.MaxWidth)
		}
		c.add(arrow.Field{Name: o.Name, Type: column.EdgeType(o.Type)}, what)
	case p.Job.Vectors == VectorUDT:
		c.add(arrow.Field{Name: o.Name, Type: column.VectorType}, what)
	case p.Job.Vectors == VectorSparse:
		c.add(arrow.Field{Name: o.Name, Type: column.SparseType}, what)
	default:
		if width = o.Width; width == 0 {
			return usagef("vectors columns: the model does not say how many values %q of %s has; leave it out with --outputs, or write --vectors list, udt or sparse", o.Name, o.Node)
		}
		if most := p.Job.MaxColumns; most > 0 && c.count()+width > most {
			return usagef("vectors columns: %q of %s is %d columns, and there is memory for %d; write --vectors sparse, udt or list, leave it out with --outputs, or raise --memory", o.Name, o.Node, width, most)
		}
		base := o.Name
		if to, ok := c.rename[base]; ok && !c.renamed[base] {
			base, c.renamed[o.Name] = to, true
		}
		for i := range width {
			c.add(arrow.Field{Name: base + "_" + strconv.Itoa(i), Type: arrow.PrimitiveTypes.Float64}, what)
		}
	}
	p.widths = append(p.widths, width)
	return nil
}

// widthError is a vector that has no room in its columns.
type widthError struct {
	name        string
	row         int // of those that are kept
	found, want int
}

// RowIndex is the number of the row among those that are kept.
func (e *widthError) RowIndex() int { return e.row }

func (e *widthError) Error() string {
	return fmt.Sprintf("%q has %d values, but the model says %d, which --vectors columns goes by; write --vectors list, udt or sparse", e.name, e.found, e.want)
}

// wideVector is the width from which on vectors go to the sink as they are, where
// they become lists: sparse ones are much smaller so, and are written without a look
// at each zero. The sink may well write other bytes for the same lists, so that it
// must not depend on the vectors of a batch.
const wideVector = 1 << 4

// WideLists returns the outputs whose vectors, written as lists, hold at least n
// values each.
func (p *Plan) WideLists(n int) (wide []pipeline.Output) {
	for _, o := range p.Pipeline.Outputs {
		if p.Job.Vectors == VectorList && o.Type.IsVector() && o.Width >= n {
			wide = append(wide, o)
		}
	}
	return wide
}

// edge returns output i of the pipeline in the form of the output table. The
// caller releases what it returns.
func (p *Plan) edge(mem memory.Allocator, i int, arr arrow.Array) (_ []arrow.Array, err error) {
	o := p.Pipeline.Outputs[i]
	defer func() {
		if errors.Is(err, column.ErrTooLarge) {
			err = fmt.Errorf("column %q of %s, with vectors of %d values: %w", o.Name, o.Node, o.Width, err)
		}
	}()
	defer pipeline.Recovered(&err)
	switch {
	case !o.Type.IsVector(), p.Job.Vectors == VectorList && o.Width > 0 && o.Width < wideVector:
		return []arrow.Array{column.Edge(mem, o.Type, arr)}, nil
	case p.Job.Vectors == VectorList, p.Job.Vectors == VectorUDT: // the sink makes lists of vectors
		arr.Retain()
		return []arrow.Array{arr}, nil
	case p.Job.Vectors == VectorSparse:
		return []arrow.Array{column.Sparse(mem, arr)}, nil
	}
	cols, bad := column.Spread(mem, arr, p.widths[i])
	if bad >= 0 {
		v := column.ViewVectors(arr)
		return nil, &widthError{name: o.Name, row: bad, found: v.Row(bad).Size, want: p.widths[i]}
	}
	return cols, nil
}

// located adds to an error about a kept row, if that is what err is, which row of
// the source it was. res is the result of the n rows of b from off on.
func located(err error, b sources.Batch, off, n int, res *pipeline.Result) error {
	var at interface {
		error
		RowIndex() int
	}
	if !errors.As(err, &at) {
		return err
	}
	index := at.RowIndex()
	kept := 0
	for row := range n {
		if _, bad := res.Rejected(row); bad {
			continue
		}
		if kept == index {
			origin, at := b.At(off + row)
			return fmt.Errorf("%s: row %d: %w", origin, at, err)
		}
		kept++
	}
	return err
}
