package avro

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/hamba/avro/v2"

	"leapscore/sources/internal/scan"
	"leapscore/sources/internal/tensor"
)

// readFunc reads one value and appends it to b, or skips it if b is nil.
// Errors of the bytes stick to w.
type readFunc func(w *input, b array.Builder) error

// input reads a block. After an error all that it reads is zero.
type input struct {
	b   []byte
	err error
}

func (w *input) take(n int64) []byte {
	if w.err == nil && (n < 0 || n > int64(len(w.b))) {
		w.err = errCut
	}
	if w.err != nil {
		return nil
	}
	b := w.b[:n]
	w.b = w.b[n:]
	return b
}

func (w *input) long() int64 {
	v, n := binary.Varint(w.b)
	if n <= 0 && w.err == nil {
		w.err = errCut
	}
	if w.err != nil {
		return 0
	}
	w.b = w.b[n:]
	return v
}

func (w *input) fixed(n int64) uint64 {
	var b [8]byte
	copy(b[:], w.take(n))
	return binary.LittleEndian.Uint64(b[:])
}

// items calls fn for each item of an array or a map, and counts them.
func (w *input) items(fn func() error) (int, error) {
	total := 0
	for {
		n, end := w.long(), int64(-1)
		if n < 0 {
			n = -n
			size := w.long()
			end = int64(len(w.b)) - size
			if w.err == nil && (size < 0 || end < 0) {
				return total, errCut
			}
		}
		if n == 0 || w.err != nil {
			return total, w.err
		}
		if n < 0 || n > int64(len(w.b)) { // an item has a byte or more
			return total, errCut
		}
		for range n {
			if err := fn(); err != nil {
				return total, err
			}
			if w.err != nil {
				return total, w.err
			}
			total++
		}
		if end >= 0 && int64(len(w.b)) != end {
			return total, errors.New("damaged: items that are longer or shorter than their block")
		}
	}
}

func cellAt(cells []scan.CellBuilder, slot int) array.Builder {
	if slot < 0 {
		return nil
	}
	return cells[slot].Builder
}

const (
	mostDepth = 32
	mostParts = 1 << 18
)

// countTypes counts the types that a type consists of down from left. A few
// records that name each other consist of more than fits into memory, or of
// themselves.
func countTypes(s avro.Schema, depth int, left *int) error {
	if depth == 0 {
		return errors.New("types are nested too deeply")
	}
	if *left--; *left < 0 {
		return fmt.Errorf("the schema consists of more than %d types", mostParts)
	}
	var parts []avro.Schema
	switch s := s.(type) {
	case *avro.RefSchema:
		parts = []avro.Schema{s.Schema()}
	case *avro.UnionSchema:
		parts = s.Types()
	case *avro.ArraySchema:
		parts = []avro.Schema{s.Items()}
	case *avro.MapSchema:
		parts = []avro.Schema{s.Values()}
	case *avro.RecordSchema:
		for _, f := range s.Fields() {
			parts = append(parts, f.Type())
		}
	}
	for _, p := range parts {
		if err := countTypes(p, depth-1, left); err != nil {
			return err
		}
	}
	return nil
}

// fieldsOf returns the columns of a record.
func fieldsOf(s avro.Schema) ([]field, error) {
	rec, ok := s.(*avro.RecordSchema)
	if !ok {
		return nil, fmt.Errorf("the schema is of %s, want record", s.Type())
	}
	if len(rec.Fields()) == 0 {
		return nil, errors.New("the schema has no fields")
	}
	var fields []field
	left := mostParts
	for _, f := range rec.Fields() {
		if err := countTypes(f.Type(), mostDepth, &left); err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name(), err)
		}
		t, null, read, err := typeOf(f.Type(), mostDepth)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name(), err)
		}
		fields = append(fields, field{arrow.Field{Name: f.Name(), Type: t, Nullable: null}, read})
	}
	return fields, nil
}

// typeOf returns the Arrow type of a schema and how it is read.
func typeOf(s avro.Schema, depth int) (t arrow.DataType, null bool, read readFunc, err error) {
	if depth == 0 {
		return nil, false, nil, errors.New("types are nested too deeply")
	}
	switch s := s.(type) {
	case *avro.RefSchema:
		return typeOf(s.Schema(), depth-1)
	case *avro.NullSchema:
		return arrow.Null, true, readNull, nil
	case *avro.PrimitiveSchema:
		t, read, err = primitiveOf(s)
	case *avro.UnionSchema:
		return unionOf(s, depth)
	case *avro.EnumSchema:
		t, read = enumOf(s.Symbols())
	case *avro.FixedSchema:
		t, read, err = fixedOf(s)
	case *avro.ArraySchema:
		t, read, err = arrayOf(s, depth)
	case *avro.MapSchema:
		t, read, err = mapOf(s, depth)
	case *avro.RecordSchema:
		if base, ok := strings.CutSuffix(s.Name(), "Tensor"); ok && isTensor(s) {
			t, read, err = tensorOf(s, base)
		} else {
			t, read, err = structOf(s, depth)
		}
	default:
		err = fmt.Errorf("type %s is not read", s.Type())
	}
	return t, false, read, err
}

func readNull(_ *input, b array.Builder) error {
	if b != nil {
		b.AppendNull()
	}
	return nil
}

// unionOf returns how to read a union of null and one type, or of one type alone.
func unionOf(s *avro.UnionSchema, depth int) (arrow.DataType, bool, readFunc, error) {
	types := s.Types()
	at, of := -1, -1
	for i, t := range types {
		if t.Type() == avro.Null && at < 0 {
			at = i
		} else {
			of = i
		}
	}
	if len(types) > 2 || at >= 0 && of < 0 && len(types) > 1 || at < 0 && len(types) != 1 {
		return nil, false, nil, fmt.Errorf("a union %s, want one of null and one type", s)
	}
	if of < 0 {
		return arrow.Null, true, branchOf(len(types), at, readNull), nil
	}
	t, null, inner, err := typeOf(types[of], depth-1)
	return t, null || at >= 0, branchOf(len(types), at, inner), err
}

// branchOf returns a reader of the branch of a union, of which one may be null, and its value.
func branchOf(branches, null int, inner readFunc) readFunc {
	return func(w *input, b array.Builder) error {
		i := w.long()
		switch {
		case w.err != nil:
			return w.err
		case i < 0 || i >= int64(branches):
			return fmt.Errorf("branch %d of a union of %d", i, branches)
		case int(i) == null:
			return readNull(w, b)
		}
		return inner(w, b)
	}
}

func primitiveOf(s *avro.PrimitiveSchema) (arrow.DataType, readFunc, error) {
	var logical avro.LogicalType
	if s.Logical() != nil {
		logical = s.Logical().Type()
	}
	switch s.Type() {
	case avro.Boolean:
		return arrow.FixedWidthTypes.Boolean, bitsOf(1), nil
	case avro.Int:
		switch logical {
		case avro.Date:
			return arrow.FixedWidthTypes.Date32, readLong, nil
		case avro.TimeMillis:
			return arrow.FixedWidthTypes.Time32ms, readLong, nil
		}
		return arrow.PrimitiveTypes.Int32, readLong, nil
	case avro.Long:
		switch logical {
		case avro.TimeMicros:
			return arrow.FixedWidthTypes.Time64us, readLong, nil
		case avro.TimestampMillis:
			return arrow.FixedWidthTypes.Timestamp_ms, readLong, nil
		case avro.TimestampMicros:
			return arrow.FixedWidthTypes.Timestamp_us, readLong, nil
		case avro.LocalTimestampMillis:
			return &arrow.TimestampType{Unit: arrow.Millisecond}, readLong, nil
		case avro.LocalTimestampMicros:
			return &arrow.TimestampType{Unit: arrow.Microsecond}, readLong, nil
		}
		if unit := s.Prop(nanosProp); unit != nil {
			return &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: fmt.Sprint(unit)}, readLong, nil
		}
		return arrow.PrimitiveTypes.Int64, readLong, nil
	case avro.Float:
		return arrow.PrimitiveTypes.Float32, bitsOf(4), nil
	case avro.Double:
		return arrow.PrimitiveTypes.Float64, bitsOf(8), nil
	case avro.String:
		return arrow.BinaryTypes.String, readText, nil
	case avro.Bytes:
		if d, ok := s.Logical().(*avro.DecimalLogicalSchema); ok {
			t, err := decimalType(d)
			return t, decimalOf(d.Precision(), func(w *input) []byte { return w.take(w.long()) }), err
		}
		return arrow.BinaryTypes.Binary, readText, nil
	}
	return nil, nil, fmt.Errorf("type %s is not read outside of a union", s.Type())
}

func readLong(w *input, b array.Builder) error {
	v := w.long()
	if _, long := b.(*array.Int64Builder); !long && v != int64(int32(v)) {
		switch b.(type) {
		case *array.Int32Builder, *array.Date32Builder, *array.Time32Builder:
			return fmt.Errorf("%d is not a whole number of 32 bits", v)
		}
	}
	switch b := b.(type) {
	case *array.Date32Builder:
		b.Append(arrow.Date32(v))
	case *array.Time32Builder:
		b.Append(arrow.Time32(v))
	case *array.Time64Builder:
		b.Append(arrow.Time64(v))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(v))
	default:
		tensor.AppendBits(b, uint64(v))
	}
	return nil
}

func bitsOf(n int64) readFunc {
	return func(w *input, b array.Builder) error {
		tensor.AppendBits(b, w.fixed(n))
		return nil
	}
}

func readText(w *input, b array.Builder) error {
	tensor.AppendText(b, w.take(w.long()))
	return nil
}

func enumOf(symbols []string) (arrow.DataType, readFunc) {
	return arrow.BinaryTypes.String, func(w *input, b array.Builder) error {
		i := w.long()
		if i < 0 || i >= int64(len(symbols)) {
			return fmt.Errorf("symbol %d of %d", i, len(symbols))
		}
		if b != nil {
			b.(*array.StringBuilder).Append(symbols[i])
		}
		return nil
	}
}

func fixedOf(s *avro.FixedSchema) (arrow.DataType, readFunc, error) {
	size := int64(s.Size())
	if size <= 0 {
		return nil, nil, fmt.Errorf("fixed of %d bytes, want one or more", size)
	}
	if d, ok := s.Logical().(*avro.DecimalLogicalSchema); ok {
		t, err := decimalType(d)
		return t, decimalOf(d.Precision(), func(w *input) []byte { return w.take(size) }), err
	}
	return &arrow.FixedSizeBinaryType{ByteWidth: int(size)}, func(w *input, b array.Builder) error {
		if v := w.take(size); b != nil && w.err == nil {
			b.(*array.FixedSizeBinaryBuilder).Append(v)
		}
		return nil
	}, nil
}

func decimalType(d *avro.DecimalLogicalSchema) (arrow.DataType, error) {
	if d.Precision() < 1 || d.Precision() > 38 {
		return nil, fmt.Errorf("a decimal of precision %d, want 1 to 38", d.Precision())
	}
	return &arrow.Decimal128Type{Precision: int32(d.Precision()), Scale: int32(d.Scale())}, nil
}

// decimalOf returns a reader of numbers in two's complement, big-endian.
func decimalOf(precision int, take func(*input) []byte) readFunc {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision)), nil)
	return func(w *input, b array.Builder) error {
		text := take(w)
		if b == nil || w.err != nil {
			return nil
		}
		v := new(big.Int).SetBytes(text)
		if len(text) > 0 && text[0] >= 0x80 {
			v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(text))))
		}
		if v.CmpAbs(limit) >= 0 {
			return fmt.Errorf("a decimal of more digits than the %d of its type", precision)
		}
		b.(*array.Decimal128Builder).Append(decimal128.FromBigInt(v))
		return nil
	}
}

func arrayOf(s *avro.ArraySchema, depth int) (arrow.DataType, readFunc, error) {
	t, _, item, err := typeOf(s.Items(), depth-1)
	if err != nil {
		return nil, nil, err
	}
	return arrow.ListOf(t), func(w *input, b array.Builder) error {
		var into array.Builder
		if b != nil {
			b.(*array.ListBuilder).Append(true)
			into = b.(*array.ListBuilder).ValueBuilder()
		}
		_, err := w.items(func() error { return item(w, into) })
		return err
	}, nil
}

func mapOf(s *avro.MapSchema, depth int) (arrow.DataType, readFunc, error) {
	t, _, item, err := typeOf(s.Values(), depth-1)
	if err != nil {
		return nil, nil, err
	}
	return arrow.MapOf(arrow.BinaryTypes.String, t), func(w *input, b array.Builder) error {
		var keys, values array.Builder
		if b != nil {
			m := b.(*array.MapBuilder)
			m.Append(true)
			keys, values = m.KeyBuilder(), m.ItemBuilder()
		}
		_, err := w.items(func() error {
			tensor.AppendText(keys, w.take(w.long()))
			return item(w, values)
		})
		return err
	}, nil
}

func structOf(s *avro.RecordSchema, depth int) (arrow.DataType, readFunc, error) {
	if len(s.Fields()) == 0 {
		return nil, nil, errors.New("a record without fields")
	}
	var fields []arrow.Field
	var reads []readFunc
	for _, f := range s.Fields() {
		t, null, read, err := typeOf(f.Type(), depth-1)
		if err != nil {
			return nil, nil, fmt.Errorf("field %q: %w", f.Name(), err)
		}
		fields = append(fields, arrow.Field{Name: f.Name(), Type: t, Nullable: null})
		reads = append(reads, read)
	}
	return arrow.StructOf(fields...), func(w *input, b array.Builder) error {
		if b != nil {
			b.(*array.StructBuilder).Append(true)
		}
		for i, read := range reads {
			var into array.Builder
			if b != nil {
				into = b.(*array.StructBuilder).FieldBuilder(i)
			}
			if err := read(w, into); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
