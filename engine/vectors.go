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
)

var vectorForms = [...]string{"list", "columns", "udt"}

func (f VectorForm) String() string { return vectorForms[f] }

// ParseVectors is the inverse of VectorForm.String.
func ParseVectors(s string) (VectorForm, error) {
	i := slices.Index(vectorForms[:], s)
	if i < 0 {
		return 0, usagef("vectors %q: want list, columns or udt", s)
	}
	return VectorForm(i), nil
}

// addOutput adds the columns that an output of the pipeline becomes, and notes
// how many they are if there is one for each position of a vector.
func (p *Plan) addOutput(c *columns, o pipeline.Output) error {
	what := "the output of " + o.Node
	width := 0
	switch {
	case !o.Type.IsVector() || p.Job.Vectors == VectorList:
		c.add(arrow.Field{Name: o.Name, Type: column.EdgeType(o.Type)}, what)
	case p.Job.Vectors == VectorUDT:
		c.add(arrow.Field{Name: o.Name, Type: column.VectorType}, what)
	default:
		if width = o.Width; width == 0 {
			return usagef("vectors columns: the model does not say how many values %q of %s has; leave it out with --outputs, or write --vectors list or udt", o.Name, o.Node)
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
	return fmt.Sprintf("%q has %d values, but the model says %d, which --vectors columns goes by; write --vectors list or udt", e.name, e.found, e.want)
}

// edge returns output i of the pipeline in the form of the output table. The
// caller releases what it returns.
func (p *Plan) edge(mem memory.Allocator, i int, arr arrow.Array) ([]arrow.Array, error) {
	o := p.Pipeline.Outputs[i]
	if !o.Type.IsVector() || p.Job.Vectors == VectorList {
		return []arrow.Array{column.Edge(mem, o.Type, arr)}, nil
	}
	if p.Job.Vectors == VectorUDT {
		arr.Retain()
		return []arrow.Array{arr}, nil
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
