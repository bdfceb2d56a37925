package messages

import (
	"errors"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"
)

// Positions in the tables of Arrow's Message.fbs.
const (
	fbMessageType      = 6
	FieldHeader        = 8
	fbMessageBody      = 10
	fbBatchLength      = 4
	fbBatchNodes       = 6
	fbBatchBuffers     = 8
	fbBatchCompression = 10
	fbBatchVariadic    = 12
	fbDictionaryID     = 4
	fbDictionaryData   = 6
	fbDictionaryDelta  = 8

	fbCompressionCodec  = 4
	fbCompressionMethod = 6
	fbMessageVersion    = 4
	fbMessageMeta       = 12
	metadataV4          = 3
	metadataV5          = 4
	fbNodeBytes         = 16
	fbBufferBytes       = 16

	MostBytes         = 256 << 20
	schemaMessage     = 1 // of messages
	dictionaryMessage = 2
	batchMessage      = 3
	Marker            = 0xffffffff // before messages, since version 0.15

	oldCompression = "ARROW:experimental_compression"

	mostLength = 1<<32 - 1 // of an array; more than this times the bits of a value would overflow
)

// CheckHeader checks what a message announces, which package ipc
// believes: it would take memory for it before it reads anything. views are those
// of the schema; a message that is one sets them.
func CheckHeader(msg flatbuffers.Table, body int64, views *Views) error {
	kind := flatbuffers.UOffsetT(msg.Offset(fbMessageType))
	at := flatbuffers.UOffsetT(msg.Offset(FieldHeader))
	if err := checkVersion(msg); err != nil {
		return err
	}
	if kind == 0 || at == 0 {
		return errors.New("damaged: a message without a header")
	}
	var header flatbuffers.Table
	msg.Union(&header, at)
	switch msg.GetByte(kind + msg.Pos) {
	case schemaMessage:
		var err error
		*views, err = CheckSchema(header)
		return err
	case dictionaryMessage:
		if err := checkEra(msg); err != nil {
			return err
		}
		o := flatbuffers.UOffsetT(header.Offset(fbDictionaryData))
		if o == 0 {
			return errors.New("damaged: a dictionary without values")
		}
		id := header.GetInt64Slot(fbDictionaryID, 0)
		return checkBatch(flatbuffers.Table{Bytes: header.Bytes, Pos: header.Indirect(o + header.Pos)}, body, views.dictionaries[id])
	case batchMessage:
		if err := checkEra(msg); err != nil {
			return err
		}
		return checkBatch(header, body, views.rows)
	}
	return nil
}

// checkVersion refuses messages of versions that were never released, and of
// those to come.
func checkVersion(msg flatbuffers.Table) error {
	version := int16(0)
	if o := flatbuffers.UOffsetT(msg.Offset(fbMessageVersion)); o != 0 {
		version = msg.GetInt16(o + msg.Pos)
	}
	if version != metadataV4 && version != metadataV5 {
		return fmt.Errorf("a message of metadata version %d, want 4 or 5", version+1)
	}
	return nil
}

// checkEra refuses batches that Arrow 0.17 compressed, which said so beside
// the message and not in it: their bytes would be taken for values.
func checkEra(msg flatbuffers.Table) error {
	at, n, err := Vector(msg, fbMessageMeta, 4)
	if err != nil {
		return err
	}
	for i := range n {
		kv := entry(msg, at, i)
		if o := flatbuffers.UOffsetT(kv.Offset(fbKey)); o != 0 && string(kv.ByteVector(o+kv.Pos)) == oldCompression {
			return errors.New("it is compressed in the way of Arrow 0.17 alone, which is not read; write it again with Arrow 1.0 or later")
		}
	}
	return nil
}

// checkBatch checks the lengths of the arrays and that the buffers, which
// do not overlap, fit into a body of this many bytes. Each view has a count of
// buffers: package ipc takes what lies behind them for more.
func checkBatch(batch flatbuffers.Table, body int64, views int) error {
	at, n, err := Vector(batch, fbBatchNodes, fbNodeBytes)
	if err != nil {
		return err
	}
	for i := range n {
		if rows := batch.GetInt64(at + flatbuffers.UOffsetT(i*fbNodeBytes)); rows < 0 || rows > mostLength {
			return fmt.Errorf("damaged: an array of %d values", rows)
		}
	}
	at, buffers, err := Vector(batch, fbBatchBuffers, fbBufferBytes)
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
	at, n, err = Vector(batch, fbBatchVariadic, 8)
	if err != nil {
		return err
	}
	if n < views {
		return fmt.Errorf("damaged: counts of the buffers of %d views, want those of %d", n, views)
	}
	for i := range n {
		if k := batch.GetInt64(at + flatbuffers.UOffsetT(8*i)); k < 0 || k > int64(buffers) {
			return fmt.Errorf("damaged: a view of %d buffers, in a message of %d", k, buffers)
		}
	}
	return nil
}
