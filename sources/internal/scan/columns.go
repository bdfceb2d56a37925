package scan

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Cells builds one column, value after value. Arrow's builders are Cells, and so are Numbers
// and Texts, which cost a third of them.
type Cells interface {
	Type() arrow.DataType
	Len() int
	AppendNull()
	SetNull(i int)
	NewArray() arrow.Array
	Release()
}

// NewCells returns the fastest Cells of a type.
func NewCells(mem memory.Allocator, t arrow.DataType) Cells {
	switch t.ID() {
	case arrow.FLOAT64:
		return &Numbers[float64]{mem: mem, typ: t}
	case arrow.INT64:
		return &Numbers[int64]{mem: mem, typ: t}
	case arrow.STRING:
		return &Texts{mem: mem}
	}
	return array.NewBuilder(mem, t)
}

// Finish returns the column and begins anew.
func Finish(c Cells) arrow.Array {
	if b, ok := c.(array.Builder); ok {
		return CellBuilder{b}.Finish()
	}
	return c.NewArray()
}

// nullRows are the numbers of values that are null, in their order.
type nullRows []int32

// set adds value number i, which is the last.
func (r *nullRows) set(i int) {
	if n := len(*r); n == 0 || (*r)[n-1] != int32(i) {
		*r = append(*r, int32(i))
	}
}

// bitmap returns the bits of n values, or nil if all are valid, and begins anew.
func (r *nullRows) bitmap(mem memory.Allocator, n int) *memory.Buffer {
	if len(*r) == 0 {
		return nil
	}
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(int(bitutil.BytesForBits(int64(n))))
	bits := buf.Bytes()
	memory.Set(bits, 0xff)
	for _, i := range *r {
		bitutil.ClearBit(bits, int(i))
	}
	if n%8 != 0 {
		bits[len(bits)-1] &= 1<<(n%8) - 1
	}
	*r = (*r)[:0]
	return buf
}

// leastRoom is for how many values there is room from the start.
const leastRoom = 64

// Numbers builds a column of doubles or of integers of 64 bits.
type Numbers[T float64 | int64] struct {
	mem   memory.Allocator
	typ   arrow.DataType
	buf   *memory.Buffer
	room  []T
	n     int
	last  int // how many values the column before had
	nulls nullRows
}

// Type implements Cells.
func (c *Numbers[T]) Type() arrow.DataType { return c.typ }

// Len implements Cells.
func (c *Numbers[T]) Len() int { return c.n }

// Append adds a value.
func (c *Numbers[T]) Append(v T) {
	if c.n == len(c.room) {
		c.grow()
	}
	c.room[c.n] = v
	c.n++
}

func (c *Numbers[T]) grow() {
	if c.buf == nil {
		c.buf = memory.NewResizableBuffer(c.mem)
	}
	c.buf.ResizeNoShrink(8 * max(leastRoom, c.last, 2*c.n))
	c.room = SliceOf[T](c.buf.Bytes())
}

// AppendNull implements Cells.
func (c *Numbers[T]) AppendNull() {
	c.nulls.set(c.n)
	c.Append(0)
}

// SetNull makes value number i, the last, null.
func (c *Numbers[T]) SetNull(i int) {
	c.nulls.set(i)
	c.room[i] = 0
}

// NewArray returns the column and begins anew.
func (c *Numbers[T]) NewArray() arrow.Array {
	if c.buf == nil {
		c.grow()
	}
	c.buf.ResizeNoShrink(8 * c.n)
	arr := made(c.typ, c.n, len(c.nulls), c.nulls.bitmap(c.mem, c.n), c.buf)
	c.buf, c.room, c.n, c.last = nil, nil, 0, c.n
	return arr
}

// Release frees what was not taken by NewArray.
func (c *Numbers[T]) Release() {
	if c.buf != nil {
		c.buf.Release()
	}
	c.buf, c.room, c.n, c.nulls = nil, nil, 0, nil
}

// Texts builds a column of strings.
type Texts struct {
	mem       memory.Allocator
	ends      *memory.Buffer
	ats       []int32 // where values begin, and where the last ends
	text      *memory.Buffer
	room      []byte
	n, used   int
	last, len int // how many values, and bytes of them, the column before had
	nulls     nullRows
}

// Type implements Cells.
func (c *Texts) Type() arrow.DataType { return arrow.BinaryTypes.String }

// Len implements Cells.
func (c *Texts) Len() int { return c.n }

// Append adds a value.
func (c *Texts) Append(text []byte) {
	to := c.used + len(text)
	if c.n+1 >= len(c.ats) || to > len(c.room) {
		c.grow(to)
	}
	copy(c.room[c.used:to], text)
	c.n, c.used = c.n+1, to
	c.ats[c.n] = int32(to)
}

// grow makes room for one more value, which ends at a byte.
func (c *Texts) grow(to int) {
	if c.ends == nil {
		c.ends, c.text = memory.NewResizableBuffer(c.mem), memory.NewResizableBuffer(c.mem)
	}
	if c.n+1 >= len(c.ats) {
		c.ends.ResizeNoShrink(4 * (1 + max(leastRoom, c.last, 2*c.n)))
		if c.ats = SliceOf[int32](c.ends.Bytes()); c.n == 0 {
			c.ats[0] = 0
		}
	}
	if to > len(c.room) || c.room == nil {
		c.text.ResizeNoShrink(max(leastRoom, c.len, to+to/2))
		c.room = c.text.Bytes()
	}
}

// AppendNull implements Cells.
func (c *Texts) AppendNull() {
	c.nulls.set(c.n)
	c.Append(nil)
}

// SetNull makes value number i, the last, null.
func (c *Texts) SetNull(i int) { c.nulls.set(i) }

// NewArray returns the column and begins anew.
func (c *Texts) NewArray() arrow.Array {
	if c.ends == nil {
		c.grow(0)
	}
	c.ends.ResizeNoShrink(4 * (c.n + 1))
	c.text.ResizeNoShrink(c.used)
	arr := made(c.Type(), c.n, len(c.nulls), c.nulls.bitmap(c.mem, c.n), c.ends, c.text)
	*c = Texts{mem: c.mem, last: c.n, len: c.used + c.used/16, nulls: c.nulls}
	return arr
}

// Release frees what was not taken by NewArray.
func (c *Texts) Release() {
	if c.ends != nil {
		c.ends.Release()
		c.text.Release()
	}
	*c = Texts{mem: c.mem}
}

// made is an array of buffers, which it takes over.
func made(t arrow.DataType, n, nulls int, buffers ...*memory.Buffer) arrow.Array {
	data := array.NewData(t, n, buffers, nil, nulls, 0)
	defer data.Release()
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	return array.MakeFromData(data)
}
