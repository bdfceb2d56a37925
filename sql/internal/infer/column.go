package infer

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	sourcetext "leapscore/sources/text"
)

// textColumn is what the values of a column of text have in common.
type textColumn struct {
	may     Kind
	saw     seen
	misfits bool // a value that is not of the wanted type was there
	wanted  *sourcetext.Check
}

func (c *textColumn) see(text []byte) {
	if c.wanted != nil && !c.misfits {
		c.misfits = !c.wanted.Ok(text)
	}
	if c.may == 0 {
		return
	}
	may, saw := kindOf(text)
	c.may &= may
	c.saw |= saw
}

func (c *textColumn) join(other *textColumn) {
	c.may &= other.may
	c.saw |= other.saw
	c.misfits = c.misfits || other.misfits
}

// typ returns the type of the column.
func (c *textColumn) typ() arrow.DataType {
	has := func(saw seen) bool { return c.saw&saw != 0 }
	switch {
	case !has(sawSome):
	case c.may&integer != 0 && !has(sawUnsigned):
		return arrow.PrimitiveTypes.Int64
	case c.may&integer != 0 && !has(sawNegative):
		return arrow.PrimitiveTypes.Uint64
	case c.may&double != 0 && !has(sawLong):
		return arrow.PrimitiveTypes.Float64
	case c.may&boolean != 0:
		return arrow.FixedWidthTypes.Boolean
	case c.may&Date != 0:
		return arrow.FixedWidthTypes.Date32
	case c.may&Time != 0:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	}
	return arrow.BinaryTypes.String
}

// batch looks at the values of an array of text.
func (c *textColumn) batch(arr arrow.Array) {
	if c.may == 0 && (c.wanted == nil || c.misfits) {
		return
	}
	switch a := arr.(type) {
	case *array.String:
		for i := range a.Len() {
			if a.IsValid(i) {
				c.see([]byte(a.Value(i)))
			}
		}
	case *array.Dictionary:
		words := a.Dictionary().(*array.String)
		for i := range a.Len() {
			if a.IsValid(i) {
				c.see([]byte(words.Value(a.GetValueIndex(i))))
			}
		}
	default:
		c.may, c.misfits = 0, true
	}
}
