// Package sourcetest checks that a Source keeps what the interfaces of package
// sources promise. It knows no format: it compares a source with itself, read
// in different ways, and with a row count.
package sourcetest

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/sources"
)

// Config is a source to check.
type Config struct {
	// Open opens the source anew; the suite closes it.
	Open func(testing.TB) sources.Source
	// Rows is how many rows it has.
	Rows int64
}

// RunConformance checks the source of c.
func RunConformance(t *testing.T, c Config) {
	tests := []struct {
		name string
		run  func(*suite, *testing.T)
	}{
		{"SchemaHasDistinctNames", (*suite).schemaNames},
		{"AllColumnsInOrder", (*suite).allColumns},
		{"ProjectionsGiveTheSameValues", (*suite).projections},
		{"NoColumnsGivesLengths", (*suite).noColumns},
		{"UnknownColumnIsNamed", (*suite).unknownColumn},
		{"OriginsCountEachRowOnce", (*suite).origins},
		{"ConcurrentReadersSeeTheSameSplits", (*suite).concurrent},
		{"EndIsSticky", (*suite).endIsSticky},
		{"CancelStopsReaders", (*suite).cancel},
		{"ClosingEarlyFreesEverything", (*suite).closeEarly},
		{"NullSlotsAreZero", (*suite).nullSlots},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(dirtyAllocator{memory.NewGoAllocator()})
			s := &suite{Config: c, mem: mem, src: c.Open(t)}
			for _, f := range s.src.Schema().Fields() {
				s.names = append(s.names, f.Name)
			}
			tt.run(s, t)
			if err := s.src.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			mem.AssertSize(t, 0)
		})
	}
}

type suite struct {
	Config
	mem   *memory.CheckedAllocator
	src   sources.Source
	names []string
}

// Rows is what a scan delivered, as text, in the order of the splits.
type Rows struct {
	Splits []Split
}

// Split is what one split delivered.
type Split struct {
	Name    string
	Rows    int64
	Columns [][]string
	Batches []Batch
}

// Batch is where the rows of one batch came from.
type Batch struct {
	Origin string
	Row    int64
	Rows   int64
}

// Column returns all values of column i.
func (r *Rows) Column(i int) []string {
	var all []string
	for _, s := range r.Splits {
		all = append(all, s.Columns[i]...)
	}
	return all
}

// Count returns how many rows there are.
func (r *Rows) Count() int64 {
	var n int64
	for _, s := range r.Splits {
		n += s.Rows
	}
	return n
}

// ReadAll reads the columns cols of src with the given number of goroutines.
func ReadAll(tb testing.TB, src sources.Source, mem memory.Allocator, cols []string, workers int) *Rows {
	tb.Helper()
	ctx := context.Background()
	scan, err := src.Scan(ctx, cols)
	if err != nil {
		tb.Fatalf("scan: %v", err)
	}
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		found = make(map[int]Split)
	)
	for range workers {
		wg.Go(func() {
			for {
				split, err := scan.Next()
				if err == io.EOF {
					return
				}
				if err != nil {
					tb.Errorf("next split: %v", err)
					return
				}
				got, err := readSplit(ctx, split, mem, src.Schema(), cols)
				if err != nil {
					tb.Errorf("%s: %v", split.Name, err)
				}
				mu.Lock()
				if _, dup := found[split.Index]; dup {
					tb.Errorf("split %d was handed out twice", split.Index)
				}
				found[split.Index] = got
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	rows := &Rows{}
	for i := range len(found) {
		s, ok := found[i]
		if !ok {
			tb.Fatalf("%d splits, none has index %d", len(found), i)
		}
		rows.Splits = append(rows.Splits, s)
	}
	if n := scan.Rows(); n >= 0 && n != rows.Count() {
		tb.Errorf("scan announces %d rows, has %d", n, rows.Count())
	}
	if err := scan.Close(); err != nil {
		tb.Errorf("close scan: %v", err)
	}
	return rows
}

func readSplit(ctx context.Context, split sources.Split, mem memory.Allocator, schema *arrow.Schema, cols []string) (Split, error) {
	out := Split{Name: split.Name, Columns: make([][]string, len(cols))}
	r, err := split.Open(ctx, mem)
	if err != nil {
		return out, err
	}
	defer r.Close()
	for {
		b, err := r.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		err = checkBatch(b, schema, cols)
		if err == nil {
			for i, c := range b.Columns() {
				out.Columns[i] = append(out.Columns[i], Text(c)...)
			}
			out.Rows += b.NumRows()
			out.Batches = append(out.Batches, Batch{b.Origin, b.Row, b.NumRows()})
		}
		b.Release()
		if err != nil {
			return out, err
		}
	}
}

func checkBatch(b sources.Batch, schema *arrow.Schema, cols []string) error {
	if b.NumRows() == 0 {
		return errors.New("batch without rows")
	}
	if int(b.NumCols()) != len(cols) {
		return errors.New("batch has other columns than asked for")
	}
	for i, c := range cols {
		if b.ColumnName(i) != c {
			return errors.New("column " + b.ColumnName(i) + " where " + c + " was asked for")
		}
		want, _ := schema.FieldsByName(c)
		got := b.Column(i).DataType()
		if d, ok := got.(*arrow.DictionaryType); ok && d.ValueType.ID() == arrow.STRING {
			got = d.ValueType
		}
		if !arrow.TypeEqual(got, want[0].Type) {
			return errors.New("column " + c + " is " + got.String() + ", the schema says " + want[0].Type.String())
		}
		if b.Column(i).Len() != int(b.NumRows()) {
			return errors.New("column " + c + " is not as long as its batch")
		}
	}
	return nil
}

func (s *suite) schemaNames(t *testing.T) {
	sorted := slices.Sorted(slices.Values(s.names))
	if len(slices.Compact(sorted)) != len(s.names) {
		t.Errorf("names are not distinct: %v", s.names)
	}
}

func (s *suite) allColumns(t *testing.T) {
	rows := ReadAll(t, s.src, s.mem, s.names, 1)
	if rows.Count() != s.Rows {
		t.Errorf("%d rows, want %d", rows.Count(), s.Rows)
	}
	again := ReadAll(t, s.src, s.mem, s.names, 1)
	if d := cmp.Diff(rows, again); d != "" {
		t.Errorf("a second scan differs:\n%s", d)
	}
}

func (s *suite) projections(t *testing.T) {
	all := ReadAll(t, s.src, s.mem, s.names, 1)
	var sets [][]string
	for _, n := range s.names {
		sets = append(sets, []string{n})
	}
	back := slices.Clone(s.names)
	slices.Reverse(back)
	sets = append(sets, back)
	for _, set := range sets {
		some := ReadAll(t, s.src, s.mem, set, 1)
		for i, n := range set {
			if d := cmp.Diff(all.Column(slices.Index(s.names, n)), some.Column(i)); d != "" {
				t.Errorf("column %s read with %v differs:\n%s", n, set, d)
			}
		}
	}
}

func (s *suite) noColumns(t *testing.T) {
	if n := ReadAll(t, s.src, s.mem, nil, 1).Count(); n != s.Rows {
		t.Errorf("%d rows, want %d", n, s.Rows)
	}
}

func (s *suite) unknownColumn(t *testing.T) {
	const name = "no such column"
	_, err := s.src.Scan(context.Background(), []string{name})
	if err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("error %v, want one that names %q", err, name)
	}
}

// origins checks that the batches of each origin count its rows from 0.
func (s *suite) origins(t *testing.T) {
	next := make(map[string]int64)
	for _, sp := range ReadAll(t, s.src, s.mem, s.names, 1).Splits {
		for _, b := range sp.Batches {
			if b.Origin == "" {
				t.Errorf("%s: batch without origin", sp.Name)
			}
			if b.Row != next[b.Origin] {
				t.Errorf("%s: batch of %s begins at row %d, want %d", sp.Name, b.Origin, b.Row, next[b.Origin])
			}
			next[b.Origin] = b.Row + b.Rows
		}
	}
}

func (s *suite) concurrent(t *testing.T) {
	one := ReadAll(t, s.src, s.mem, s.names, 1)
	four := ReadAll(t, s.src, s.mem, s.names, 4)
	if d := cmp.Diff(one, four); d != "" {
		t.Errorf("four readers see something else than one:\n%s", d)
	}
}

func (s *suite) endIsSticky(t *testing.T) {
	scan, err := s.src.Scan(context.Background(), s.names)
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close()
	for {
		split, err := scan.Next()
		if err != nil {
			break
		}
		r, err := split.Open(context.Background(), s.mem)
		if err != nil {
			t.Fatal(err)
		}
		for {
			b, err := r.Next()
			if err != nil {
				break
			}
			b.Release()
		}
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("%s: read after its end gives %v, want io.EOF", split.Name, err)
		}
		r.Close()
	}
	if _, err := scan.Next(); err != io.EOF {
		t.Errorf("scan after its end gives %v, want io.EOF", err)
	}
}

func (s *suite) cancel(t *testing.T) {
	if s.Rows == 0 {
		return
	}
	scan, err := s.src.Scan(context.Background(), s.names)
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close()
	split, err := scan.Next()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r, err := split.Open(ctx, s.mem)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cancel()
	if b, err := r.Next(); err == nil {
		b.Release()
		t.Error("read went on after its context was done")
	} else if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// closeEarly leaves readers, splits and a scan in the middle; the allocator is
// checked behind it.
func (s *suite) closeEarly(t *testing.T) {
	for leave := range 3 {
		scan, err := s.src.Scan(context.Background(), s.names)
		if err != nil {
			t.Fatal(err)
		}
		for leave > 0 {
			split, err := scan.Next()
			if err != nil {
				break
			}
			r, err := split.Open(context.Background(), s.mem)
			if err != nil {
				t.Fatal(err)
			}
			if leave == 2 {
				if b, err := r.Next(); err == nil {
					b.Release()
				}
			}
			if err := r.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}
		if err := scan.Close(); err != nil {
			t.Errorf("close scan: %v", err)
		}
	}
}

func (s *suite) nullSlots(t *testing.T) {
	scan, err := s.src.Scan(context.Background(), s.names)
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close()
	for {
		split, err := scan.Next()
		if err != nil {
			return
		}
		r, err := split.Open(context.Background(), s.mem)
		if err != nil {
			t.Fatal(err)
		}
		for {
			b, err := r.Next()
			if err != nil {
				break
			}
			for i, c := range b.Columns() {
				if at := dirtyNull(c.Data()); at >= 0 {
					t.Errorf("%s, column %s: row %d is null over data that is not zero", split.Name, s.names[i], b.Row+int64(at))
				}
			}
			b.Release()
		}
		r.Close()
	}
}
