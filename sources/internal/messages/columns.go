package messages

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	flatbuffers "github.com/google/flatbuffers/go"

	"leapscore/sources/internal/scan"
)

// Block is where a message is in a file.
type Block struct{ At, Meta, Body int64 }

// ReadHeader reads the header of a message. It is not checked yet.
func ReadHeader(r io.ReaderAt, b Block) (flatbuffers.Table, error) {
	msg := make([]byte, b.Meta)
	if _, err := r.ReadAt(msg, b.At); err != nil && err != io.EOF {
		return flatbuffers.Table{}, err
	}
	if binary.LittleEndian.Uint32(msg) == Marker {
		msg = msg[4:]
	}
	msg = msg[4:]
	return flatbuffers.Table{Bytes: msg, Pos: flatbuffers.GetUOffsetT(msg)}, nil
}

// Batches reads columns of the record batches of a file, and not the others. Package ipc
// reads and copies all of them.
type Batches struct {
	Schema *arrow.Schema
	// Entries are what the dictionaries of columns hold, by column.
	Entries map[int]arrow.ArrayData
	// Fetch returns how to read these parts of the file, which it may read at once, and
	// what to call behind them.
	Fetch func(parts []Part) (io.ReaderAt, func(), error)
}

// Part is some bytes of a file.
type Part struct{ At, Size int64 }

// CanRead reports whether Batches knows all columns of a schema.
func CanRead(schema *arrow.Schema) bool {
	for _, f := range schema.Fields() {
		t := f.Type
		if d, ok := t.(*arrow.DictionaryType); ok {
			t = d.ValueType
		}
		if !inPlace(t) {
			return false
		}
	}
	return schema.IsNativeEndian()
}

// ErrOtherForm is for messages that package ipc has to read.
var ErrOtherForm = errors.New("a message in another form")

// Read returns the columns at of the record batch of message b, whose checked header is
// msg, and its rows. The caller releases them.
func (s *Batches) Read(msg flatbuffers.Table, b Block, at []int, mem memory.Allocator) (cols []arrow.Array, rows int64, err error) {
	defer scan.RecoverDecode(&err)
	var header flatbuffers.Table
	msg.Union(&header, flatbuffers.UOffsetT(msg.Offset(FieldHeader)))
	byField := make([]arrow.Array, s.Schema.NumFields())
	wanted := make([]bool, len(byField))
	for _, i := range at {
		wanted[i] = true
	}
	types := make([]arrow.DataType, len(byField))
	for i, f := range s.Schema.Fields() {
		types[i] = f.Type
	}
	err = s.read(header, b, types, wanted, mem, byField)
	for _, i := range at {
		cols = append(cols, byField[i])
	}
	if err != nil {
		Release(cols)
		return nil, 0, err
	}
	return cols, header.GetInt64Slot(fbBatchLength, 0), nil
}

// Release releases columns, of which some may be nil.
func Release(cols []arrow.Array) {
	for _, c := range cols {
		if c != nil {
			c.Release()
		}
	}
}

// ReadEntries returns the values of the dictionary in message b, and its id.
func (s *Batches) ReadEntries(msg flatbuffers.Table, b Block, of func(id int64) arrow.DataType) (id int64, values arrow.Array, err error) {
	defer scan.RecoverDecode(&err)
	var header flatbuffers.Table
	msg.Union(&header, flatbuffers.UOffsetT(msg.Offset(FieldHeader)))
	id = header.GetInt64Slot(fbDictionaryID, 0)
	t := of(id)
	if t == nil || header.GetBoolSlot(fbDictionaryDelta, false) {
		return id, nil, ErrOtherForm
	}
	o := flatbuffers.UOffsetT(header.Offset(fbDictionaryData))
	data := flatbuffers.Table{Bytes: header.Bytes, Pos: header.Indirect(o + header.Pos)}
	out := make([]arrow.Array, 1)
	err = s.read(data, b, []arrow.DataType{t}, []bool{true}, memory.NewGoAllocator(), out)
	return id, out[0], err
}

// read sets the columns of a record batch that are wanted. It goes through them twice, as
// it reads everything in between.
func (s *Batches) read(batch flatbuffers.Table, b Block, types []arrow.DataType, wanted []bool, mem memory.Allocator, out []arrow.Array) (err error) {
	packing, err := packingOf(batch)
	if err != nil {
		return err
	}
	d, err := decoderOf(batch)
	if err != nil {
		return ErrOtherForm
	}
	again := *d
	var parts []Part
	none := func(int64, int64) *memory.Buffer { return nil }
	note := func(from, size int64) *memory.Buffer {
		parts = append(parts, Part{b.At + b.Meta + from, size})
		return nil
	}
	for i, t := range types {
		if d.memory = none; wanted[i] {
			d.memory = note
		}
		d.array(t).Release()
	}
	file, done, err := s.Fetch(parts)
	if err != nil {
		return err
	}
	defer done()
	load := func(from, size int64) *memory.Buffer {
		var buf *memory.Buffer
		if err == nil {
			buf, err = packing.buffer(file, Part{b.At + b.Meta + from, size}, mem)
		}
		return buf
	}
	for i, t := range types {
		if again.memory = none; !wanted[i] {
			again.array(t).Release()
			continue
		}
		again.memory, again.entries = load, s.Entries[i]
		data := again.array(t)
		if err == nil {
			err = setColumn(out, i, t, data, s.Entries[i])
		}
		data.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

func setColumn(out []arrow.Array, i int, t arrow.DataType, data, entries arrow.ArrayData) error {
	if t.ID() == arrow.DICTIONARY && entries == nil {
		return fmt.Errorf("damaged: column %d has no dictionary", i+1)
	}
	out[i] = array.MakeFromData(data)
	return nil
}
