package parquet

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// word is the bits of a number of 4 or 8 bytes.
type word interface{ uint32 | uint64 }

// wordValues holds numbers by their bits, which is what PLAIN pages hold.
type wordValues[W word] struct {
	physical *physical
	v        []W

	// After finish, if a dictionary pays:
	dict []W
	idx  []int32
}

func (w *wordValues[W]) len() int    { return len(w.v) }
func (w *wordValues[W]) size() int64 { return int64(len(w.v)) * wordSize[W]() }
func (w *wordValues[W]) reset()      { w.v, w.dict, w.idx = w.v[:0], nil, nil }

func wordSize[W word]() int64 {
	if uint64(^W(0)) > math.MaxUint32 {
		return 8
	}
	return 4
}

func (w *wordValues[W]) merge(o values) { w.v = extend(w.v, o.(*wordValues[W]).v) }

func (w *wordValues[W]) append(arr arrow.Array, spans []span, valid bitmap) {
	if arr.Len() == 0 {
		return
	}
	data := arr.Data()
	switch arr.DataType().ID() {
	case arrow.INT8:
		w.v = gather(w.v, arrow.GetValues[int8](data, 1), spans, valid)
	case arrow.INT16:
		w.v = gather(w.v, arrow.GetValues[int16](data, 1), spans, valid)
	case arrow.UINT8:
		w.v = gather(w.v, arrow.GetValues[uint8](data, 1), spans, valid)
	case arrow.UINT16:
		w.v = gather(w.v, arrow.GetValues[uint16](data, 1), spans, valid)
	case arrow.DATE64:
		const day = 24 * 60 * 60 * 1000
		w.appendFunc(spans, valid, func(i int) W {
			ms := int64(arr.(*array.Date64).Value(i))
			days := ms / day
			if ms%day < 0 {
				days--
			}
			return W(days)
		})
	case arrow.DECIMAL128:
		w.appendFunc(spans, valid, func(i int) W { return W(arr.(*array.Decimal128).Value(i).LowBits()) })
	default:
		w.appendSame(arrow.GetValues[W](data, 1), spans, valid)
	}
}

func (w *wordValues[W]) appendSame(src []W, spans []span, valid bitmap) {
	base := len(w.v)
	if valid.bits != nil {
		w.v = gather(w.v, src, spans, valid)
	} else {
		for _, s := range spans {
			w.v = extend(w.v, src[s.lo:s.hi])
		}
	}
	if k := W(w.physical.scale); k != 1 {
		for i := base; i < len(w.v); i++ {
			w.v[i] *= k
		}
	}
}

func (w *wordValues[W]) appendFunc(spans []span, valid bitmap, at func(i int) W) {
	for _, s := range spans {
		for i := s.lo; i < s.hi; i++ {
			if valid.bits == nil || valid.at(i) == 1 {
				w.v = append(w.v, at(i))
			}
		}
	}
}

// gather appends the valid values, without branches on validity.
func gather[W word, S int8 | int16 | uint8 | uint16 | uint32 | uint64](dst []W, src []S, spans []span, valid bitmap) []W {
	for _, s := range spans {
		n := len(dst)
		if valid.bits == nil {
			dst = grow(dst, s.hi-s.lo)
			for i, v := range src[s.lo:s.hi] {
				dst[n+i] = W(v)
			}
			continue
		}
		// One more than needed, since what is not valid is written too.
		dst = grow(dst, valid.count(s)+1)
		bit := valid.offset + s.lo
		for _, v := range src[s.lo:s.hi] {
			dst[n] = W(v)
			n += int(valid.bits[bit>>3] >> (bit & 7) & 1)
			bit++
		}
		dst = dst[:n]
	}
	return dst
}

func (w *wordValues[W]) finish(sc *scratch) {
	w.dict, w.idx = numberDictionary(w.v, sc)
	if w.dict == nil {
		return
	}
	coded := int64(len(w.dict))*wordSize[W]() + int64(len(w.v)*indexBits(len(w.dict))/8)
	if coded*4 > w.size()*3 {
		w.dict, w.idx = nil, nil
	}
}

func (w *wordValues[W]) dictionary() ([]byte, int) { return arrow.GetBytes(w.dict), len(w.dict) }

func (w *wordValues[W]) page(lo int) int {
	size := int(wordSize[W]())
	if w.dict != nil {
		return min(len(w.v), lo+dictionaryPageValues)
	}
	return min(len(w.v), lo+pageSize/size)
}

func (w *wordValues[W]) data(dst []byte, lo, hi int, sc *scratch) ([]byte, error) {
	if w.dict != nil {
		return appendIndices(dst, w.idx[lo:hi], sc)
	}
	return append(dst, arrow.GetBytes(w.v[lo:hi])...), nil
}

func (w *wordValues[W]) bounds() bounds {
	v := w.v
	if w.dict != nil {
		v = w.dict // every entry occurs
	}
	if len(v) == 0 {
		return bounds{}
	}
	var lo, hi W
	switch w.physical.order {
	case floatOrder:
		return floatBounds(v)
	case unsignedOrder:
		lo, hi = extremes(v)
	default:
		// Flipping the sign bit turns the signed order into the unsigned one.
		flip := ^(^W(0) >> 1)
		lo, hi = v[0]^flip, v[0]^flip
		for _, x := range v {
			lo, hi = min(lo, x^flip), max(hi, x^flip)
		}
		lo, hi = lo^flip, hi^flip
	}
	return bounds{known: true, min: wordBytes(lo), max: wordBytes(hi), minExact: true, maxExact: true}
}

func extremes[W word](v []W) (lo, hi W) {
	lo, hi = v[0], v[0]
	for _, x := range v {
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}

// floatBounds follows the rules of the format: NaN is left out, and a zero
// stands for both zeros.
func floatBounds[W word](v []W) bounds {
	var lo, hi float64
	var nan, known bool
	if wordSize[W]() == 8 {
		lo, hi, nan, known = floatExtremes(arrow.GetData[float64](arrow.GetBytes(v)))
	} else {
		var l, h float32
		l, h, nan, known = floatExtremes(arrow.GetData[float32](arrow.GetBytes(v)))
		lo, hi = float64(l), float64(h)
	}
	if !known {
		return bounds{nan: nan}
	}
	if lo == 0 {
		lo = math.Copysign(0, -1)
	}
	if hi == 0 {
		hi = 0 // and not -0
	}
	b := bounds{known: true, minExact: true, maxExact: true, nan: nan}
	if wordSize[W]() == 8 {
		b.min, b.max = wordBytes(math.Float64bits(lo)), wordBytes(math.Float64bits(hi))
	} else {
		b.min, b.max = wordBytes(math.Float32bits(float32(lo))), wordBytes(math.Float32bits(float32(hi)))
	}
	return b
}

func floatExtremes[F float32 | float64](v []F) (lo, hi F, nan, known bool) {
	i := 0
	for i < len(v) && v[i] != v[i] {
		i++
	}
	nan = i > 0
	if i == len(v) {
		return 0, 0, nan, false
	}
	lo, hi = v[i], v[i]
	for _, x := range v[i:] {
		// A NaN compares false with everything.
		if x < lo {
			lo = x
		}
		if x > hi {
			hi = x
		}
		if x != x {
			nan = true
		}
	}
	return lo, hi, nan, true
}

func wordBytes[W word](w W) []byte {
	if wordSize[W]() == 8 {
		return binary.LittleEndian.AppendUint64(nil, uint64(w))
	}
	return binary.LittleEndian.AppendUint32(nil, uint32(w))
}
