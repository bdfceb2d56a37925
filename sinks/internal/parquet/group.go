package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Group collects the rows of one row group. It is used by one goroutine at a
// time.
type Group struct {
	schema  *Schema
	columns []*column
	rows    int
	spans   []span
}

// NewGroup returns an empty group.
func (s *Schema) NewGroup() *Group {
	g := &Group{schema: s}
	for _, l := range s.leaves {
		g.columns = append(g.columns, newColumn(l))
	}
	return g
}

// FixedRows reports whether no row can be large: there are no strings or lists.
func (s *Schema) FixedRows() bool { return s.fixed }

// Append copies the rows from lo to before hi of rec. After an error the group is of
// no use.
func (g *Group) Append(rec arrow.Record, lo, hi int) error {
	return g.AppendSpans(rec, []int{lo, hi})
}

// AppendSpans copies rows of rec: those from ends[0] to before ends[1], from
// ends[2] to before ends[3] and so on. After an error the group is of no use.
func (g *Group) AppendSpans(rec arrow.Record, ends []int) error {
	if int(rec.NumCols()) != len(g.schema.columns) {
		return fmt.Errorf("%d columns, want %d", rec.NumCols(), len(g.schema.columns))
	}
	st := stripe{spans: g.spans[:0]}
	for i := 0; i < len(ends); i += 2 {
		if ends[i] < ends[i+1] {
			st.spans = append(st.spans, span{ends[i], ends[i+1]})
			st.n += ends[i+1] - ends[i]
		}
	}
	g.spans = st.spans
	if st.n == 0 {
		return nil
	}
	for i, n := range g.schema.columns {
		if err := g.descend(n, rec.Column(i), st); err != nil {
			return fmt.Errorf("column %q: %w", n.name, err)
		}
	}
	g.rows += st.n
	return nil
}

// Merge moves the rows of o behind those of g. o is of no use afterwards.
func (g *Group) Merge(o *Group) {
	for i, c := range g.columns {
		c.merge(o.columns[i])
	}
	g.rows += o.rows
}

// Rows returns the number of rows.
func (g *Group) Rows() int { return g.rows }

// Size returns about how many bytes the rows take, before compression. It
// depends on the rows only.
func (g *Group) Size() int64 {
	size := int64(0)
	for _, c := range g.columns {
		size += int64(len(c.def)+len(c.rep)) + c.values.size()
	}
	return size
}

// column holds the rows of one leaf.
type column struct {
	leaf   *leaf
	def    []uint8 // empty if maxDef is 0
	rep    []uint8 // empty if maxRep is 0
	nulls  int     // entries without a value
	values values
}

// values are the values of a leaf that are not null.
type values interface {
	// append copies the values of arr that spans name. valid is its validity
	// bitmap from bit offset on, or nil; values that are null are left out.
	append(arr arrow.Array, spans []span, valid bitmap)
	merge(values)
	len() int
	size() int64
	reset()

	// finish chooses the encoding, once all values are there. The methods
	// below come after it.
	finish(sc *scratch)
	// dictionary returns the content of the dictionary page and the number of
	// its entries, which is 0 if there is no dictionary.
	dictionary() ([]byte, int)
	// page returns the last value, and one, of a page from lo on.
	page(lo int) (hi int)
	// data appends the encoded values from lo to before hi to dst.
	data(dst []byte, lo, hi int, sc *scratch) ([]byte, error)
	bounds() bounds
}

func newColumn(l *leaf) *column {
	c := &column{leaf: l}
	p := &l.physical
	switch p.kind {
	case nullValue:
		c.values = noValues{}
	case boolValue:
		c.values = &boolValues{}
	case word32:
		c.values = &wordValues[uint32]{physical: p}
	case word64:
		c.values = &wordValues[uint64]{physical: p}
	case bytesValue:
		c.values = &byteValues{text: p.text}
	case arrayValue:
		c.values = &arrayValues{physical: p}
	}
	return c
}

func (c *column) reset() {
	c.def, c.rep, c.nulls = c.def[:0], c.rep[:0], 0
	c.values.reset()
}

func (c *column) merge(o *column) {
	if _, vectors := o.values.(*vectorValues); vectors && c.values.len()+c.nulls == 0 {
		c.values = &vectorValues{}
	}
	c.def = extend(c.def, o.def)
	c.rep = extend(c.rep, o.rep)
	c.nulls += o.nulls
	c.values.merge(o.values)
}

// append adds what arrives at the leaf n.
func (c *column) append(n *node, arr arrow.Array, st stripe) error {
	arr, release, err := n.readable(arr)
	if err != nil {
		return err
	}
	defer release()
	valid := validity(arr)
	if err := c.leaf.physical.checkDigits(arr, st.spans); err != nil {
		return err
	}
	if arr.DataType().ID() == arrow.NULL {
		valid = bitmap{bits: make([]byte, (arr.Len()+7)/8)}
	}
	if valid.bits != nil && !n.optional {
		for _, s := range st.spans {
			if valid.count(s) < s.hi-s.lo {
				return errNull
			}
		}
		valid = bitmap{} // the nulls are where a struct or list above is null
	}
	if c.leaf.maxDef > 0 {
		c.appendDefs(st, valid)
	}
	if v, ok := c.values.(*vectorValues); ok {
		if len(v.rows) > 0 {
			return mismatch(n, arr)
		}
		c.values = &wordValues[uint64]{physical: &c.leaf.physical}
	}
	if c.leaf.maxRep > 0 {
		if st.rep == nil {
			c.rep = grow(c.rep, st.n)
			clear(c.rep[len(c.rep)-st.n:])
		} else {
			c.rep = extend(c.rep, st.rep)
		}
	}
	c.values.append(arr, st.spans, valid)
	return nil
}

// appendDefs adds the definition levels of a stripe.
func (c *column) appendDefs(st stripe, valid bitmap) {
	top := c.leaf.maxDef
	base := len(c.def)
	c.def = grow(c.def, st.n)
	def := c.def[base:]
	switch {
	case valid.bits == nil && st.def == nil:
		fill(def, top)
	case st.def == nil: // all live, so positions follow the spans
		at := 0
		for _, s := range st.spans {
			at += valid.levels(def[at:], s, top-1)
		}
		c.nulls += count(def, top-1)
	case valid.bits == nil: // what is not live has ended above
		for i, d := range st.def {
			if d == live {
				d = top
			} else {
				c.nulls++
			}
			def[i] = d
		}
	default:
		copy(def, st.def)
		st.each(func(pos, i int) {
			def[pos] = top
			if valid.bits != nil {
				def[pos] = top - 1 + valid.at(i)
			}
		})
		c.nulls += st.n - count(def, top)
	}
}

func count(levels []uint8, v uint8) int {
	n := 0
	for _, l := range levels {
		if l == v {
			n++
		}
	}
	return n
}

// readable checks that arr holds what n wants, and returns it in a form that
// the leaf's values can read.
func (n *node) readable(arr arrow.Array) (arrow.Array, func(), error) {
	nothing := func() {}
	if d, ok := arr.(*array.Dictionary); ok && n.leaf.physical.kind == bytesValue {
		if !n.accepts(d.Dictionary().DataType()) {
			return nil, nil, mismatch(n, arr)
		}
		if d.Dictionary().NullN() > 0 {
			plain := decodeDictionary(d)
			return plain, plain.Release, nil
		}
		return arr, nothing, nil
	}
	if !n.accepts(arr.DataType()) {
		return nil, nil, mismatch(n, arr)
	}
	return arr, nothing, nil
}

func (n *node) accepts(t arrow.DataType) bool {
	p := &n.leaf.physical
	switch t.ID() {
	case arrow.STRING, arrow.LARGE_STRING:
		return p.kind == bytesValue && p.text
	case arrow.BINARY, arrow.LARGE_BINARY:
		return p.kind == bytesValue && !p.text
	}
	return arrow.TypeEqual(t, n.typ)
}
