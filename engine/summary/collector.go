package summary

import (
	"fmt"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/ops/column"
)

// Collector summarizes the records of a table. It is safe for use by many
// goroutines; nil collects nothing.
type Collector struct {
	schema *arrow.Schema
	model  map[string]bool
	cols   []int // of the schema

	mu   sync.Mutex
	idle []*state
	err  error
}

// state is what one goroutine at a time adds to.
type state struct {
	rows int64
	cols []counter
}

// counter counts the values of one column.
type counter interface {
	add(arr arrow.Array)
	merge(o counter)
	summary(c *Column)
}

// New returns a Collector for the columns names of records of schema; model are
// those of them that a model made.
func New(schema *arrow.Schema, names, model []string) *Collector {
	c := &Collector{schema: schema, model: map[string]bool{}}
	for _, name := range model {
		c.model[name] = true
	}
	for i, f := range schema.Fields() {
		if slices.Contains(names, f.Name) {
			c.cols = append(c.cols, i)
		}
	}
	return c
}

// Add adds the rows of rec, whose columns are those of the schema, or dictionaries
// of them. It keeps nothing of rec.
func (c *Collector) Add(rec arrow.Record) {
	if c == nil {
		return
	}
	defer c.recovered()
	s := c.take()
	s.rows += rec.NumRows()
	for i, at := range c.cols {
		s.cols[i].add(rec.Column(at))
	}
	c.mu.Lock()
	c.idle = append(c.idle, s)
	c.mu.Unlock()
}

func (c *Collector) take() *state {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.idle); n > 0 {
		s := c.idle[n-1]
		c.idle = c.idle[:n-1]
		return s
	}
	s := &state{}
	for _, at := range c.cols {
		s.cols = append(s.cols, c.counter(c.schema.Field(at).Type))
	}
	return s
}

// counter returns an empty counter for a column.
func (c *Collector) counter(dt arrow.DataType) counter {
	// In wide tables a column has less room.
	room := max(leastRoom, min(fullRoom, wideRoom/len(c.cols)))
	switch t := dt.(type) {
	case *arrow.DictionaryType:
		return c.counter(t.ValueType)
	case *arrow.StringType, *arrow.LargeStringType, *arrow.BooleanType:
		return &text{labels: newLabels()}
	case *arrow.ListType, *arrow.LargeListType, *arrow.FixedSizeListType:
		return newLists(t.(arrow.ListLikeType).Elem(), room)
	}
	if column.IsVector(dt) || arrow.TypeEqual(dt, column.SparseType) {
		return &vectors{lists: *newLists(arrow.PrimitiveTypes.Float64, room)}
	}
	if isNumber(dt) {
		return &plain{sketch: newNumbers(room)}
	}
	return &other{}
}

// wideRoom is how many buckets all columns together have, for each goroutine.
const wideRoom = 1 << 22

// Fail marks the summary as incomplete, and so as of no use. A summary that
// fails must not keep rows from being published.
func (c *Collector) Fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
}

// Err says why there is no summary, if there is none.
func (c *Collector) Err() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// recovered turns a panic of this package into a missing summary.
func (c *Collector) recovered() {
	if x := recover(); x != nil {
		c.Fail(fmt.Errorf("internal error: %v", x))
	}
}

// Summary returns what was added so far, or nil if Err says why not. No one may be
// adding.
func (c *Collector) Summary() *Summary {
	if c.Err() != nil || c == nil {
		return nil
	}
	defer c.recovered()
	all := c.take()
	for len(c.idle) > 0 {
		s := c.take()
		all.rows += s.rows
		for i, col := range s.cols {
			all.cols[i].merge(col)
		}
	}
	c.idle = append(c.idle, all)
	sum := &Summary{Rows: all.rows}
	for i, at := range c.cols {
		f := c.schema.Field(at)
		col := Column{Name: f.Name, Type: f.Type.String(), Model: c.model[f.Name], Rows: all.rows}
		all.cols[i].summary(&col)
		sum.Columns = append(sum.Columns, col)
	}
	return sum
}

// other counts nulls.
type other struct{ nulls int64 }

func (o *other) add(arr arrow.Array) { o.nulls += int64(arr.NullN()) }
func (o *other) merge(from counter)  { o.nulls += from.(*other).nulls }
func (o *other) summary(c *Column)   { c.Nulls = o.nulls }

// text counts labels.
type text struct {
	nulls  int64
	labels *labels
	counts []int64 // by index of a dictionary
}

func (t *text) add(arr arrow.Array) {
	t.nulls += int64(arr.NullN())
	switch a := arr.(type) {
	case *array.Dictionary:
		t.dictionary(a)
		return
	case *array.Boolean:
		t.booleans(a)
		return
	}
	value := stringAt(arr)
	for i := range arr.Len() {
		if arr.IsValid(i) {
			t.labels.add(value(i), 1)
		}
	}
}

func (t *text) booleans(a *array.Boolean) {
	var n [2]int64
	for i := range a.Len() {
		switch {
		case a.IsNull(i):
		case a.Value(i):
			n[1]++
		default:
			n[0]++
		}
	}
	for i, word := range []string{"false", "true"} {
		if n[i] > 0 {
			t.labels.add(word, n[i])
		}
	}
}

func (t *text) dictionary(a *array.Dictionary) {
	dict := a.Dictionary()
	t.counts = slices.Grow(t.counts[:0], dict.Len())[:dict.Len()]
	clear(t.counts)
	for i := range a.Len() {
		if a.IsValid(i) {
			t.counts[a.GetValueIndex(i)]++
		}
	}
	value := stringAt(dict)
	for i, n := range t.counts {
		switch {
		case n == 0:
		case dict.IsNull(i):
			t.nulls += n
		default:
			t.labels.add(value(i), n)
		}
	}
}

func stringAt(arr arrow.Array) func(int) string {
	switch a := arr.(type) {
	case *array.String:
		return a.Value
	case *array.LargeString:
		return a.Value
	}
	return arr.ValueStr
}

func (t *text) merge(from counter) {
	t.nulls += from.(*text).nulls
	t.labels.merge(from.(*text).labels)
}

func (t *text) summary(c *Column) {
	c.Nulls, c.Labels = t.nulls, t.labels.summary()
}
