package messages

import (
	"errors"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"

	"leapscore/sources/internal/scan"
)

// Positions in the tables of Arrow's Schema.fbs, and types.
const (
	fbSchemaFields  = 6
	fbSchemaMeta    = 8
	fbFieldName     = 4
	fbFieldTypeKind = 8
	fbFieldType     = 10
	fbFieldDict     = 12
	fbDictID        = 4
	fbFieldChildren = 14
	fbFieldMeta     = 16
	fbKey           = 4
	fbValue         = 6
	fbTimeZone      = 6 // of timestamps
	fbUnionIDs      = 6
	fbBitWidth      = 8 // of decimals
	typeDecimal     = 7
	typeTimestamp   = 10
	typeUnion       = 14
	typeBinaryView  = 23
	typeTextView    = 24
	mostDepth       = 60        // of a type
	mostFields      = 1 << 20   // of a schema, nested ones too
	mostText        = 256 << 20 // of a schema: names, metadata
	entryMemory     = 64        // of metadata, besides its text
)

// schemaCheck checks the lengths and the depth of a schema, which package
// ipc believes: it would run out of memory or of stack. It counts what is
// referred to from several places as often as package ipc copies it.
type schemaCheck struct {
	fields, text int
	views        int // so far, in the rows or in the dictionary that is being checked
	dictionaries map[int64]int
}

// Views counts the columns of a schema that are views of texts or bytes, nested
// ones too: in the rows, and in the values of each dictionary.
type Views struct {
	rows         int
	dictionaries map[int64]int
}

// NoDictionary is the id of fields without a dictionary.
const NoDictionary = -1

// DictionaryIDs returns the ids of the dictionaries of the fields of a schema that was
// checked, those inside of fields left out.
func DictionaryIDs(schema flatbuffers.Table) []int64 {
	at, n, err := Vector(schema, fbSchemaFields, 4)
	if err != nil {
		return nil
	}
	ids := make([]int64, n)
	for i := range ids {
		f := entry(schema, at, i)
		ids[i] = NoDictionary
		if o := flatbuffers.UOffsetT(f.Offset(fbFieldDict)); o != 0 {
			dict := flatbuffers.Table{Bytes: f.Bytes, Pos: f.Indirect(o + f.Pos)}
			ids[i] = dict.GetInt64Slot(fbDictID, 0)
		}
	}
	return ids
}

// CheckSchema checks a schema, and counts its views.
func CheckSchema(schema flatbuffers.Table) (Views, error) {
	c := &schemaCheck{fields: mostFields, text: mostText, dictionaries: map[int64]int{}}
	if err := c.metadata(schema, fbSchemaMeta); err != nil {
		return Views{}, err
	}
	err := c.children(schema, fbSchemaFields, mostDepth)
	return Views{rows: c.views, dictionaries: c.dictionaries}, err
}

func (c *schemaCheck) children(t flatbuffers.Table, field flatbuffers.VOffsetT, depth int) error {
	at, n, err := Vector(t, field, 4)
	if err != nil || n == 0 {
		return err
	}
	if c.fields -= n; c.fields < 0 || depth == 0 {
		return errors.New("damaged: a schema of too many fields")
	}
	for i := range n {
		if err := c.field(entry(t, at, i), depth); err != nil {
			return err
		}
	}
	return nil
}

func (c *schemaCheck) field(f flatbuffers.Table, depth int) error {
	if o := flatbuffers.UOffsetT(f.Offset(fbFieldDict)); o != 0 {
		dict := flatbuffers.Table{Bytes: f.Bytes, Pos: f.Indirect(o + f.Pos)}
		outer := c.views
		c.views = 0
		defer func() {
			id := dict.GetInt64Slot(fbDictID, 0)
			c.dictionaries[id] = max(c.dictionaries[id], c.views) // other fields may share it
			c.views = outer
		}()
	}
	if err := c.take(f, fbFieldName, 1); err != nil {
		return err
	}
	if err := c.metadata(f, fbFieldMeta); err != nil {
		return err
	}
	kind, at := flatbuffers.UOffsetT(f.Offset(fbFieldTypeKind)), flatbuffers.UOffsetT(f.Offset(fbFieldType))
	if kind != 0 && at != 0 {
		var typ flatbuffers.Table
		f.Union(&typ, at)
		switch f.GetByte(kind + f.Pos) {
		case typeBinaryView, typeTextView:
			c.views++
		case typeTimestamp:
			if err := c.take(typ, fbTimeZone, 1); err != nil {
				return err
			}
		case typeDecimal:
			if err := checkDecimal(f, typ); err != nil {
				return err
			}
		case typeUnion:
			if err := c.take(typ, fbUnionIDs, 4); err != nil {
				return err
			}
		}
	}
	return c.children(f, fbFieldChildren, depth-1)
}

// checkDecimal refuses the narrow decimals of Arrow 18 and later.
func checkDecimal(f, typ flatbuffers.Table) error {
	bits := int32(128)
	if o := flatbuffers.UOffsetT(typ.Offset(fbBitWidth)); o != 0 {
		bits = typ.GetInt32(o + typ.Pos)
	}
	if bits == 128 || bits == 256 {
		return nil
	}
	name := ""
	if o := flatbuffers.UOffsetT(f.Offset(fbFieldName)); o != 0 {
		name = string(f.ByteVector(o + f.Pos))
	}
	return fmt.Errorf("column %q has decimals of %d bits, which are not read; write them with 128 bits", name, bits)
}

func (c *schemaCheck) metadata(t flatbuffers.Table, field flatbuffers.VOffsetT) error {
	at, n, err := Vector(t, field, 4)
	if err != nil {
		return err
	}
	for i := range n {
		kv := entry(t, at, i)
		if c.text -= entryMemory; c.text < 0 {
			return errText
		}
		if err := c.take(kv, fbKey, 1); err != nil {
			return err
		}
		if err := c.take(kv, fbValue, 1); err != nil {
			return err
		}
	}
	return nil
}

var errText = errors.New("damaged: a schema with too much text")

// take counts a text, or another vector.
func (c *schemaCheck) take(t flatbuffers.Table, field flatbuffers.VOffsetT, size int) error {
	_, n, err := Vector(t, field, size)
	if err != nil {
		return err
	}
	if c.text -= n * size; c.text < 0 {
		return errText
	}
	return nil
}

// entry is table i of a vector.
func entry(t flatbuffers.Table, vector flatbuffers.UOffsetT, i int) flatbuffers.Table {
	return flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(vector + flatbuffers.UOffsetT(4*i))}
}

// Vector returns where a vector is and how many entries of this size it
// has, having checked that they lie inside the buffer.
func Vector(t flatbuffers.Table, field flatbuffers.VOffsetT, size int) (at flatbuffers.UOffsetT, n int, err error) {
	o := flatbuffers.UOffsetT(t.Offset(field))
	if o == 0 {
		return 0, 0, nil
	}
	at, n = t.Vector(o), t.VectorLen(o)
	if int64(at)+int64(n)*int64(size) > int64(len(t.Bytes)) {
		return 0, 0, fmt.Errorf("damaged: a list of %d entries: %w", n, scan.ErrDecode)
	}
	return at, n, nil
}
