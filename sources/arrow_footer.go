package sources

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow/memory"
	flatbuffers "github.com/google/flatbuffers/go"

	"leapscore/engine/store"
)

// arrowMemory is where record batches are decoded: memory that the collector
// frees, as the decoder forgets buffers when it gives up, and that refuses
// sizes which only a damaged file asks for.
var arrowMemory memory.Allocator = limitedAllocator{memory.NewGoAllocator()}

const arrowMaxBuffer = 4 << 30

type limitedAllocator struct{ memory.Allocator }

func (a limitedAllocator) Allocate(size int) []byte {
	a.check(size)
	return a.Allocator.Allocate(size)
}

func (a limitedAllocator) Reallocate(size int, b []byte) []byte {
	a.check(size)
	return a.Allocator.Reallocate(size, b)
}

func (limitedAllocator) check(size int) {
	if size < 0 || size > arrowMaxBuffer {
		panic(fmt.Sprintf("a buffer of %d bytes, want at most %d", size, int64(arrowMaxBuffer)))
	}
}

// arrowBlock is a record batch of a file.
type arrowBlock struct{ rows int64 }

// Positions in the tables of Arrow's Message.fbs, Schema.fbs and File.fbs.
const (
	fbFooterSchema   = 6
	fbFooterDicts    = 8
	fbFooterBatches  = 10
	fbSchemaFields   = 6
	fbSchemaMeta     = 8
	fbFieldChildren  = 14
	fbFieldMeta      = 16
	fbMessageType    = 6
	fbMessageHeader  = 8
	fbMessageBody    = 10
	fbBatchLength    = 4
	fbBlockBytes     = 24
	arrowTrailer     = 10 // footer length and magic
	arrowMostMessage = 256 << 20
	arrowSchemaType  = 1          // of messages
	arrowMostDepth   = 60         // of a type
	arrowMostFields  = 1 << 20    // of a schema, nested ones too
	arrowMarker      = 0xffffffff // before messages, since version 0.15
)

// readArrowBlocks reads where the record batches are and how many rows they
// have, without their bodies, and checks that all lies inside the file.
func readArrowBlocks(r store.Reader) ([]arrowBlock, error) {
	size := r.Size()
	tail := make([]byte, arrowTrailer)
	if size < int64(arrowTrailer+8) {
		return nil, errors.New("is cut short")
	}
	if _, err := r.ReadAt(tail, size-arrowTrailer); err != nil && err != io.EOF {
		return nil, err
	}
	n := int64(binary.LittleEndian.Uint32(tail))
	if !bytes.Equal(tail[4:], arrowMagic) || n <= 0 || n > size-arrowTrailer-8 {
		return nil, errors.New("is cut short or damaged: it has no footer")
	}
	buf := make([]byte, n)
	if _, err := r.ReadAt(buf, size-arrowTrailer-n); err != nil && err != io.EOF {
		return nil, err
	}
	footer := flatbuffers.Table{Bytes: buf, Pos: flatbuffers.GetUOffsetT(buf)}
	if o := flatbuffers.UOffsetT(footer.Offset(fbFooterSchema)); o != 0 {
		if err := checkArrowSchema(flatbuffers.Table{Bytes: buf, Pos: footer.Indirect(o + footer.Pos)}); err != nil {
			return nil, err
		}
	}
	if err := eachArrowBlock(footer, fbFooterDicts, size, func(int64, int64) error { return nil }); err != nil {
		return nil, err
	}
	blocks := []arrowBlock{}
	err := eachArrowBlock(footer, fbFooterBatches, size, func(at, meta int64) error {
		msg := make([]byte, meta)
		if _, err := r.ReadAt(msg, at); err != nil && err != io.EOF {
			return err
		}
		rows, err := arrowBatchRows(msg)
		blocks = append(blocks, arrowBlock{rows})
		return err
	})
	return blocks, err
}

func eachArrowBlock(footer flatbuffers.Table, field flatbuffers.VOffsetT, size int64, fn func(at, meta int64) error) error {
	o := flatbuffers.UOffsetT(footer.Offset(field))
	if o == 0 {
		return nil
	}
	at := footer.Vector(o)
	for i := range footer.VectorLen(o) {
		b := footer.Bytes[int(at)+i*fbBlockBytes:]
		off := int64(binary.LittleEndian.Uint64(b))
		meta := int64(int32(binary.LittleEndian.Uint32(b[8:])))
		body := int64(binary.LittleEndian.Uint64(b[16:]))
		if off < 8 || meta < 8 || meta > arrowMostMessage || body < 0 || off > size || body > size || off+meta+body > size {
			return fmt.Errorf("damaged: block %d lies outside of the file", i)
		}
		if err := fn(off, meta); err != nil {
			return err
		}
	}
	return nil
}

// arrowBatchRows reads the row count of the message of a record batch.
func arrowBatchRows(msg []byte) (int64, error) {
	if binary.LittleEndian.Uint32(msg) == arrowMarker {
		msg = msg[4:]
	}
	msg = msg[4:]
	t := flatbuffers.Table{Bytes: msg, Pos: flatbuffers.GetUOffsetT(msg)}
	o := flatbuffers.UOffsetT(t.Offset(fbMessageHeader))
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

// checkArrowSchema checks the lengths and the depth of a schema, which package
// ipc believes: it would run out of memory or of stack.
func checkArrowSchema(schema flatbuffers.Table) error {
	left := arrowMostFields
	if err := checkArrowVector(schema, fbSchemaMeta); err != nil {
		return err
	}
	return checkArrowFields(schema, fbSchemaFields, arrowMostDepth, &left)
}

func checkArrowFields(t flatbuffers.Table, field flatbuffers.VOffsetT, depth int, left *int) error {
	o := flatbuffers.UOffsetT(t.Offset(field))
	if o == 0 {
		return nil
	}
	if err := checkArrowVector(t, field); err != nil {
		return err
	}
	n := t.VectorLen(o)
	if *left -= n; *left < 0 || depth == 0 {
		return errors.New("damaged: a schema of too many fields")
	}
	for i := range n {
		f := flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(t.Vector(o) + flatbuffers.UOffsetT(4*i))}
		if err := checkArrowVector(f, fbFieldMeta); err != nil {
			return err
		}
		if err := checkArrowFields(f, fbFieldChildren, depth-1, left); err != nil {
			return err
		}
	}
	return nil
}

// checkArrowVector checks that a vector of offsets lies inside the buffer.
func checkArrowVector(t flatbuffers.Table, field flatbuffers.VOffsetT) error {
	o := flatbuffers.UOffsetT(t.Offset(field))
	if o == 0 {
		return nil
	}
	if at, n := int64(t.Vector(o)), int64(t.VectorLen(o)); n < 0 || at+4*n > int64(len(t.Bytes)) {
		return fmt.Errorf("damaged: a schema with a list of %d entries", n)
	}
	return nil
}
