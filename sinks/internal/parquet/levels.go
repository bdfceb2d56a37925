package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// span is a range of indices into an Arrow array.
type span struct{ lo, hi int }

// live is the definition level, while it is not known yet, of an entry that
// still has a value at the node under way.
const live = 0xFF

// stripe is what of some rows arrives at a node on the way down to a leaf: one
// entry for each value, null or empty list so far. Entries that are live
// stand, in order, for the indices of spans. Stripes are shared between the
// fields of a struct, so they are not changed.
type stripe struct {
	n     int
	def   []uint8 // nil: all live
	rep   []uint8 // nil: all zero
	spans []span
}

// each calls fn with the position of each live entry and its array index.
func (st *stripe) each(fn func(pos, index int)) {
	pos := 0
	for _, s := range st.spans {
		for i := s.lo; i < s.hi; i++ {
			if st.def != nil {
				for st.def[pos] != live {
					pos++
				}
			}
			fn(pos, i)
			pos++
		}
	}
}

// defs returns a copy of the definition levels that may be changed.
func (st *stripe) defs() []uint8 {
	def := make([]uint8, st.n)
	if st.def == nil {
		fill(def, live)
	} else {
		copy(def, st.def)
	}
	return def
}

func fill(b []uint8, v uint8) {
	if len(b) == 0 {
		return
	}
	b[0] = v
	for n := 1; n < len(b); n *= 2 {
		copy(b[n:], b[:n])
	}
}

// descend takes what arrives at n down to the leaves below it.
func (g *Group) descend(n *node, arr arrow.Array, st stripe) error {
	if ext, ok := arr.(array.ExtensionArray); ok {
		arr = ext.Storage()
	}
	if n.kind == leafKind {
		return g.columns[n.leaf.index].append(n, arr, st)
	}
	if n.takesVectors(arr, st) {
		return g.vectors(n, arr.(*array.Struct), st)
	}
	if arr.DataType().ID() != n.typ.ID() {
		return mismatch(n, arr)
	}
	st, err := n.dropNulls(arr, st)
	if err != nil {
		return err
	}
	switch a := arr.(type) {
	case *array.Struct:
		if a.NumField() != len(n.children) {
			return mismatch(n, arr)
		}
		for i, child := range n.children {
			if err := g.descend(child, a.Field(i), st); err != nil {
				return err
			}
		}
		return nil
	case *array.Map:
		entries := a.ListValues().(*array.Struct) // unlike Keys and Items, with its offset
		st = n.expand(a, st)
		if err := g.descend(n.children[0], entries.Field(0), st); err != nil {
			return err
		}
		return g.descend(n.children[1], entries.Field(1), st)
	case array.ListLike:
		return g.descend(n.children[0], a.ListValues(), n.expand(a, st))
	}
	return mismatch(n, arr)
}

// dropNulls ends the entries that are null at n.
func (n *node) dropNulls(arr arrow.Array, st stripe) (stripe, error) {
	if arr.NullN() == 0 {
		return st, nil
	}
	valid := validity(arr)
	def := st.defs()
	var spans []span
	nulls := 0
	st.each(func(pos, i int) {
		switch {
		case valid.at(i) == 0:
			def[pos] = n.def - 1
			nulls++
		case len(spans) > 0 && spans[len(spans)-1].hi == i:
			spans[len(spans)-1].hi++
		default:
			spans = append(spans, span{i, i + 1})
		}
	})
	if nulls > 0 && !n.optional {
		return st, errNull
	}
	return stripe{n: st.n, def: def, rep: st.rep, spans: spans}, nil
}

// expand replaces each live entry by one for each element of its list; an empty
// list leaves one entry that ends here.
func (n *node) expand(lists array.ListLike, st stripe) stripe {
	switch lists.(type) {
	case *array.List, *array.Map:
		if st.def == nil && len(st.spans) > 0 {
			return expandAll(n, arrow.GetOffsets[int32](lists.Data(), 1), st)
		}
	case *array.LargeList:
		if st.def == nil && len(st.spans) > 0 {
			return expandAll(n, arrow.GetOffsets[int64](lists.Data(), 1), st)
		}
	}
	return n.expandSome(lists, st)
}

// expandAll is expand where all entries are live: the elements of a span are a span,
// and nearly all levels are the same.
func expandAll[O int32 | int64](n *node, offsets []O, st stripe) stripe {
	total, empty := 0, 0
	out := stripe{}
	for _, s := range st.spans {
		for i := s.lo; i < s.hi; i++ {
			if offsets[i] == offsets[i+1] {
				empty++
			}
		}
		lo, hi := int(offsets[s.lo]), int(offsets[s.hi])
		total += hi - lo
		out.addSpan(lo, hi)
	}
	out.n = total + empty
	out.rep = make([]uint8, out.n)
	fill(out.rep, n.rep)
	if empty > 0 {
		out.def = make([]uint8, out.n)
		fill(out.def, live)
	}
	from, to := 0, 0 // entries done of st and out
	for _, s := range st.spans {
		for i := s.lo; i < s.hi; i++ {
			out.rep[to] = st.repAt(from)
			from++
			elements := int(offsets[i+1] - offsets[i])
			if elements == 0 {
				out.def[to] = n.def
				elements = 1
			}
			to += elements
		}
	}
	return out
}

// addSpan adds the indices from lo to before hi.
func (st *stripe) addSpan(lo, hi int) {
	last := len(st.spans) - 1
	switch {
	case lo == hi:
	case last >= 0 && st.spans[last].hi == lo:
		st.spans[last].hi = hi
	default:
		st.spans = append(st.spans, span{lo, hi})
	}
}

// expandSome is expand entry by entry.
func (n *node) expandSome(lists array.ListLike, st stripe) stripe {
	total, empty := st.n, 0
	st.each(func(_, i int) {
		lo, hi := lists.ValueOffsets(i)
		total += int(hi-lo) - 1
		if lo == hi {
			total++
			empty++
		}
	})
	out := stripe{n: total, rep: make([]uint8, total)}
	if st.def != nil || empty > 0 {
		out.def = make([]uint8, total)
	}
	from, to := 0, 0 // entries done of st and out
	ended := func(pos int) {
		for ; from < pos; from++ {
			out.def[to] = st.def[from]
			out.rep[to] = st.repAt(from)
			to++
		}
	}
	st.each(func(pos, i int) {
		ended(pos)
		lo, hi := lists.ValueOffsets(i)
		out.rep[to] = st.repAt(pos)
		from++
		if lo == hi {
			out.def[to] = n.def
			to++
			return
		}
		end := to + int(hi-lo)
		if out.def != nil {
			fill(out.def[to:end], live)
		}
		fill(out.rep[to+1:end], n.rep)
		to = end
		out.addSpan(int(lo), int(hi))
	})
	ended(st.n)
	return out
}

func (st *stripe) repAt(pos int) uint8 {
	if st.rep == nil {
		return 0
	}
	return st.rep[pos]
}

func mismatch(n *node, arr arrow.Array) error {
	return fmt.Errorf("found %s, want %s", arr.DataType(), n.typ)
}

var errNull = fmt.Errorf("null in a column that is declared as never null")
