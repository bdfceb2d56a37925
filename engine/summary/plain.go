package summary

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// plain counts a column of numbers.
type plain struct {
	nulls  int64
	sketch *numbers
	buf    []float64
}

func (p *plain) add(arr arrow.Array) {
	p.nulls += int64(arr.NullN())
	vs := doubles(arr, &p.buf)
	if arr.NullN() == 0 {
		p.sketch.addAll(vs)
		return
	}
	for i, v := range vs {
		if arr.IsValid(i) {
			p.sketch.add(v)
		}
	}
}

func (p *plain) merge(from counter) {
	p.nulls += from.(*plain).nulls
	p.sketch.merge(from.(*plain).sketch)
}

func (p *plain) summary(c *Column) {
	n := p.sketch.summary()
	c.Nulls, c.Numbers = p.nulls, &n
}

func isNumber(dt arrow.DataType) bool {
	switch dt.ID() {
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64,
		arrow.FLOAT32, arrow.FLOAT64, arrow.DECIMAL128:
		return true
	}
	return false
}

// doubles returns the values of a column of numbers, which may lie in buf. Those
// of nulls are any.
func doubles(arr arrow.Array, buf *[]float64) []float64 {
	switch a := arr.(type) {
	case *array.Float64:
		return a.Float64Values()
	case *array.Float32:
		return converted(a.Float32Values(), buf)
	case *array.Int8:
		return converted(a.Int8Values(), buf)
	case *array.Int16:
		return converted(a.Int16Values(), buf)
	case *array.Int32:
		return converted(a.Int32Values(), buf)
	case *array.Int64:
		return converted(a.Int64Values(), buf)
	case *array.Uint8:
		return converted(a.Uint8Values(), buf)
	case *array.Uint16:
		return converted(a.Uint16Values(), buf)
	case *array.Uint32:
		return converted(a.Uint32Values(), buf)
	case *array.Uint64:
		return converted(a.Uint64Values(), buf)
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		*buf = (*buf)[:0]
		for i := range a.Len() {
			*buf = append(*buf, a.Value(i).ToFloat64(scale))
		}
		return *buf
	case *array.Dictionary:
		return indexed(a, buf)
	}
	panic("summary: no numbers in " + arr.DataType().String())
}

func converted[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32](vs []T, buf *[]float64) []float64 {
	*buf = (*buf)[:0]
	for _, v := range vs {
		*buf = append(*buf, float64(v))
	}
	return *buf
}

func indexed(a *array.Dictionary, buf *[]float64) []float64 {
	var dict []float64
	values := doubles(a.Dictionary(), &dict)
	*buf = (*buf)[:0]
	for i := range a.Len() {
		v := 0.0
		if a.IsValid(i) {
			v = values[a.GetValueIndex(i)]
		}
		*buf = append(*buf, v)
	}
	return *buf
}
