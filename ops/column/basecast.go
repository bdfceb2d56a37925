package column

import (
	"fmt"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/bundle"
	"leapscore/ops/internal/javamath"
	"leapscore/ops/internal/javatext"
)

// baseCast converts a column of scalars. With zero set, text that stands for
// null becomes zero instead of null.
type baseCast func(mem memory.Allocator, arr arrow.Array, zero bool, bad Report) arrow.Array

// newBaseCast returns the conversion between two base types, nil if they are
// the same.
func newBaseCast(from, to bundle.Base) (baseCast, error) {
	switch {
	case from == to:
		return nil, nil
	case from == bundle.ByteString || to == bundle.ByteString || from == bundle.UnknownBase || to == bundle.UnknownBase:
		return nil, fmt.Errorf("MLeap has no conversion from %s to %s", from, to)
	case from == bundle.String:
		return parseCast(to), nil
	case to == bundle.String:
		return formatCast, nil
	case to == bundle.Boolean:
		return boolCast(from), nil
	}
	return numericCast(from, to), nil
}

func numericCast(from, to bundle.Base) baseCast {
	return func(mem memory.Allocator, arr arrow.Array, _ bool, _ Report) arrow.Array {
		switch from {
		case bundle.Boolean:
			bits := NewBytes(mem, arr.Len())
			for i := range bits.Values {
				if arr.(*array.Boolean).Value(i) {
					bits.Values[i] = 1
				}
			}
			asBytes := finishNulls(arr, bits)
			if to == bundle.Byte {
				return asBytes
			}
			defer asBytes.Release()
			return fromInts(mem, asBytes, asBytes.(*array.Int8).Int8Values(), to)
		case bundle.Byte:
			return fromInts(mem, arr, arr.(*array.Int8).Int8Values(), to)
		case bundle.Short:
			return fromInts(mem, arr, arr.(*array.Int16).Int16Values(), to)
		case bundle.Int:
			return fromInts(mem, arr, arr.(*array.Int32).Int32Values(), to)
		case bundle.Long:
			return fromInts(mem, arr, arr.(*array.Int64).Int64Values(), to)
		case bundle.Float:
			return fromFloats(mem, arr, arr.(*array.Float32).Float32Values(), to)
		}
		return fromFloats(mem, arr, arr.(*array.Float64).Float64Values(), to)
	}
}

// fromInts keeps the low bits in narrower integers and rounds to nearest even
// in floating point, as Java's conversions of integers.
func fromInts[F int8 | int16 | int32 | int64](mem memory.Allocator, arr arrow.Array, in []F, to bundle.Base) arrow.Array {
	n := len(in)
	switch to {
	case bundle.Byte:
		return mapFixed(arr, in, NewBytes(mem, n), func(x F) int8 { return int8(x) })
	case bundle.Short:
		return mapFixed(arr, in, NewShorts(mem, n), func(x F) int16 { return int16(x) })
	case bundle.Int:
		return mapFixed(arr, in, NewInts(mem, n), func(x F) int32 { return int32(x) })
	case bundle.Long:
		return mapFixed(arr, in, NewLongs(mem, n), func(x F) int64 { return int64(x) })
	case bundle.Float:
		return mapFixed(arr, in, NewFloats(mem, n), func(x F) float32 { return float32(x) })
	}
	return mapFixed(arr, in, NewDoubles(mem, n), func(x F) float64 { return float64(x) })
}

// fromFloats saturates in int and long and goes through int to narrower ones,
// as Java's narrowing of floating point.
func fromFloats[F float32 | float64](mem memory.Allocator, arr arrow.Array, in []F, to bundle.Base) arrow.Array {
	n := len(in)
	switch to {
	case bundle.Byte:
		return mapFixed(arr, in, NewBytes(mem, n), func(x F) int8 { return int8(javamath.D2I(float64(x))) })
	case bundle.Short:
		return mapFixed(arr, in, NewShorts(mem, n), func(x F) int16 { return int16(javamath.D2I(float64(x))) })
	case bundle.Int:
		return mapFixed(arr, in, NewInts(mem, n), func(x F) int32 { return javamath.D2I(float64(x)) })
	case bundle.Long:
		return mapFixed(arr, in, NewLongs(mem, n), func(x F) int64 { return javamath.D2L(float64(x)) })
	case bundle.Float:
		return mapFixed(arr, in, NewFloats(mem, n), func(x F) float32 { return float32(x) })
	}
	return mapFixed(arr, in, NewDoubles(mem, n), func(x F) float64 { return float64(x) })
}

func boolCast(from bundle.Base) baseCast {
	return func(mem memory.Allocator, arr arrow.Array, _ bool, _ Report) arrow.Array {
		b := array.NewBooleanBuilder(mem)
		defer b.Release()
		b.Reserve(arr.Len())
		for i := range arr.Len() {
			if arr.IsNull(i) {
				b.AppendNull()
				continue
			}
			b.Append(!isZero(arr, from, i))
		}
		return b.NewArray()
	}
}

func isZero(arr arrow.Array, from bundle.Base, i int) bool {
	switch from {
	case bundle.Byte:
		return arr.(*array.Int8).Value(i) == 0
	case bundle.Short:
		return arr.(*array.Int16).Value(i) == 0
	case bundle.Int:
		return arr.(*array.Int32).Value(i) == 0
	case bundle.Long:
		return arr.(*array.Int64).Value(i) == 0
	case bundle.Float:
		return arr.(*array.Float32).Value(i) == 0
	}
	return arr.(*array.Float64).Value(i) == 0
}

// maxNumber is the length of the longest text of a number.
const maxNumber = 32

func formatCast(mem memory.Allocator, arr arrow.Array, _ bool, _ Report) arrow.Array {
	write := textOf(arr)
	b := NewStringBuilder(mem, arr.Len(), 8*arr.Len()+maxNumber)
	for i := range arr.Len() {
		if arr.IsNull(i) {
			b.AppendNull()
			continue
		}
		b.Cut(len(write(b.Room(maxNumber)[:0], i)))
	}
	out, err := b.Array()
	if err != nil {
		panic(ErrTooLarge)
	}
	return out
}

// textOf returns the function that appends the value of a row as MLeap's cast to
// string writes it: numbers as Java's toString, booleans as 1 and 0.
func textOf(arr arrow.Array) func(dst []byte, row int) []byte {
	if bits, ok := arr.(*array.Boolean); ok {
		return func(dst []byte, row int) []byte {
			if bits.Value(row) {
				return append(dst, '1')
			}
			return append(dst, '0')
		}
	}
	return NumberText(arr)
}

// NumberText returns the function that appends Java's toString of a value in a column
// of numbers.
func NumberText(arr arrow.Array) func(dst []byte, row int) []byte {
	switch a := arr.(type) {
	case *array.Int8:
		return func(dst []byte, row int) []byte { return strconv.AppendInt(dst, int64(a.Value(row)), 10) }
	case *array.Int16:
		return func(dst []byte, row int) []byte { return strconv.AppendInt(dst, int64(a.Value(row)), 10) }
	case *array.Int32:
		return func(dst []byte, row int) []byte { return strconv.AppendInt(dst, int64(a.Value(row)), 10) }
	case *array.Int64:
		return func(dst []byte, row int) []byte { return strconv.AppendInt(dst, a.Value(row), 10) }
	case *array.Float32:
		return func(dst []byte, row int) []byte { return javatext.AppendFloat(dst, a.Value(row)) }
	case *array.Float64:
		return func(dst []byte, row int) []byte { return javatext.AppendDouble(dst, a.Value(row)) }
	}
	panic("column: no number in " + arr.DataType().String())
}

func parseCast(to bundle.Base) baseCast {
	return func(mem memory.Allocator, arr arrow.Array, zero bool, bad Report) arrow.Array {
		switch to {
		case bundle.Boolean:
			return parseBools(mem, ViewStrings(arr), bad)
		case bundle.Byte:
			return parseInto(arr, NewBytes(mem, arr.Len()), to, zero, bad, javatext.ParseByte)
		case bundle.Short:
			return parseInto(arr, NewShorts(mem, arr.Len()), to, zero, bad, javatext.ParseShort)
		case bundle.Int:
			return parseInto(arr, NewInts(mem, arr.Len()), to, zero, bad, javatext.ParseInt)
		case bundle.Long:
			return parseInto(arr, NewLongs(mem, arr.Len()), to, zero, bad, javatext.ParseLong)
		case bundle.Float:
			return parseInto(arr, NewFloats(mem, arr.Len()), to, zero, bad, javatext.ParseFloat)
		}
		return parseInto(arr, NewDoubles(mem, arr.Len()), to, zero, bad, javatext.ParseDouble)
	}
}

func parseInto[T Fixed](arr arrow.Array, out *Out[T], to bundle.Base, zero bool, bad Report, parse func(string) (T, bool)) arrow.Array {
	s := ViewStrings(arr)
	words, code, dict := s.Dict()
	var known []parsed[T] // of the words of a dictionary
	if dict && words.Len() <= s.Len() {
		known = make([]parsed[T], words.Len())
	}
	for i := range out.Values {
		if s.IsNull(i) {
			out.SetNull(i)
			continue
		}
		var p parsed[T]
		if known == nil {
			p = parseText(s.Value(i), parse)
		} else {
			c := code(i)
			if known[c].is == unread {
				known[c] = parseText(words.Value(c), parse)
			}
			p = known[c]
		}
		out.Values[i] = p.value
		switch {
		case p.is == refusedText:
			bad(i, "%q is not a %s", s.Value(i), to)
		case p.is == nullText && !zero:
			out.SetNull(i)
		}
	}
	return out.Array()
}

// parsed is what a text stands for.
type parsed[T Fixed] struct {
	value T
	is    textKind
}

type textKind byte

const (
	unread textKind = iota
	numberText
	nullText
	refusedText
)

func parseText[T Fixed](text string, parse func(string) (T, bool)) parsed[T] {
	if text == "" || text == "null" {
		return parsed[T]{is: nullText}
	}
	if x, ok := parse(text); ok {
		return parsed[T]{x, numberText}
	}
	return parsed[T]{is: refusedText}
}

func parseBools(mem memory.Allocator, s *Strings, bad Report) arrow.Array {
	b := array.NewBooleanBuilder(mem)
	defer b.Release()
	for i := range s.Len() {
		if s.IsNull(i) {
			b.AppendNull()
			continue
		}
		x, ok := javatext.ParseBool(s.Value(i))
		if !ok {
			bad(i, "%q is not a boolean", s.Value(i))
		}
		b.Append(x)
	}
	return b.NewArray()
}
