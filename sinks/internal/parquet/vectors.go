package parquet

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// vectorValues holds a column of lists of doubles that arrives as vectors, which
// may be sparse. A sparse row takes what it stores and no more, here and in the
// file, where runs of zeros are run lengths. So a column of a million positions
// costs what is in it.
type vectorValues struct {
	rows    []vectorRow
	indices []int32  // of what sparse rows store
	values  []uint64 // bits of what all rows store
	total   int      // values in the file, zeros included

	// After finish, if a dictionary pays:
	table doubleTable
	codes []int32 // of values
	zero  int32   // code of the zeros that no row stores
}

// vectorRow is one list. Its size is nullSize if there is none.
type vectorRow struct {
	size, stored int32
	sparse       bool
}

const nullSize = -1

// entries is how many levels a row has: one for a null or empty list.
func (r vectorRow) entries() int { return max(1, int(r.size)) }

func (v *vectorValues) len() int { return v.total }

// size counts four bytes for each value, zeros included: readers make arrays of
// them, so that row groups must not hold too many.
func (v *vectorValues) size() int64 {
	return 4*int64(v.total) + 12*int64(len(v.rows)) + 8*int64(len(v.values)) + 4*int64(len(v.indices))
}

func (v *vectorValues) reset() {
	v.rows, v.indices, v.values, v.total = v.rows[:0], v.indices[:0], v.values[:0], 0
	v.table, v.codes = doubleTable{}, v.codes[:0]
}

func (v *vectorValues) merge(o values) {
	from, ok := o.(*vectorValues)
	if !ok { // of an empty block
		return
	}
	v.rows = extend(v.rows, from.rows)
	v.indices = extend(v.indices, from.indices)
	v.values = extend(v.values, from.values)
	v.total += from.total
}

// append is not called: vectors arrive at the list and not at its leaf.
func (v *vectorValues) append(arrow.Array, []span, bitmap) {}

// takesVectors reports whether n is a list of doubles, so that vectors may come in
// its place.
func (n *node) takesVectors(arr arrow.Array, st stripe) bool {
	if n.kind != listKind || n.typ.ID() != arrow.LIST || st.def != nil || st.rep != nil {
		return false
	}
	s, ok := arr.(*array.Struct)
	return ok && n.children[0].leaf != nil && n.children[0].leaf.typ.ID() == arrow.FLOAT64 && s.NumField() == 4
}

// vectors appends rows of arr, which is laid out as Spark's VectorUDT, to the lists
// of n.
func (g *Group) vectors(n *node, arr *array.Struct, st stripe) error {
	c := g.columns[n.children[0].leaf.index]
	v, ok := c.values.(*vectorValues)
	if !ok {
		if c.values.len()+c.nulls > 0 {
			return mismatch(n, arr)
		}
		v = &vectorValues{}
		c.values = v
	}
	from, ok := vectorsIn(arr)
	if !ok {
		return mismatch(n, arr)
	}
	for _, s := range st.spans {
		if arr.NullN() == 0 {
			c.nulls += v.add(from, s)
			continue
		}
		for i := s.lo; i < s.hi; i++ {
			if arr.IsValid(i) {
				c.nulls += v.add(from, span{i, i + 1})
				continue
			}
			if !n.optional {
				return errNull
			}
			c.nulls++
			v.rows = append(v.rows, vectorRow{size: nullSize})
		}
	}
	return nil
}

// vectorColumn is the content of an array of vectors.
type vectorColumn struct {
	dense            []int8
	sizes            []int32
	idxEnds, valEnds []int32
	indices          []int32
	values           []uint64
}

func vectorsIn(arr *array.Struct) (c vectorColumn, ok bool) {
	if arr.Len() == 0 {
		return c, true
	}
	dense, okDense := arr.Field(0).(*array.Int8)
	sizes, okSizes := arr.Field(1).(*array.Int32)
	idx, okIdx := arr.Field(2).(*array.List)
	val, okVal := arr.Field(3).(*array.List)
	if !okDense || !okSizes || !okIdx || !okVal {
		return c, false
	}
	return vectorColumn{
		dense: dense.Int8Values(), sizes: sizes.Int32Values(),
		idxEnds: arrow.GetOffsets[int32](idx.Data(), 1), valEnds: arrow.GetOffsets[int32](val.Data(), 1),
		indices: idx.ListValues().(*array.Int32).Int32Values(),
		values:  arrow.GetValues[uint64](val.ListValues().Data(), 1),
	}, true
}

// add appends the vectors of s, none of which is null, and returns how many of them
// are empty.
func (v *vectorValues) add(from vectorColumn, s span) (empty int) {
	base := len(v.rows)
	v.rows = grow(v.rows, s.hi-s.lo)
	total := 0
	for i := s.lo; i < s.hi; i++ {
		size := from.sizes[i]
		v.rows[base+i-s.lo] = vectorRow{size: size, stored: from.valEnds[i+1] - from.valEnds[i], sparse: from.dense[i] == 0}
		total += int(size)
		if size == 0 {
			empty++
		}
	}
	v.total += total
	// A dense vector has no indices.
	v.indices = extend(v.indices, from.indices[from.idxEnds[s.lo]:from.idxEnds[s.hi]])
	v.values = extend(v.values, from.values[from.valEnds[s.lo]:from.valEnds[s.hi]])
	return empty
}

// finish looks for a dictionary. Where most values are zeros it may be of any size,
// since what it saves is the zeros.
func (v *vectorValues) finish(*scratch) {
	zeros := v.total - len(v.values)
	limit := v.total
	if zeros < len(v.values) {
		limit = min(maxNumbers, max(v.total/4, 1))
	}
	v.table, v.codes = doubleTable{}, v.codes[:0]
	if !v.encode(limit, zeros > 0) {
		v.table = doubleTable{}
		return
	}
	n := len(v.table.dict)
	coded := 8*n + len(v.values)*(indexBits(n)/8+1) + len(v.indices)*(indexBits(n)+6)
	if v.total < 2 || coded > 6*v.total {
		v.table = doubleTable{}
	}
}

// encode looks up the codes of all values, unless there are too many different
// ones.
func (v *vectorValues) encode(limit int, zeros bool) bool {
	if zeros {
		v.zero = v.table.code(0)
	}
	sample := min(dictionarySample, len(v.values))
	if !v.look(v.values[:sample], limit) {
		return false
	}
	if sample == dictionarySample && limit <= maxNumbers && len(v.table.dict) > dictionarySample/2 {
		return false
	}
	return v.look(v.values[sample:], limit)
}

// look appends the codes of values, and reports whether the table has up to limit
// entries then.
func (v *vectorValues) look(values []uint64, limit int) bool {
	base := len(v.codes)
	v.codes = grow(v.codes, len(values))
	for i, x := range values {
		v.codes[base+i] = v.table.code(x)
		if len(v.table.dict) > limit {
			return false
		}
	}
	return true
}

func (v *vectorValues) dictionary() ([]byte, int) {
	return arrow.GetBytes(v.table.dict), len(v.table.dict)
}

// page and data are not called: pages are made of rows, by vectorPages.
func (v *vectorValues) page(int) int { return v.total }
func (v *vectorValues) data(dst []byte, _, _ int, _ *scratch) ([]byte, error) {
	return dst, nil
}

func (v *vectorValues) bounds() bounds {
	all := v.values
	if len(v.table.dict) > 0 {
		all = v.table.dict
	} else if v.total > len(v.values) {
		all = append(all[:len(all):len(all)], 0)
	}
	if len(all) == 0 {
		return bounds{}
	}
	return floatBounds(all)
}

// cursor is a place among the rows of a column.
type cursor struct{ row, index, value int }

// maxVectorPage is how many values, zeros included, go into one page of codes. A
// page has at least one row.
const maxVectorPage = 1 << 20

// vectorPages appends the data pages of c and returns their number.
func (e *Encoder) vectorPages(m *columnMetaData, c *column, v *vectorValues, header func(entries int) pageHeader) (int, error) {
	limit := pageSize / 8
	if len(v.table.dict) > 0 {
		limit = maxVectorPage
	}
	pages := 0
	for from := (cursor{}); from.row < len(v.rows); pages++ {
		entries, to := 0, from.row
		for to < len(v.rows) && (entries == 0 || entries+v.rows[to].entries() <= limit) {
			entries += v.rows[to].entries()
			to++
		}
		body := c.vectorLevels(e.scratch.body[:0], v.rows[from.row:to])
		if len(v.table.dict) > 0 {
			body, from = v.coded(body, from, to)
		} else {
			body, from = v.plain(body, from, to)
		}
		e.scratch.body = body
		if err := e.page(m, header(entries), body); err != nil {
			return 0, err
		}
	}
	return pages, nil
}

// vectorLevels appends the levels of rows, each behind its length in bytes.
func (c *column) vectorLevels(dst []byte, rows []vectorRow) []byte {
	rep := hybrid{out: dst, width: 1}
	rep.begin()
	for _, r := range rows {
		rep.run(0, 1)
		rep.run(1, r.entries()-1)
	}
	top := int32(c.leaf.maxDef)
	def := hybrid{out: rep.end(), width: uint(indexBits(int(top) + 1))}
	def.begin()
	empty := top - 1 // the list is there, an element is not
	if c.leaf.optional {
		empty--
	}
	for _, r := range rows {
		switch r.size {
		case nullSize:
			def.run(empty-1, 1)
		case 0:
			def.run(empty, 1)
		default:
			def.run(top, int(r.size))
		}
	}
	return def.end()
}

// coded appends the codes of the rows from from to before row to.
func (v *vectorValues) coded(dst []byte, from cursor, to int) ([]byte, cursor) {
	width := max(1, indexBits(len(v.table.dict)))
	h := hybrid{out: append(dst, byte(width)), width: uint(width)}
	for ; from.row < to; from.row++ {
		r := v.rows[from.row]
		codes := v.codes[from.value : from.value+int(r.stored)]
		if !r.sparse {
			for _, code := range codes {
				h.run(code, 1)
			}
			from.value += len(codes)
			continue
		}
		next := int32(0)
		for k, at := range v.indices[from.index : from.index+int(r.stored)] {
			h.run(v.zero, int(at-next))
			h.run(codes[k], 1)
			next = at + 1
		}
		h.run(v.zero, int(r.size-next))
		from.index += len(codes)
		from.value += len(codes)
	}
	h.close()
	return h.out, from
}

// plain appends the values of the rows from from to before row to.
func (v *vectorValues) plain(dst []byte, from cursor, to int) ([]byte, cursor) {
	for ; from.row < to; from.row++ {
		r := v.rows[from.row]
		values := v.values[from.value : from.value+int(r.stored)]
		from.value += len(values)
		if !r.sparse {
			dst = extend(dst, arrow.GetBytes(values))
			continue
		}
		base := len(dst)
		dst = grow(dst, 8*int(r.size))
		clear(dst[base:])
		for k, at := range v.indices[from.index : from.index+int(r.stored)] {
			binary.LittleEndian.PutUint64(dst[base+8*int(at):], values[k])
		}
		from.index += len(values)
	}
	return dst, from
}

// doubleTable is a hash table from the bits of doubles to their codes, which count
// from 0 in the order in which they come.
type doubleTable struct {
	slots []int32 // code plus one, or 0; open addressing
	dict  []uint64
	shift uint
}

func (t *doubleTable) code(x uint64) int32 {
	if 2*(len(t.dict)+1) > len(t.slots) {
		t.enlarge()
	}
	at := t.slot(x)
	if t.slots[at] == 0 {
		t.dict = append(t.dict, x)
		t.slots[at] = int32(len(t.dict))
	}
	return t.slots[at] - 1
}

// slot returns where x is, or would be.
func (t *doubleTable) slot(x uint64) uint64 {
	mask := uint64(len(t.slots) - 1)
	at := x * 0x9E3779B97F4A7C15 >> t.shift
	for t.slots[at] != 0 && t.dict[t.slots[at]-1] != x {
		at = (at + 1) & mask
	}
	return at
}

func (t *doubleTable) enlarge() {
	n := max(1<<10, 2*len(t.slots))
	t.slots = make([]int32, n)
	t.shift = uint(64 - indexBits(n))
	for i, x := range t.dict {
		t.slots[t.slot(x)] = int32(i + 1)
	}
}
