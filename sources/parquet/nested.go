package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sources/internal/scan"
)

// levelsRead holds the levels of a nested leaf: those of the page that are
// not taken yet, and those of the batch being read. Levels that the schema
// does not have are all zero.
type levelsRead struct {
	pageReps, pageDefs []byte // one byte each
	at                 int    // entries of the page taken
	reps, defs         []byte // of the batch
}

func (l *levelsRead) release() {
	scan.Buffers.Put(l.pageReps)
	scan.Buffers.Put(l.pageDefs)
	*l = levelsRead{}
}

// beginLevels prepares the levels of a page. A flat column decodes
// its levels when they are needed.
func (c *chunkReader) beginLevels(n int, reps, defs []byte) error {
	if !c.nested {
		c.page.def.reset(defs, 1)
		return nil
	}
	l := &c.levels
	l.at = 0
	var err error
	if l.pageReps, err = decodeLevels(l.pageReps, reps, n, c.leaf.maxRep); err != nil {
		return err
	}
	l.pageDefs, err = decodeLevels(l.pageDefs, defs, n, c.leaf.maxDef)
	return err
}

// readLevels takes the next n rows: their levels into c.levels, their values
// into the sink.
func (c *chunkReader) readLevels(n int) error {
	c.beginBatch(n)
	l := &c.levels
	l.reps, l.defs = l.reps[:0], l.defs[:0]
	for rows := 0; ; {
		if c.page.left == 0 {
			// The end of the chunk ends its last row; otherwise a row may go
			// on in the next page.
			if rows == n && !c.more() {
				return nil
			}
			if err := c.nextPage(nil); err != nil {
				return err
			}
		}
		reps := l.pageReps[l.at : l.at+c.page.left]
		if rows == 0 && reps[0] != 0 {
			return fmt.Errorf("a row begins with repetition level %d, want 0", reps[0])
		}
		k, begun := rowsEnd(reps, n-rows)
		rows += begun
		defs := l.pageDefs[l.at : l.at+k]
		l.reps = append(l.reps, reps[:k]...)
		l.defs = append(l.defs, defs...)
		if err := c.take(countByte(defs, c.leaf.maxDef)); err != nil {
			return err
		}
		l.at += k
		c.page.left -= k
		if c.page.left > 0 {
			return nil
		}
	}
}

// assembler builds Arrow arrays from the levels of the leaves below a
// column. All leaves have read the same rows.
type assembler struct {
	mem    memory.Allocator
	leaves map[*leaf]*chunkReader
}

// build returns the array of node n, one slot for each entry that begins one.
func (a *assembler) build(n *node) (arrow.ArrayData, error) {
	if n.isLeaf {
		return a.buildLeaf(n)
	}
	l := &a.leaves[n.leaf].levels
	valid := validity{mem: a.mem}
	defer valid.release()
	if n.slotDef == 0 && n.rep == 0 {
		valid.total = countByte(l.reps, 0)
	} else {
		for i, d := range l.defs {
			if l.reps[i] <= n.rep && d >= n.slotDef {
				valid.total++
			}
		}
	}
	if _, ok := n.field.Type.(*arrow.StructType); ok {
		return a.buildStruct(n, l, &valid)
	}
	return a.buildList(n, l, &valid)
}

func (a *assembler) buildLeaf(n *node) (arrow.ArrayData, error) {
	c := a.leaves[n.leaf]
	valid := validity{mem: a.mem}
	defer valid.release()
	valid.total = countFrom(c.levels.defs, n.slotDef, n.leaf.maxDef)
	for i := 0; i < len(c.levels.defs); {
		// Levels come in long stretches of the same, mostly all set.
		d, from := c.levels.defs[i], i
		i += stretch(c.levels.defs[i:], d)
		switch {
		case d < n.slotDef:
		case d == n.leaf.maxDef:
			valid.ones(i - from)
		default:
			valid.zeros(i - from)
		}
	}
	return c.finish(valid.total, &valid)
}

func (a *assembler) buildStruct(n *node, l *levelsRead, valid *validity) (arrow.ArrayData, error) {
	for i, d := range l.defs {
		if l.reps[i] > n.rep || d < n.slotDef {
			continue
		}
		if d >= n.def {
			valid.ones(1)
		} else {
			valid.zeros(1)
		}
	}
	var kids []arrow.ArrayData
	defer func() {
		for _, k := range kids {
			k.Release()
		}
	}()
	for _, c := range n.children {
		k, err := a.build(c)
		if err != nil {
			return nil, err
		}
		kids = append(kids, k)
		if k.Len() != valid.total {
			return nil, fmt.Errorf("struct %s: %d values of field %s, want %d", n.field.Name, k.Len(), c.field.Name, valid.total)
		}
	}
	return array.NewData(n.field.Type, valid.total, []*memory.Buffer{valid.buf}, kids, valid.nulls, 0), nil
}

func (a *assembler) buildList(n *node, l *levelsRead, valid *validity) (arrow.ArrayData, error) {
	offs := memory.NewResizableBuffer(a.mem)
	defer offs.Release()
	offs.Resize(4 * (valid.total + 1))
	elems, err := n.cutLists(l, scan.SliceOf[int32](offs.Bytes()), valid)
	if err != nil {
		return nil, err
	}
	kid, err := a.build(n.children[0])
	if err != nil {
		return nil, err
	}
	defer kid.Release()
	if kid.Len() != elems {
		return nil, fmt.Errorf("list %s: %d elements, want %d", n.field.Name, kid.Len(), elems)
	}
	return array.NewData(n.field.Type, valid.total, []*memory.Buffer{valid.buf, offs}, []arrow.ArrayData{kid}, valid.nulls, 0), nil
}

// cutLists writes where each list of n begins, and the end of the last, and returns
// the number of elements.
func (n *node) cutLists(l *levelsRead, dst []int32, valid *validity) (elems int, err error) {
	slot, seen := 0, 0
	for i := 0; i < len(l.defs); i++ {
		if slot > 0 { // elements that are set and go on with their list
			k := stretch(l.reps[i:], n.rep+1)
			k = stretch(l.defs[i:i+k], n.leaf.maxDef)
			elems += k
			if i += k; i == len(l.defs) {
				break
			}
		}
		d := l.defs[i]
		if d < n.slotDef {
			continue
		}
		if l.reps[i] <= n.rep {
			dst[slot] = int32(elems)
			slot++
			if d < n.def {
				valid.ones(slot - 1 - seen)
				valid.zeros(1)
				seen = slot
			}
		} else if slot == 0 {
			return 0, fmt.Errorf("list %s: first entry has repetition level %d", n.field.Name, l.reps[i])
		}
		if d >= n.elemDef && l.reps[i] <= n.rep+1 {
			elems++
		}
	}
	valid.ones(slot - seen)
	dst[slot] = int32(elems)
	return elems, nil
}
