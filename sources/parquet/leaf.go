package parquet

import (
	"encoding/binary"
	"errors"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources/internal/scan"
)

// indexPiece is how many dictionary indexes are unpacked at a time: few enough to
// stay in the first-level cache between unpacking and lookup.
const indexPiece = 1024

// readFlat returns the next n rows of a column without nesting.
func (c *chunkReader) readFlat(n int) (arrow.ArrayData, error) {
	c.beginBatch(n)
	valid := validity{mem: c.mem, total: n}
	defer valid.release()
	for valid.n < n {
		if c.page.left == 0 {
			if err := c.nextPage(nil); err != nil {
				return nil, err
			}
		}
		k := min(c.page.left, n-valid.n)
		set := k
		if c.leaf.maxDef == 0 {
			valid.ones(k)
		} else {
			var err error
			if set, err = valid.flags(&c.page.def, k); err != nil {
				return nil, err
			}
		}
		if err := c.take(set); err != nil {
			return nil, err
		}
		c.page.left -= k
	}
	return c.finish(n, &valid)
}

// beginBatch prepares the sink for about n values.
func (c *chunkReader) beginBatch(n int) {
	switch {
	case c.leaf.conv == convNull:
	case c.leaf.conv == convBool:
		c.sink.begin(c.mem, 1, false, n)
	case c.leaf.conv != convBytes:
		c.sink.begin(c.mem, c.leaf.width, false, n)
	case c.indexed:
		c.sink.begin(c.mem, 4, false, n)
	default:
		c.sink.begin(c.mem, 0, true, n)
	}
}

// finish turns the sink into an array of n slots.
func (c *chunkReader) finish(n int, valid *validity) (arrow.ArrayData, error) {
	if c.leaf.conv == convNull {
		return array.NewData(arrow.Null, n, []*memory.Buffer{nil}, nil, n, 0), nil
	}
	if c.leaf.conv != convBytes || c.sink.bytes {
		return c.sink.finish(c.leaf.typ, nil, n, valid), nil
	}
	if c.dict.n == 0 {
		// Nothing but nulls so far: a dictionary array would make every
		// receiver guard against an empty dictionary.
		if err := c.degrade(); err != nil {
			return nil, err
		}
		return c.sink.finish(c.leaf.typ, nil, n, valid), nil
	}
	if c.dictArr == nil {
		c.dictArr = c.dict.array(c.leaf.typ)
	}
	return c.sink.finish(dictType, c.dictArr, n, valid), nil
}

var dictType = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}

// degrade turns the indexes of this batch into strings, because something in
// the batch is not in the dictionary.
func (c *chunkReader) degrade() error {
	from := c.sink
	c.sink = valueSink{mostBytes: from.mostBytes}
	defer from.release()
	c.sink.begin(c.mem, 0, true, from.n)
	if from.n == 0 {
		return nil
	}
	return c.sink.appendLookup(scan.SliceOf[int32](from.buf.Buf()[:4*from.n]), &c.dict)
}

// take moves the next k values of the page into the sink.
func (c *chunkReader) take(k int) error {
	if c.leaf.conv == convNull || k == 0 {
		return nil
	}
	p := &c.page
	if p.values == valuesIndexes {
		return c.takeIndexes(k)
	}
	if c.leaf.conv == convBytes && !c.sink.bytes {
		c.indexed = false
		if err := c.degrade(); err != nil {
			return err
		}
	}
	switch {
	case p.values == valuesBits:
		return p.takeBits(c.sink.grow(k))
	case p.values == valuesOffsets:
		if k >= len(p.offs) {
			return errValuesShort
		}
		err := c.sink.appendOffsets(p.data, p.offs[:k+1])
		p.offs = p.offs[k:]
		return err
	case p.values == valuesReady:
		b, err := c.plainBytes(k * c.leaf.width)
		if err == nil {
			copy(c.sink.grow(k), b)
		}
		return err
	case c.leaf.conv == convBytes:
		return c.takeTexts(k, c.sink.appendPlain)
	}
	b, err := c.plainBytes(k * c.leaf.plainSize())
	if err != nil {
		return err
	}
	return c.leaf.convert(c.sink.grow(k), b, k)
}

// takeTexts hands the next k values of PLAIN text to add, which returns the bytes behind
// them.
func (c *chunkReader) takeTexts(k int, add func(b []byte, k int) ([]byte, error)) error {
	p := &c.page
	for k > 0 && p.streamed {
		n, err := c.streamedTexts(k, add)
		k -= n
		if errors.Is(err, errFarCopy) {
			err = c.endStream()
		}
		if err != nil {
			return err
		}
	}
	rest, err := add(p.data, k)
	p.data = rest
	return err
}

// passTexts returns what is behind k values of PLAIN text.
func passTexts(b []byte, k int) ([]byte, error) {
	for range k {
		if len(b) < 4 {
			return nil, errValuesShort
		}
		n := int(binary.LittleEndian.Uint32(b))
		if n > len(b)-4 {
			return nil, errValuesShort
		}
		b = b[4+n:]
	}
	return b, nil
}

func (p *page) takeBits(dst []byte) error {
	if p.bit+len(dst) > 8*len(p.data) {
		return errValuesShort
	}
	for i := range dst {
		at := p.bit + i
		dst[i] = p.data[at/8] >> (at % 8) & 1
	}
	p.bit += len(dst)
	return nil
}

// takeIndexes moves the next k dictionary indexes, or what they stand for,
// into the sink.
func (c *chunkReader) takeIndexes(k int) error {
	if c.leaf.conv == convBytes && !c.sink.bytes {
		idx := scan.SliceOf[int32](c.sink.grow(k))
		if err := c.page.idx.decode(idx); err != nil {
			return err
		}
		return c.dict.checkIndexes(idx)
	}
	if c.idx == nil {
		c.idx = make([]int32, indexPiece)
	}
	for k > 0 {
		idx := c.idx[:min(k, indexPiece)]
		k -= len(idx)
		if err := c.page.idx.decode(idx); err != nil {
			return err
		}
		if err := c.lookup(idx); err != nil {
			return err
		}
	}
	return nil
}

// lookup moves what the indexes stand for into the sink.
func (c *chunkReader) lookup(idx []int32) error {
	if !c.sink.bytes {
		return c.dict.lookup(c.sink.grow(len(idx)), idx, c.leaf.width)
	}
	if err := c.dict.checkIndexes(idx); err != nil {
		return err
	}
	return c.sink.appendLookup(idx, &c.dict)
}

// close frees everything that the reader holds.
func (c *chunkReader) close() {
	c.sink.release()
	c.raw.release()
	if c.then != nil {
		c.then.release()
	}
	c.levels.release()
	c.stream.release()
	c.dict.release()
	if c.dictArr != nil {
		c.dictArr.Release()
		c.dictArr = nil
	}
	for _, b := range []*[]byte{&c.body, &c.dictBody, &c.plain} {
		scan.Buffers.Put(*b)
		*b = nil
	}
}

// skipRows passes over the next n rows.
func (c *chunkReader) skipRows(n int) error {
	if c.nested {
		defer c.sink.release()
		return c.readLevels(n)
	}
	for n > 0 {
		if c.page.left == 0 {
			if err := c.nextPage(&n); err != nil || n == 0 {
				return err
			}
		}
		k := min(c.page.left, n)
		set := k
		if c.leaf.maxDef > 0 {
			var err error
			if set, err = c.page.def.count(k); err != nil {
				return err
			}
		}
		if err := c.skipValues(set); err != nil {
			return err
		}
		c.page.left -= k
		n -= k
	}
	return nil
}

// skipValues passes over the next k values of the page.
func (c *chunkReader) skipValues(k int) error {
	p := &c.page
	switch {
	case c.leaf.conv == convNull:
		return nil
	case p.values == valuesIndexes:
		return p.idx.skip(k)
	case p.values == valuesBits:
		p.bit += k
		return nil
	case p.values == valuesOffsets:
		if k >= len(p.offs) {
			return errValuesShort
		}
		p.offs = p.offs[k:]
		return nil
	case p.values == valuesPlain && c.leaf.conv == convBytes:
		return c.takeTexts(k, passTexts)
	}
	size := c.leaf.plainSize()
	if p.values == valuesReady {
		size = c.leaf.width
	}
	for k > 0 {
		n := min(k, streamStep/size+1)
		if _, err := c.plainBytes(n * size); err != nil {
			return err
		}
		k -= n
	}
	return nil
}
