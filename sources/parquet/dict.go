package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/parquet-go/parquet-go/format"

	"leapscore/sources/internal/scan"
)

// plainDictionary is the older name of the encodings of a dictionary and of the
// indexes into it. DuckDB and others still write it.
const plainDictionary format.Encoding = 2

// dictionary is the dictionary of one column chunk, in Arrow's form.
type dictionary struct {
	n     int
	fixed []byte         // values of fixed width
	offs  *memory.Buffer // of byte strings
	data  *memory.Buffer
}

func (d *dictionary) offsets() []int32 { return scan.SliceOf[int32](d.offs.Bytes()) }

// array returns the dictionary of a byte column as an array.
func (d *dictionary) array(typ arrow.DataType) arrow.ArrayData {
	return array.NewData(typ, d.n, []*memory.Buffer{nil, d.offs, d.data}, nil, 0, 0)
}

func (d *dictionary) release() {
	scan.Buffers.Put(d.fixed)
	if d.offs != nil {
		d.offs.Release()
		d.data.Release()
	}
	*d = dictionary{}
}

// loadDict decodes a dictionary page.
func (c *chunkReader) loadDict(h *pageHeader, body []byte) error {
	if c.hasDict {
		return fmt.Errorf("%w: second dictionary page", errHeader)
	}
	if h.encoding != format.Plain && h.encoding != plainDictionary {
		return fmt.Errorf("dictionary encoding %v is not supported", h.encoding)
	}
	if c.leaf.conv == convBool {
		return fmt.Errorf("%w: dictionary of booleans", errHeader)
	}
	if h.values > h.uncompressed {
		return fmt.Errorf("%w: dictionary of %d values in %d bytes", errHeader, h.values, h.uncompressed)
	}
	if c.leaf.conv == convNull {
		c.hasDict = true
		return nil
	}
	page, err := c.inflate(c.dictBody, body, h.uncompressed)
	if err != nil {
		return err
	}
	if c.codec != format.Uncompressed {
		c.dictBody = page
	}
	c.dict.n, c.hasDict = h.values, true
	if c.leaf.conv == convBytes {
		var sink valueSink
		defer sink.release()
		sink.begin(c.mem, 0, true, h.values)
		if _, err := sink.appendPlain(page, h.values); err != nil {
			return err
		}
		sink.buf.Resize((h.values + 1) * 4)
		sink.data.Resize(sink.dataLen)
		c.dict.offs, c.dict.data = sink.buf, sink.data
		sink.buf, sink.data = nil, nil
		return nil
	}
	c.dict.fixed = scan.Buffers.Get(h.values * c.leaf.width)
	if c.leaf.conv == convDecimalBytes && c.leaf.physical == format.ByteArray {
		return decimalsOf(c.dict.fixed, page, h.values)
	}
	return c.leaf.convert(c.dict.fixed, page, h.values)
}

// lookup writes the dictionary's values at idx to dst.
func (d *dictionary) lookup(dst []byte, idx []int32, width int) error {
	ok := true
	switch width {
	case 1:
		ok = gather(scan.SliceOf[uint8](dst), idx, d.fixed)
	case 2:
		ok = gather(scan.SliceOf[uint16](dst), idx, scan.SliceOf[uint16](d.fixed))
	case 4:
		ok = gather(scan.SliceOf[uint32](dst), idx, scan.SliceOf[uint32](d.fixed))
	case 8:
		ok = gather(scan.SliceOf[uint64](dst), idx, scan.SliceOf[uint64](d.fixed))
	default:
		if err := d.checkIndexes(idx); err != nil {
			return err
		}
		for j, i := range idx {
			copy(dst[j*width:(j+1)*width], d.fixed[int(i)*width:])
		}
	}
	if !ok {
		return d.checkIndexes(idx)
	}
	return nil
}

// gather reports whether all indexes are inside of dict.
func gather[T uint8 | uint16 | uint32 | uint64](dst []T, idx []int32, dict []T) bool {
	dst = dst[:len(idx)]
	for j, i := range idx {
		if uint(i) >= uint(len(dict)) {
			return false
		}
		dst[j] = dict[i]
	}
	return true
}

// checkIndexes returns an error if an index is outside of the dictionary.
func (d *dictionary) checkIndexes(idx []int32) error {
	var a, b, c, e uint32
	rest := idx
	for ; len(rest) >= 4; rest = rest[4:] {
		a = max(a, uint32(rest[0]))
		b = max(b, uint32(rest[1]))
		c = max(c, uint32(rest[2]))
		e = max(e, uint32(rest[3]))
	}
	for _, i := range rest {
		a = max(a, uint32(i))
	}
	if most := max(a, b, c, e); most >= uint32(d.n) && len(idx) > 0 {
		return fmt.Errorf("index %d into a dictionary of %d", most, d.n)
	}
	return nil
}
