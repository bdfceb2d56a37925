package messages

import (
	"errors"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	flatbuffers "github.com/google/flatbuffers/go"
)

// decoder makes arrays of a record batch over the bytes of its message, where package ipc
// copies them. It knows the types that inPlace admits, and dictionaries of them.
type decoder struct {
	batch   flatbuffers.Table
	memory  func(from, size int64) *memory.Buffer // a buffer of the message, which array releases
	entries arrow.ArrayData                       // of the dictionary that the next array refers to
	nodes   region
	buffers region
	views   region
}

// region is the entries of a vector that are left.
type region struct {
	at   flatbuffers.UOffsetT
	left int
	size flatbuffers.UOffsetT // of an entry
}

// next returns where the next entry is.
func (r *region) next() flatbuffers.UOffsetT {
	if r.left == 0 {
		panic(errors.New("a record batch has fewer parts than its schema has columns"))
	}
	at := r.at
	r.at += r.size
	r.left--
	return at
}

// inPlace reports whether the decoder knows arrays of a type.
func inPlace(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.DictionaryType, arrow.ExtensionType, arrow.UnionType, *arrow.RunEndEncodedType, *arrow.ListViewType, *arrow.LargeListViewType:
		return false
	case arrow.NestedType:
		for _, f := range t.Fields() {
			if !inPlace(f.Type) {
				return false
			}
		}
		return true
	case *arrow.NullType, *arrow.BinaryType, *arrow.StringType, *arrow.LargeBinaryType, *arrow.LargeStringType, arrow.BinaryViewDataType, arrow.FixedWidthDataType:
		return true
	}
	return false
}

// newDecoder returns a decoder of a message that CheckHeader has seen, or nil if its
// buffers cannot be used as they are: they are packed, or lie at odd places.
func newDecoder(header flatbuffers.Table, body []byte) *decoder {
	if header.Offset(fbBatchCompression) != 0 {
		return nil
	}
	d, err := decoderOf(header)
	if err != nil {
		return nil
	}
	d.memory = func(from, size int64) *memory.Buffer {
		return memory.NewBufferBytes(body[from : from+size : from+size])
	}
	return d
}

// decoderOf returns a decoder of a message that CheckHeader has seen, without memory.
func decoderOf(header flatbuffers.Table) (*decoder, error) {
	d := &decoder{batch: header}
	var wrong error
	vector := func(field flatbuffers.VOffsetT, size int) region {
		at, n, failed := Vector(header, field, size)
		wrong = errors.Join(wrong, failed)
		return region{at, n, flatbuffers.UOffsetT(size)}
	}
	d.nodes, d.buffers, d.views = vector(fbBatchNodes, fbNodeBytes), vector(fbBatchBuffers, fbBufferBytes), vector(fbBatchVariadic, 8)
	if wrong != nil {
		return nil, wrong
	}
	for i := range d.buffers.left {
		if at := header.GetInt64(d.buffers.at + flatbuffers.UOffsetT(i*fbBufferBytes)); at%8 != 0 {
			return nil, errors.New("buffers at odd places")
		}
	}
	return d, nil
}

// columns returns the columns of a schema.
func (d *decoder) columns(schema *arrow.Schema) []arrow.Array {
	cols := make([]arrow.Array, schema.NumFields())
	for i := range cols {
		cols[i] = d.column(schema.Field(i).Type)
	}
	return cols
}

func (d *decoder) column(t arrow.DataType) arrow.Array {
	data := d.array(t)
	defer data.Release()
	return array.MakeFromData(data)
}

func (d *decoder) buffer() *memory.Buffer {
	at := d.buffers.next()
	from, size := d.batch.GetInt64(at), d.batch.GetInt64(at+8)
	if size == 0 {
		return memory.NewBufferBytes(nil)
	}
	return d.memory(from, size)
}

func (d *decoder) array(t arrow.DataType) arrow.ArrayData {
	node := d.nodes.next()
	n, nulls := int(d.batch.GetInt64(node)), int(d.batch.GetInt64(node+8))
	if t.ID() == arrow.NULL {
		return array.NewData(t, n, nil, nil, nulls, 0)
	}
	bufs := []*memory.Buffer{nil}
	var kids []arrow.ArrayData
	defer func() {
		for _, b := range bufs {
			if b != nil {
				b.Release()
			}
		}
		for _, k := range kids {
			k.Release()
		}
	}()
	if nulls != 0 {
		bufs[0] = d.buffer()
	} else {
		d.buffers.next()
	}
	switch t := t.(type) {
	case arrow.BinaryViewDataType:
		for range 1 + d.batch.GetInt64(d.views.next()) {
			bufs = append(bufs, d.buffer())
		}
	case *arrow.BinaryType, *arrow.StringType, *arrow.LargeBinaryType, *arrow.LargeStringType:
		bufs = append(bufs, d.buffer(), d.buffer())
	case *arrow.DictionaryType:
		bufs = append(bufs, d.buffer())
		if d.entries != nil {
			return array.NewDataWithDictionary(t, n, bufs, nulls, 0, d.entries.(*array.Data))
		}
	case *arrow.StructType:
		for _, f := range t.Fields() {
			kids = append(kids, d.array(f.Type))
		}
	case *arrow.FixedSizeListType:
		kids = append(kids, d.array(t.Elem()))
	case arrow.ListLikeType:
		bufs = append(bufs, d.buffer())
		kids = append(kids, d.array(t.Elem()))
	default:
		bufs = append(bufs, d.buffer())
	}
	return array.NewData(t, n, bufs, kids, nulls, 0)
}
