package summary

import (
	"math"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// maxElements is how long lists may be for their elements to be described one by
// one.
const maxElements = 16

// lists counts a column of lists.
type lists struct {
	nulls    int64
	length   *numbers
	norm     *numbers   // nil if the elements are no numbers
	elements []*numbers // nil once a list was longer than maxElements
	long     bool
	room     int
	buf      []float64
}

func newLists(elem arrow.DataType, room int) *lists {
	l := &lists{length: newNumbers(leastRoom), room: room}
	if isNumber(elem) {
		l.norm = newNumbers(room)
	}
	return l
}

func (l *lists) add(arr arrow.Array) {
	if _, ok := arr.(*array.Struct); ok { // on its way to become a list
		l.vectors(arr)
		return
	}
	l.nulls += int64(arr.NullN())
	list := arr.(array.ListLike)
	var vs []float64
	values := list.ListValues()
	if l.norm != nil {
		vs = doubles(values, &l.buf)
	}
	for i := range arr.Len() {
		if arr.IsNull(i) {
			continue
		}
		start, end := list.ValueOffsets(i)
		l.length.add(float64(end - start))
		if l.norm != nil {
			l.row(vs, values, int(start), int(end))
		}
	}
}

// row adds the list of values [start, end).
func (l *lists) row(vs []float64, values arrow.Array, start, end int) {
	if values.NullN() > 0 {
		vs = slices.Clone(vs[start:end])
		for i := range vs {
			if values.IsNull(start + i) {
				vs[i] = math.NaN()
			}
		}
	} else {
		vs = vs[start:end]
	}
	squares := 0.0
	for _, v := range vs {
		squares += float64(v * v)
	}
	l.norm.add(math.Sqrt(squares))
	if len(vs) > maxElements {
		l.long, l.elements = true, nil
	}
	if !l.long {
		l.each(vs)
	}
}

// each adds the values of one list as elements.
func (l *lists) each(vs []float64) {
	for len(l.elements) < len(vs) {
		l.elements = append(l.elements, newNumbers(max(leastRoom, l.room/4)))
	}
	for i, v := range vs {
		l.elements[i].add(v)
	}
}

func (l *lists) merge(from counter) {
	o := from.(*lists)
	l.nulls += o.nulls
	l.length.merge(o.length)
	if l.norm == nil {
		return
	}
	l.norm.merge(o.norm)
	if l.long = l.long || o.long; l.long {
		l.elements = nil
		return
	}
	for i, e := range o.elements {
		if i < len(l.elements) {
			l.elements[i].merge(e)
		} else {
			l.elements = append(l.elements, e)
		}
	}
}

func (l *lists) summary(c *Column) {
	c.Nulls, c.Lists = l.nulls, &Lists{Length: l.length.summary()}
	switch {
	case l.norm == nil:
	case l.long:
		norm := l.norm.summary()
		c.Lists.Norm = &norm
	default:
		for _, e := range l.elements {
			c.Lists.Elements = append(c.Lists.Elements, e.summary())
		}
	}
}
