package parquet

import (
	"bytes"
	"encoding/binary"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// arrayValues holds values of one width: large decimals, half floats and fixed-size binary.
type arrayValues struct {
	physical *physical
	v        []byte
}

func (a *arrayValues) len() int                  { return len(a.v) / a.physical.width }
func (a *arrayValues) size() int64               { return int64(len(a.v)) }
func (a *arrayValues) reset()                    { a.v = a.v[:0] }
func (a *arrayValues) merge(o values)            { a.v = append(a.v, o.(*arrayValues).v...) }
func (a *arrayValues) finish(*scratch)           {}
func (a *arrayValues) dictionary() ([]byte, int) { return nil, 0 }

func (a *arrayValues) append(arr arrow.Array, spans []span, valid bitmap) {
	for _, s := range spans {
		for i := s.lo; i < s.hi; i++ {
			if valid.bits != nil && valid.at(i) == 0 {
				continue
			}
			switch arr := arr.(type) {
			case *array.Decimal128:
				x := arr.Value(i)
				a.v = binary.BigEndian.AppendUint64(a.v, uint64(x.HighBits()))
				a.v = binary.BigEndian.AppendUint64(a.v, x.LowBits())
			case *array.Float16:
				a.v = binary.LittleEndian.AppendUint16(a.v, arr.Value(i).Uint16())
			case *array.FixedSizeBinary:
				a.v = append(a.v, arr.Value(i)...)
			}
		}
	}
}

func (a *arrayValues) page(lo int) int {
	return min(a.len(), lo+max(1, pageSize/a.physical.width))
}

func (a *arrayValues) data(dst []byte, lo, hi int, _ *scratch) ([]byte, error) {
	w := a.physical.width
	return append(dst, a.v[lo*w:hi*w]...), nil
}

func (a *arrayValues) bounds() bounds {
	if len(a.v) == 0 || a.physical.order == halfOrder {
		return bounds{}
	}
	w := a.physical.width
	lo, hi := a.v[:w], a.v[:w]
	for i := w; i < len(a.v); i += w {
		x := a.v[i : i+w]
		if a.compare(x, lo) < 0 {
			lo = x
		}
		if a.compare(x, hi) > 0 {
			hi = x
		}
	}
	return bounds{known: true, min: bytes.Clone(lo), max: bytes.Clone(hi), minExact: true, maxExact: true}
}

func (a *arrayValues) compare(x, y []byte) int {
	if a.physical.order == decimalOrder && x[0]>>7 != y[0]>>7 {
		return int(y[0]>>7) - int(x[0]>>7)
	}
	return bytes.Compare(x, y)
}

// boolValues holds booleans as PLAIN pages do: one bit each.
type boolValues struct {
	bits []byte
	n    int
}

func (b *boolValues) len() int                  { return b.n }
func (b *boolValues) size() int64               { return int64(len(b.bits)) }
func (b *boolValues) reset()                    { b.bits, b.n = b.bits[:0], 0 }
func (b *boolValues) finish(*scratch)           {}
func (b *boolValues) dictionary() ([]byte, int) { return nil, 0 }

func (b *boolValues) add(bit byte) {
	if b.n&7 == 0 {
		b.bits = append(b.bits, 0)
	}
	b.bits[b.n>>3] |= bit << (b.n & 7)
	b.n++
}

func (b *boolValues) append(arr arrow.Array, spans []span, valid bitmap) {
	if arr.Len() == 0 {
		return
	}
	src := bitmap{bits: arr.Data().Buffers()[1].Bytes(), offset: arr.Data().Offset()}
	for _, s := range spans {
		for i := s.lo; i < s.hi; i++ {
			if valid.bits == nil || valid.at(i) == 1 {
				b.add(src.at(i))
			}
		}
	}
}

func (b *boolValues) merge(o values) {
	src := o.(*boolValues)
	for i := range src.n {
		b.add(bitmap{bits: src.bits}.at(i))
	}
}

// page ends pages at whole bytes.
func (b *boolValues) page(lo int) int { return min(b.n, lo+8*pageSize) }

func (b *boolValues) data(dst []byte, lo, hi int, _ *scratch) ([]byte, error) {
	if lo&7 == 0 && (hi&7 == 0 || hi == b.n) {
		return append(dst, b.bits[lo>>3:(hi+7)>>3]...), nil
	}
	part := boolValues{}
	for i := lo; i < hi; i++ {
		part.add(bitmap{bits: b.bits}.at(i))
	}
	return append(dst, part.bits...), nil
}

func (b *boolValues) bounds() bounds {
	if b.n == 0 {
		return bounds{}
	}
	lo, hi := byte(1), byte(0)
	for i := range b.n {
		x := bitmap{bits: b.bits}.at(i)
		lo, hi = min(lo, x), max(hi, x)
	}
	return bounds{known: true, min: []byte{lo}, max: []byte{hi}, minExact: true, maxExact: true}
}

// noValues is what a column of nulls holds.
type noValues struct{}

func (noValues) append(arrow.Array, []span, bitmap) {}
func (noValues) merge(values)                       {}
func (noValues) len() int                           { return 0 }
func (noValues) size() int64                        { return 0 }
func (noValues) reset()                             {}
func (noValues) finish(*scratch)                    {}
func (noValues) dictionary() ([]byte, int)          { return nil, 0 }
func (noValues) page(lo int) int                    { return lo }
func (noValues) bounds() bounds                     { return bounds{} }

func (noValues) data(dst []byte, _, _ int, _ *scratch) ([]byte, error) { return dst, nil }
