// Package pick takes some of the rows of Arrow arrays.
package pick

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Rows returns the values of an array at the places idx, which ascend.
func Rows(mem memory.Allocator, arr arrow.Array, idx []uint32) (arrow.Array, error) {
	d := arr.Data()
	valid, nulls := pickValid(mem, arr, idx)
	if valid != nil {
		defer valid.Release()
	}
	with := func(dict *array.Data, bufs ...*memory.Buffer) arrow.Array {
		data := array.NewData(d.DataType(), len(idx), append([]*memory.Buffer{valid}, bufs...), nil, nulls, 0)
		if dict != nil {
			data.Release()
			data = array.NewDataWithDictionary(d.DataType(), len(idx), append([]*memory.Buffer{valid}, bufs...), nulls, 0, dict)
		}
		defer data.Release()
		for _, b := range bufs {
			b.Release()
		}
		return array.MakeFromData(data)
	}
	switch a := arr.(type) {
	case *array.Null:
		return array.NewNull(len(idx)), nil
	case *array.Boolean:
		buf := newBuffer(mem, int(bitutil.BytesForBits(int64(len(idx)))))
		for i, at := range idx {
			bitutil.SetBitTo(buf.Bytes(), i, a.Value(int(at)))
		}
		return with(nil, buf), nil
	case *array.Dictionary:
		return with(d.Dictionary().(*array.Data), pickFixed(mem, a.Indices().Data(), idx)), nil
	case *array.String, *array.Binary:
		off, text := pickText(mem, d, idx)
		return with(nil, off, text), nil
	}
	if w, ok := arr.DataType().(arrow.FixedWidthDataType); ok && w.BitWidth()%8 == 0 && len(d.Buffers()) == 2 && len(d.Children()) == 0 {
		return with(nil, pickFixed(mem, d, idx)), nil
	}
	return pickRuns(mem, arr, idx)
}

func newBuffer(mem memory.Allocator, n int) *memory.Buffer {
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(n)
	clear(buf.Bytes())
	return buf
}

func pickValid(mem memory.Allocator, arr arrow.Array, idx []uint32) (*memory.Buffer, int) {
	if arr.NullN() == 0 || arr.DataType().ID() == arrow.NULL {
		return nil, 0
	}
	src, off := arr.NullBitmapBytes(), arr.Data().Offset()
	buf := newBuffer(mem, int(bitutil.BytesForBits(int64(len(idx)))))
	out, nulls := buf.Bytes(), len(idx)
	for i, at := range idx {
		k := off + int(at)
		bit := src[k>>3] >> (k & 7) & 1
		out[i>>3] |= bit << (i & 7)
		nulls -= int(bit)
	}
	return buf, nulls
}

func pickFixed(mem memory.Allocator, d arrow.ArrayData, idx []uint32) *memory.Buffer {
	w := d.DataType().(arrow.FixedWidthDataType).BitWidth() / 8
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(w * len(idx))
	src, out := d.Buffers()[1].Bytes()[d.Offset()*w:], buf.Bytes()
	switch w {
	case 8:
		gather(arrow.Uint64Traits.CastFromBytes(out), arrow.Uint64Traits.CastFromBytes(src), idx)
	case 4:
		gather(arrow.Uint32Traits.CastFromBytes(out), arrow.Uint32Traits.CastFromBytes(src), idx)
	case 2:
		gather(arrow.Uint16Traits.CastFromBytes(out), arrow.Uint16Traits.CastFromBytes(src), idx)
	case 1:
		gather(out, src, idx)
	default:
		for i, at := range idx {
			copy(out[i*w:(i+1)*w], src[int(at)*w:])
		}
	}
	return buf
}

func gather[T any](out, src []T, idx []uint32) {
	out = out[:len(idx)]
	for i, at := range idx {
		out[i] = src[at]
	}
}

func pickText(mem memory.Allocator, d arrow.ArrayData, idx []uint32) (offsets, text *memory.Buffer) {
	src := arrow.Int32Traits.CastFromBytes(d.Buffers()[1].Bytes())[d.Offset():]
	offsets = memory.NewResizableBuffer(mem)
	offsets.Resize(4 * (len(idx) + 1))
	out := arrow.Int32Traits.CastFromBytes(offsets.Bytes())
	out[0] = 0
	for i, at := range idx {
		out[i+1] = out[i] + src[at+1] - src[at]
	}
	text = memory.NewResizableBuffer(mem)
	text.Resize(int(out[len(idx)]))
	if text.Len() > 0 {
		bytes, all := text.Bytes(), d.Buffers()[2].Bytes()
		for i, at := range idx {
			copy(bytes[out[i]:out[i+1]], all[src[at]:src[at+1]])
		}
	}
	return offsets, text
}

// pickRuns joins slices of an array of nested values.
func pickRuns(mem memory.Allocator, arr arrow.Array, idx []uint32) (arrow.Array, error) {
	var runs []arrow.Array
	defer func() {
		for _, r := range runs {
			r.Release()
		}
	}()
	for i := 0; i < len(idx); {
		k := i + 1
		for k < len(idx) && idx[k] == idx[k-1]+1 {
			k++
		}
		runs = append(runs, array.NewSlice(arr, int64(idx[i]), int64(idx[k-1])+1))
		i = k
	}
	return array.Concatenate(runs, mem)
}
