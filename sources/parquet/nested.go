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

func decodeLevels(dst, src []byte, n int, most uint8) ([]byte, error) {
	dst = scan.Buffers.Grow(dst, n)
	if most == 0 {
		clear(dst)
		return dst, nil
	}
	width := uint(0)
	for most>>width > 0 {
		width++
	}
	var h hybrid
	h.reset(src, width)
	var piece [256]int32
	for at := 0; at < n; {
		k := min(len(piece), n-at)
		if err := h.decode(piece[:k]); err != nil {
			return dst, err
		}
		for i, v := range piece[:k] {
			if v > int32(most) || v < 0 {
				return dst, fmt.Errorf("level %d, the most is %d", v, most)
			}
			dst[at+i] = byte(v)
		}
		at += k
	}
	return dst, nil
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
		k := 0
		for ; k < len(reps); k++ {
			if reps[k] == 0 {
				if rows == n {
					break
				}
				rows++
			} else if rows == 0 {
				return fmt.Errorf("a row begins with repetition level %d, want 0", reps[k])
			}
		}
		defs := l.pageDefs[l.at : l.at+k]
		l.reps = append(l.reps, reps[:k]...)
		l.defs = append(l.defs, defs...)
		set := 0
		for _, d := range defs {
			if d == c.leaf.maxDef {
				set++
			}
		}
		if err := c.take(set); err != nil {
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
	for i, d := range l.defs {
		if l.reps[i] <= n.rep && d >= n.slotDef {
			valid.total++
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
	for _, d := range c.levels.defs {
		if d >= n.slotDef {
			valid.total++
		}
	}
	for i := 0; i < len(c.levels.defs); {
		// Levels come in long stretches of the same, mostly all set.
		d, from := c.levels.defs[i], i
		for i < len(c.levels.defs) && c.levels.defs[i] == d {
			i++
		}
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
	dst := scan.SliceOf[int32](offs.Bytes())
	elems, slot := int32(0), 0
	for i, d := range l.defs {
		if d < n.slotDef {
			continue
		}
		if l.reps[i] <= n.rep {
			dst[slot] = elems
			slot++
			if d >= n.def {
				valid.ones(1)
			} else {
				valid.zeros(1)
			}
		} else if slot == 0 {
			return nil, fmt.Errorf("list %s: first entry has repetition level %d", n.field.Name, l.reps[i])
		}
		if d >= n.elemDef && l.reps[i] <= n.rep+1 {
			elems++
		}
	}
	dst[slot] = elems
	kid, err := a.build(n.children[0])
	if err != nil {
		return nil, err
	}
	defer kid.Release()
	if kid.Len() != int(elems) {
		return nil, fmt.Errorf("list %s: %d elements, want %d", n.field.Name, kid.Len(), elems)
	}
	return array.NewData(n.field.Type, valid.total, []*memory.Buffer{valid.buf, offs}, []arrow.ArrayData{kid}, valid.nulls, 0), nil
}
