package scan

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// CellBuilder builds one column from text.
type CellBuilder struct{ array.Builder }

func NewCellBuilder(mem memory.Allocator, t arrow.DataType) CellBuilder {
	return CellBuilder{array.NewBuilder(mem, t)}
}

// Finish returns the column and begins anew.
func (c CellBuilder) Finish() arrow.Array {
	a := c.NewArray()
	ZeroNulls(a.Data())
	return a
}

// Fill appends nulls up to a number of values. A value that could not be read may be
// there in part: its own parts are made to have as many values as each other.
func Fill(b Cells, values int) {
	switch b := b.(type) {
	case *array.ListBuilder:
		Fill(b.ValueBuilder(), b.ValueBuilder().Len())
	case *array.MapBuilder:
		Fill(b.ItemBuilder(), b.KeyBuilder().Len())
	}
	for b.Len() < values {
		b.AppendNull()
	}
}

// FillBad goes on behind value number at, which could not be read. Text stays as it is,
// and all else is null.
func FillBad(b Cells, at int) {
	Fill(b, at+1)
	switch b.(type) {
	case *array.ListBuilder, *array.MapBuilder:
		b.SetNull(at)
	}
}

// Recounted returns a column in which SetNull has made nulls, which builders do not count.
// It takes the place of the column.
func Recounted(arr arrow.Array) arrow.Array {
	d := arr.Data()
	if d.Buffers()[0] == nil {
		return arr
	}
	data := array.NewData(d.DataType(), d.Len(), d.Buffers(), d.Children(), array.UnknownNullCount, d.Offset())
	defer data.Release()
	defer arr.Release()
	return array.MakeFromData(data)
}

// SetNull makes value number at, the last, null.
func SetNull(b Cells, at int) {
	Fill(b, at+1)
	b.SetNull(at)
}

// ZeroNulls clears the slots of nulls, which builders leave as the allocator
// gave them, so that equal rows have equal bytes.
func ZeroNulls(d arrow.ArrayData) {
	for _, kid := range d.Children() {
		ZeroNulls(kid)
	}
	fixed, ok := d.DataType().(arrow.FixedWidthDataType)
	if !ok || d.NullN() == 0 || d.Buffers()[0] == nil {
		return
	}
	valid, data := d.Buffers()[0].Bytes(), d.Buffers()[1].Bytes()
	w := fixed.BitWidth() / 8
	for i := range d.Len() {
		switch {
		case bitutil.BitIsSet(valid, i):
		case w == 0:
			bitutil.ClearBit(data, i)
		default:
			clear(data[i*w : (i+1)*w])
		}
	}
}

// CheckTextType says whether columns of type t can be read from text.
func CheckTextType(t arrow.DataType) error {
	switch t.ID() {
	case arrow.BOOL, arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16,
		arrow.UINT32, arrow.UINT64, arrow.FLOAT32, arrow.FLOAT64, arrow.STRING, arrow.BINARY:
		return nil
	case arrow.LIST:
		return CheckTextType(t.(*arrow.ListType).Elem())
	case arrow.MAP:
		m := t.(*arrow.MapType)
		if m.KeyType().ID() != arrow.STRING {
			return fmt.Errorf("maps from %s cannot be read from text, only from string", m.KeyType())
		}
		return CheckTextType(m.ItemType())
	}
	return fmt.Errorf("type %s cannot be read from text", t)
}

// valueError is text that does not spell a value of its column's type.
type valueError struct {
	text string
	typ  string
	why  error
}

func (e *valueError) Error() string {
	text := e.text
	if len(text) > 100 {
		text = text[:100] + "..."
	}
	if e.why != nil {
		return fmt.Sprintf("%q is not a %s: %v", text, e.typ, e.why)
	}
	if e.typ == "double" && (strings.EqualFold(text, "true") || strings.EqualFold(text, "false")) {
		return fmt.Sprintf("%q is not a double; a query (--sql) reads a column of true and false as booleans", text)
	}
	return fmt.Sprintf("%q is not a %s", text, e.typ)
}

func BadValue(text []byte, b Cells, err error) error {
	e := &valueError{text: string(text), typ: b.Type().String()}
	if b.Type().ID() == arrow.FLOAT64 {
		e.typ = "double"
	}
	if errors.Is(err, strconv.ErrRange) {
		e.why = errors.New("out of range")
	}
	return e
}

// AppendText appends the value that a scalar's text spells.
func AppendText(b Cells, text []byte) error {
	var err error
	switch b := b.(type) {
	case *Numbers[float64]:
		var v float64
		if v, err = parseFloat(text, 64); err == nil {
			b.Append(v)
		}
	case *Texts:
		b.Append(text)
	case *array.Float64Builder:
		var v float64
		if v, err = parseFloat(text, 64); err == nil {
			b.Append(v)
		}
	case *array.StringBuilder:
		b.BinaryBuilder.Append(text)
	case *array.BinaryBuilder:
		b.Append(text)
	case *array.Float32Builder:
		var v float64
		if v, err = parseFloat(text, 32); err == nil {
			b.Append(float32(v))
		}
	case *array.BooleanBuilder:
		switch {
		case len(text) == 4 && strings.EqualFold(AsString(text), "true"):
			b.Append(true)
		case len(text) == 5 && strings.EqualFold(AsString(text), "false"):
			b.Append(false)
		default:
			err = strconv.ErrSyntax
		}
	default:
		err = appendInt(b, text)
	}
	if err != nil {
		return BadValue(text, b, err)
	}
	return nil
}

func appendInt(b Cells, text []byte) error {
	switch b := b.(type) {
	case *Numbers[int64]:
		return appendSigned(b, text, 64)
	case *array.Int64Builder:
		return appendSigned(b, text, 64)
	case *array.Int32Builder:
		return appendSigned(b, text, 32)
	case *array.Int16Builder:
		return appendSigned(b, text, 16)
	case *array.Int8Builder:
		return appendSigned(b, text, 8)
	case *array.Uint64Builder:
		return appendUnsigned(b, text, 64)
	case *array.Uint32Builder:
		return appendUnsigned(b, text, 32)
	case *array.Uint16Builder:
		return appendUnsigned(b, text, 16)
	case *array.Uint8Builder:
		return appendUnsigned(b, text, 8)
	}
	return strconv.ErrSyntax
}

func appendSigned[T int8 | int16 | int32 | int64](b interface{ Append(T) }, text []byte, bits int) error {
	v, err := strconv.ParseInt(AsString(text), 10, bits)
	if err != nil {
		if v, err = integralFloat(text, bits, err); err != nil {
			return err
		}
	}
	b.Append(T(v))
	return nil
}

func appendUnsigned[T uint8 | uint16 | uint32 | uint64](b interface{ Append(T) }, text []byte, bits int) error {
	v, err := strconv.ParseUint(AsString(text), 10, bits)
	if err != nil {
		return err
	}
	b.Append(T(v))
	return nil
}

// integralFloat reads 3.0 as 3: writers that keep integers with nulls as
// doubles spell them so. was is the error to give if text is no such number.
func integralFloat(text []byte, bits int, was error) (int64, error) {
	if !bytes.ContainsAny(text, ".eE") {
		return 0, was
	}
	f, err := parseFloat(text, 64)
	limit := math.Ldexp(1, min(bits-1, 53))
	if err != nil || f != math.Trunc(f) || f < -limit || f >= limit {
		return 0, was
	}
	return int64(f), nil
}

// parseFloat reads decimal numbers and the names of NaN and infinity, but not
// Go's hexadecimal and underscored forms.
func parseFloat(text []byte, bits int) (float64, error) {
	v, err := strconv.ParseFloat(AsString(text), bits)
	if err == nil && (v == 0 || len(text) > 3) {
		for _, c := range text {
			if c == '_' || c|0x20 == 'x' {
				return 0, strconv.ErrSyntax
			}
		}
	}
	return v, err
}

func FinishCells(cells []CellBuilder) []arrow.Array {
	cols := make([]arrow.Array, len(cells))
	for i, c := range cells {
		cols[i] = c.Finish()
	}
	return cols
}
