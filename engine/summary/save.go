package summary

import (
	"bytes"
	"encoding/gob"
	"fmt"
)

// Of a run that is scored in shards, each shard sums up its rows, and what it has counted
// is added where the run is published. The sum is the one that a single process would
// have counted.

// saved is what a Collector has counted, as it is stored.
type saved struct {
	Rows    int64
	Columns []savedColumn
}

// savedColumn is a counter. Which of its fields are set depends on its kind.
type savedColumn struct {
	Nulls    int64
	Labels   *savedLabels
	Numbers  []savedNumbers // of numbers; of lists length, norm and elements
	HasNorm  bool
	Long     bool
	Elements int
}

type savedLabels struct {
	Texts  map[uint64]string // by hash
	Counts map[uint64]int64
	Zeros  int
	Rows   int64
}

type savedNumbers struct {
	NaN, Pos, Neg int64
	Few           map[uint64]uint64 // counts by bits
	IsFew         bool
	Pages         map[uint16]savedPage
	Drop          uint
	Lo, Hi        float64
	Room          int
}

type savedPage struct {
	Sum     [2]uint64
	Squares [3]uint64
	Counts  []uint64
}

// Save returns what was added so far, for Load. No one may be adding.
func (c *Collector) Save() ([]byte, error) {
	if c == nil {
		return nil, nil
	}
	c.Summary() // which puts all in one state
	if err := c.Err(); err != nil {
		return nil, err
	}
	all := c.take()
	defer func() { c.idle = append(c.idle, all) }()
	s := saved{Rows: all.rows}
	for _, col := range all.cols {
		s.Columns = append(s.Columns, saveColumn(col))
	}
	var buf bytes.Buffer
	err := gob.NewEncoder(&buf).Encode(s)
	return buf.Bytes(), err
}

// Load adds what a Collector of the same columns has saved.
func (c *Collector) Load(data []byte) error {
	if c == nil {
		return nil
	}
	var s saved
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return err
	}
	if len(s.Columns) != len(c.cols) {
		return fmt.Errorf("summaries of %d columns, want %d", len(s.Columns), len(c.cols))
	}
	all := c.take()
	defer func() { c.idle = append(c.idle, all) }()
	all.rows += s.Rows
	for i, col := range all.cols {
		if err := addSaved(col, s.Columns[i]); err != nil {
			return err
		}
	}
	return nil
}

func saveColumn(of counter) (s savedColumn) {
	switch c := of.(type) {
	case *other:
		s.Nulls = c.nulls
	case *text:
		s.Nulls, s.Labels = c.nulls, saveLabels(c.labels)
	case *plain:
		s.Nulls, s.Numbers = c.nulls, []savedNumbers{saveNumbers(c.sketch)}
	case *lists:
		saveLists(c, &s)
	case *vectors:
		saveLists(&c.lists, &s)
	}
	return s
}

func saveLists(l *lists, s *savedColumn) {
	s.Nulls, s.Long, s.Elements, s.HasNorm = l.nulls, l.long, len(l.elements), l.norm != nil
	s.Numbers = append(s.Numbers, saveNumbers(l.length))
	if s.HasNorm {
		s.Numbers = append(s.Numbers, saveNumbers(l.norm))
	}
	for _, e := range l.elements {
		s.Numbers = append(s.Numbers, saveNumbers(e))
	}
}

// addSaved adds what a counter of the same kind has saved.
func addSaved(to counter, s savedColumn) error {
	switch c := to.(type) {
	case *other:
		c.merge(&other{s.Nulls})
		return nil
	case *text:
		if s.Labels != nil {
			c.merge(&text{nulls: s.Nulls, labels: s.Labels.labels()})
			return nil
		}
	case *plain:
		if len(s.Numbers) == 1 {
			c.merge(&plain{nulls: s.Nulls, sketch: s.Numbers[0].numbers()})
			return nil
		}
	case *lists:
		if l := s.lists(c.room); l != nil && (l.norm != nil) == (c.norm != nil) {
			c.merge(l)
			return nil
		}
	case *vectors:
		if l := s.lists(c.room); l != nil && l.norm != nil {
			c.merge(&vectors{*l})
			return nil
		}
	}
	return fmt.Errorf("summaries of columns of another type")
}

// lists returns nil if the column is none of lists.
func (s savedColumn) lists(room int) *lists {
	n := 1 + s.Elements
	if s.HasNorm {
		n++
	}
	if len(s.Numbers) != n {
		return nil
	}
	l := &lists{nulls: s.Nulls, long: s.Long, room: room, length: s.Numbers[0].numbers()}
	rest := s.Numbers[1:]
	if s.HasNorm {
		l.norm, rest = rest[0].numbers(), rest[1:]
	}
	for _, e := range rest {
		l.elements = append(l.elements, e.numbers())
	}
	return l
}

func saveLabels(l *labels) *savedLabels {
	s := &savedLabels{Texts: map[uint64]string{}, Counts: map[uint64]int64{}, Zeros: l.zeros, Rows: l.rows}
	for h, x := range l.seen {
		s.Texts[h], s.Counts[h] = x.text, x.count
	}
	return s
}

func (s *savedLabels) labels() *labels {
	l := &labels{seen: map[uint64]*label{}, zeros: s.Zeros, rows: s.Rows}
	for h, text := range s.Texts {
		l.seen[h] = &label{text, s.Counts[h]}
	}
	return l
}

func saveNumbers(n *numbers) savedNumbers {
	s := savedNumbers{NaN: n.nan, Pos: n.pos, Neg: n.neg, IsFew: n.few != nil, Drop: n.drop, Lo: n.lo, Hi: n.hi, Room: n.room}
	if s.IsFew {
		s.Few = map[uint64]uint64{}
		n.few.each(func(b, times uint64) { s.Few[b] = times })
		return s
	}
	s.Pages = map[uint16]savedPage{}
	for id, p := range n.pages {
		s.Pages[id] = savedPage{p.sum, p.squares, p.counts}
	}
	return s
}

func (s savedNumbers) numbers() *numbers {
	n := newNumbers(s.Room)
	n.nan, n.pos, n.neg = s.NaN, s.Pos, s.Neg
	if s.IsFew {
		for b, times := range s.Few {
			n.few.add(b, times)
		}
		return n
	}
	n.few, n.drop, n.lo, n.hi, n.pages = nil, s.Drop, s.Lo, s.Hi, map[uint16]*page{}
	for id, p := range s.Pages {
		n.pages[id] = &page{p.Sum, p.Squares, p.Counts}
	}
	return n
}
