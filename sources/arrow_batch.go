package sources

import (
	"errors"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"
)

// Positions in the tables of Arrow's Message.fbs.
const (
	fbMessageType    = 6
	fbMessageHeader  = 8
	fbMessageBody    = 10
	fbBatchNodes     = 6
	fbBatchBuffers   = 8
	fbBatchVariadic  = 12
	fbDictionaryData = 6
	fbMessageVersion = 4
	fbMessageMeta    = 12
	arrowV4          = 3
	arrowV5          = 4
	fbNodeBytes      = 16
	fbBufferBytes    = 16

	arrowMostMessage    = 256 << 20
	arrowSchemaType     = 1 // of messages
	arrowDictionaryType = 2
	arrowBatchType      = 3
	arrowMarker         = 0xffffffff // before messages, since version 0.15

	arrowOldCompression = "ARROW:experimental_compression"

	arrowMostLength = 1<<32 - 1 // of an array; more than this times the bits of a value would overflow
)

// checkArrowHeader checks what a message announces, which package ipc
// believes: it would take memory for it before it reads anything.
func checkArrowHeader(msg flatbuffers.Table, body int64) error {
	kind := flatbuffers.UOffsetT(msg.Offset(fbMessageType))
	at := flatbuffers.UOffsetT(msg.Offset(fbMessageHeader))
	if err := checkArrowVersion(msg); err != nil {
		return err
	}
	if kind == 0 || at == 0 {
		return errors.New("damaged: a message without a header")
	}
	var header flatbuffers.Table
	msg.Union(&header, at)
	switch msg.GetByte(kind + msg.Pos) {
	case arrowSchemaType:
		return checkArrowSchema(header)
	case arrowDictionaryType:
		if err := checkArrowEra(msg); err != nil {
			return err
		}
		o := flatbuffers.UOffsetT(header.Offset(fbDictionaryData))
		if o == 0 {
			return errors.New("damaged: a dictionary without values")
		}
		return checkArrowBatch(flatbuffers.Table{Bytes: header.Bytes, Pos: header.Indirect(o + header.Pos)}, body)
	case arrowBatchType:
		if err := checkArrowEra(msg); err != nil {
			return err
		}
		return checkArrowBatch(header, body)
	}
	return nil
}

// checkArrowVersion refuses messages of versions that were never released, and of
// those to come.
func checkArrowVersion(msg flatbuffers.Table) error {
	version := int16(0)
	if o := flatbuffers.UOffsetT(msg.Offset(fbMessageVersion)); o != 0 {
		version = msg.GetInt16(o + msg.Pos)
	}
	if version != arrowV4 && version != arrowV5 {
		return fmt.Errorf("a message of metadata version %d, want 4 or 5", version+1)
	}
	return nil
}

// checkArrowEra refuses batches that Arrow 0.17 compressed, which said so beside
// the message and not in it: their bytes would be taken for values.
func checkArrowEra(msg flatbuffers.Table) error {
	at, n, err := arrowVector(msg, fbMessageMeta, 4)
	if err != nil {
		return err
	}
	for i := range n {
		kv := arrowEntry(msg, at, i)
		if o := flatbuffers.UOffsetT(kv.Offset(fbKey)); o != 0 && string(kv.ByteVector(o+kv.Pos)) == arrowOldCompression {
			return errors.New("it is compressed in the way of Arrow 0.17 alone, which is not read; write it again with Arrow 1.0 or later")
		}
	}
	return nil
}

// checkArrowBatch checks the lengths of the arrays and that the buffers, which
// do not overlap, fit into a body of this many bytes.
func checkArrowBatch(batch flatbuffers.Table, body int64) error {
	at, n, err := arrowVector(batch, fbBatchNodes, fbNodeBytes)
	if err != nil {
		return err
	}
	for i := range n {
		if rows := batch.GetInt64(at + flatbuffers.UOffsetT(i*fbNodeBytes)); rows < 0 || rows > arrowMostLength {
			return fmt.Errorf("damaged: an array of %d values", rows)
		}
	}
	at, buffers, err := arrowVector(batch, fbBatchBuffers, fbBufferBytes)
	if err != nil {
		return err
	}
	left := body
	for i := range buffers {
		b := at + flatbuffers.UOffsetT(i*fbBufferBytes)
		from, size := batch.GetInt64(b), batch.GetInt64(b+8)
		if size == 0 {
			continue
		}
		if from < 0 || size < 0 || size > left || from > body-size {
			return fmt.Errorf("damaged: a buffer of %d bytes at %d in a message of %d", size, from, body)
		}
		left -= size
	}
	at, n, err = arrowVector(batch, fbBatchVariadic, 8)
	if err != nil {
		return err
	}
	for i := range n {
		if k := batch.GetInt64(at + flatbuffers.UOffsetT(8*i)); k < 0 || k > int64(buffers) {
			return fmt.Errorf("damaged: a view of %d buffers, in a message of %d", k, buffers)
		}
	}
	return nil
}
