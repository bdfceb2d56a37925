package arrow

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	flatbuffers "github.com/google/flatbuffers/go"

	"leapscore/engine/store"
	"leapscore/sources/internal/messages"
)

// block is a record batch of a file.
type block struct {
	messages.Block
	rows int64
}

// layout is where the messages of a file are.
type layout struct {
	views        messages.Views // of the schema
	ids          []int64        // of the dictionaries of its fields
	dictionaries []messages.Block
	batches      []block
}

// Positions in the tables of Arrow's Message.fbs and File.fbs.
const (
	fbFooterSchema  = 6
	fbFooterDicts   = 8
	fbFooterBatches = 10
	fbBatchLength   = 4
	fbBlockBytes    = 24
	trailerBytes    = 10 // footer length and magic
)

// readLayout reads where the record batches are and how many rows they
// have, without their bodies, and checks that all lies inside the file.
func readLayout(r store.Reader) (*layout, error) {
	size := r.Size()
	tail := make([]byte, trailerBytes)
	if size < int64(trailerBytes+8) {
		return nil, errors.New("is cut short")
	}
	if _, err := r.ReadAt(tail, size-trailerBytes); err != nil && err != io.EOF {
		return nil, err
	}
	n := int64(binary.LittleEndian.Uint32(tail))
	if !bytes.Equal(tail[4:], Magic) || n <= 0 || n > size-trailerBytes-8 {
		return nil, errors.New("is cut short or damaged: it has no footer")
	}
	buf := make([]byte, n)
	if _, err := r.ReadAt(buf, size-trailerBytes-n); err != nil && err != io.EOF {
		return nil, err
	}
	footer := flatbuffers.Table{Bytes: buf, Pos: flatbuffers.GetUOffsetT(buf)}
	l := &layout{batches: []block{}}
	if o := flatbuffers.UOffsetT(footer.Offset(fbFooterSchema)); o != 0 {
		schema := flatbuffers.Table{Bytes: buf, Pos: footer.Indirect(o + footer.Pos)}
		var err error
		if l.views, err = messages.CheckSchema(schema); err != nil {
			return nil, err
		}
		l.ids = messages.DictionaryIDs(schema)
	}
	left := size // the blocks do not overlap
	err := eachBlock(r, footer, fbFooterDicts, l.views, &left, func(b messages.Block, _ flatbuffers.Table) error {
		l.dictionaries = append(l.dictionaries, b)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = eachBlock(r, footer, fbFooterBatches, l.views, &left, func(b messages.Block, msg flatbuffers.Table) error {
		rows, err := batchRows(msg)
		l.batches = append(l.batches, block{b, rows})
		return err
	})
	return l, err
}

// eachBlock calls fn with the header of each message, which it has checked.
func eachBlock(r store.Reader, footer flatbuffers.Table, field flatbuffers.VOffsetT, views messages.Views, left *int64, fn func(messages.Block, flatbuffers.Table) error) error {
	at, n, err := messages.Vector(footer, field, fbBlockBytes)
	if err != nil {
		return err
	}
	for i := range n {
		fb := footer.Bytes[int(at)+i*fbBlockBytes:]
		off := int64(binary.LittleEndian.Uint64(fb))
		meta := int64(int32(binary.LittleEndian.Uint32(fb[8:])))
		body := int64(binary.LittleEndian.Uint64(fb[16:]))
		if off < 8 || meta < 8 || meta > messages.MostBytes || body < 0 || off > r.Size() || body > r.Size() || off+meta+body > r.Size() {
			return fmt.Errorf("damaged: block %d lies outside of the file", i)
		}
		if *left -= meta + body; *left < 0 {
			return fmt.Errorf("damaged: block %d overlaps another one", i)
		}
		b := messages.Block{At: off, Meta: meta, Body: body}
		msg, err := checkedHeader(r, b, views)
		if err != nil {
			return err
		}
		if err := fn(b, msg); err != nil {
			return err
		}
	}
	return nil
}

// checkedHeader reads the header of a message and checks it.
func checkedHeader(r store.Reader, b messages.Block, views messages.Views) (flatbuffers.Table, error) {
	msg, err := messages.ReadHeader(r, b)
	if err != nil {
		return msg, err
	}
	return msg, messages.CheckHeader(msg, b.Body, &views) // a message that is a schema changes no others
}

// batchRows reads the row count of the message of a record batch.
func batchRows(t flatbuffers.Table) (int64, error) {
	o := flatbuffers.UOffsetT(t.Offset(messages.FieldHeader))
	if o == 0 {
		return 0, errors.New("damaged: a record batch without a header")
	}
	var batch flatbuffers.Table
	t.Union(&batch, o)
	rows := int64(0)
	if o := flatbuffers.UOffsetT(batch.Offset(fbBatchLength)); o != 0 {
		rows = batch.GetInt64(o + batch.Pos)
	}
	if rows < 0 {
		return 0, fmt.Errorf("damaged: a record batch of %d rows", rows)
	}
	return rows, nil
}
