package format

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// gather collects values of a column from many arrays into one whose bytes depend
// on the values alone: dictionaries are gone, nothing stands behind nulls, and
// there is a validity bitmap if and only if there are nulls.
type gather struct {
	typ   arrow.DataType
	n     int
	nulls int
	valid []byte // bits
	data  []byte // fixed-width values, bits of booleans, text
	offs  []int32
	kids  []*gather
	width int // bytes; 0 for booleans, -1 for what has no values of its own
}

// arrowType is the type as which values of t are gathered.
func arrowType(t arrow.DataType) arrow.DataType {
	inner := func(f arrow.Field) arrow.Field {
		f.Type = arrowType(f.Type)
		return f
	}
	switch t := plainType(t).(type) {
	case *arrow.StructType:
		var fields []arrow.Field
		for _, f := range t.Fields() {
			fields = append(fields, inner(f))
		}
		return arrow.StructOf(fields...)
	case *arrow.MapType:
		key, item := inner(t.KeyField()), inner(t.ItemField())
		m := arrow.MapOfWithMetadata(key.Type, key.Metadata, item.Type, item.Metadata)
		m.SetItemNullable(item.Nullable)
		return m
	case *arrow.ListType:
		return arrow.ListOfField(inner(t.ElemField()))
	case *arrow.LargeListType:
		return arrow.LargeListOfField(inner(t.ElemField()))
	case *arrow.FixedSizeListType:
		return arrow.FixedSizeListOfField(t.Len(), inner(t.ElemField()))
	default:
		return t
	}
}

// newGather returns how to gather values of t, which is an arrowType.
func newGather(t arrow.DataType) (*gather, error) {
	g := &gather{typ: t, width: -1}
	var kids []arrow.DataType
	switch t := t.(type) {
	case *arrow.NullType:
	case *arrow.BooleanType:
		g.width = 0
	case *arrow.StringType, *arrow.BinaryType:
		g.offs = []int32{0}
	case *arrow.StructType:
		for _, f := range t.Fields() {
			kids = append(kids, f.Type)
		}
	case *arrow.FixedSizeListType:
		kids = append(kids, t.Elem())
	case *arrow.ListType, *arrow.MapType:
		g.offs = []int32{0}
		kids = append(kids, t.(arrow.ListLikeType).Elem())
	case *arrow.DayTimeIntervalType, *arrow.MonthIntervalType, *arrow.MonthDayNanoIntervalType:
		return nil, fmt.Errorf("%s is not written as Arrow here", t)
	case arrow.FixedWidthDataType:
		g.width = t.BitWidth() / 8
	default:
		return nil, fmt.Errorf("%s is not written as Arrow here", t)
	}
	for _, k := range kids {
		kid, err := newGather(k)
		if err != nil {
			return nil, err
		}
		g.kids = append(g.kids, kid)
	}
	return g, nil
}

func (g *gather) reset() {
	g.n, g.nulls = 0, 0
	g.valid, g.data = g.valid[:0], g.data[:0]
	if g.offs != nil {
		g.offs = g.offs[:1]
	}
	for _, k := range g.kids {
		k.reset()
	}
}

func (g *gather) size() int64 {
	size := int64(len(g.valid) + len(g.data) + 4*len(g.offs))
	for _, k := range g.kids {
		size += k.size()
	}
	return size
}

// bit appends a bit to b, which holds n of them.
func bit(b []byte, n int, set bool) []byte {
	if n&7 == 0 {
		b = append(b, 0)
	}
	if set {
		b[n>>3] |= 1 << (n & 7)
	}
	return b
}

// append adds values from lo to before hi of arr.
func (g *gather) append(arr arrow.Array, lo, hi int) error {
	if ext, ok := arr.(array.ExtensionArray); ok {
		return g.append(ext.Storage(), lo, hi)
	}
	if g.typ.ID() == arrow.NULL {
		g.n += hi - lo
		g.nulls += hi - lo
		return nil
	}
	for from := lo; from < hi; {
		null := arr.IsNull(from)
		to := from + 1
		for to < hi && arr.IsNull(to) == null {
			to++
		}
		if null {
			g.empty(to-from, true)
		} else if err := g.values(arr, from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// mark notes k values as null or not.
func (g *gather) mark(k int, null bool) {
	if null && g.nulls == 0 { // all so far are valid
		for i := range g.n {
			g.valid = bit(g.valid, i, true)
		}
	}
	if null {
		g.nulls += k
	}
	if g.nulls > 0 {
		for i := range k {
			g.valid = bit(g.valid, g.n+i, !null)
		}
	}
	g.n += k
}

// empty adds k values that are null, or zero.
func (g *gather) empty(k int, null bool) {
	for i := range k {
		switch {
		case g.width == 0:
			g.data = bit(g.data, g.n+i, false)
		case g.offs != nil:
			g.offs = append(g.offs, g.offs[len(g.offs)-1])
		}
	}
	if g.width > 0 {
		g.data = append(g.data, make([]byte, k*g.width)...)
	}
	switch t := g.typ.(type) {
	case *arrow.StructType:
		for i, kid := range g.kids {
			kid.empty(k, t.Field(i).Nullable)
		}
	case *arrow.FixedSizeListType:
		g.kids[0].empty(k*int(t.Len()), t.ElemField().Nullable)
	}
	g.mark(k, null || g.typ.ID() == arrow.NULL)
}

// values adds values that are not null.
func (g *gather) values(arr arrow.Array, lo, hi int) error {
	switch a := arr.(type) {
	case *array.Boolean:
		for i := lo; i < hi; i++ {
			g.data = bit(g.data, g.n+i-lo, a.Value(i))
		}
	case *array.Struct:
		for i, kid := range g.kids {
			if err := kid.append(a.Field(i), lo, hi); err != nil {
				return err
			}
		}
	case *array.FixedSizeList:
		from, _ := a.ValueOffsets(lo)
		_, to := a.ValueOffsets(hi - 1)
		if err := g.kids[0].append(a.ListValues(), int(from), int(to)); err != nil {
			return err
		}
	case array.ListLike:
		if err := g.lists(a, lo, hi); err != nil {
			return err
		}
	default:
		if g.offs != nil {
			if err := g.texts(arr, lo, hi); err != nil {
				return err
			}
			break
		}
		at := arr.Data().Offset()
		g.data = append(g.data, arr.Data().Buffers()[1].Bytes()[(at+lo)*g.width:(at+hi)*g.width]...)
	}
	g.mark(hi-lo, false)
	return nil
}

func (g *gather) lists(a array.ListLike, lo, hi int) error {
	from, _ := a.ValueOffsets(lo)
	base := int64(g.offs[len(g.offs)-1]) - from
	_, end := a.ValueOffsets(hi - 1)
	if base+end > math.MaxInt32 {
		return errArrowSize
	}
	for i := lo; i < hi; i++ {
		_, to := a.ValueOffsets(i)
		g.offs = append(g.offs, int32(base+to))
	}
	return g.kids[0].append(a.ListValues(), int(from), int(end))
}

func (g *gather) texts(arr arrow.Array, lo, hi int) error {
	text := textsOf(arr)
	switch a := arr.(type) {
	case *array.Binary:
		text = a.Value
	case *array.LargeBinary:
		text = a.Value
	}
	if text == nil {
		return fmt.Errorf("found %s, want %s", arr.DataType(), g.typ)
	}
	for i := lo; i < hi; i++ {
		g.data = append(g.data, text(i)...)
		if len(g.data) > math.MaxInt32 {
			return errArrowSize
		}
		g.offs = append(g.offs, int32(len(g.data)))
	}
	return nil
}

var errArrowSize = fmt.Errorf("more than 2 GiB in a record batch")

// array returns the values, which stay valid until reset.
func (g *gather) array() arrow.Array {
	data := g.arrayData()
	defer data.Release()
	return array.MakeFromData(data)
}

func (g *gather) arrayData() arrow.ArrayData {
	var valid *memory.Buffer
	if g.nulls > 0 && g.typ.ID() != arrow.NULL {
		valid = memory.NewBufferBytes(g.valid)
	}
	bufs := []*memory.Buffer{valid}
	if g.offs != nil {
		bufs = append(bufs, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(g.offs)))
	}
	if g.width >= 0 || g.offs != nil && len(g.kids) == 0 {
		bufs = append(bufs, memory.NewBufferBytes(g.data))
	}
	var kids []arrow.ArrayData
	for _, k := range g.kids {
		kids = append(kids, k.arrayData())
	}
	data := array.NewData(g.typ, g.n, bufs, kids, g.nulls, 0)
	for _, k := range kids {
		k.Release()
	}
	return data
}
