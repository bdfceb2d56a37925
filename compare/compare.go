package compare

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/files"
)

// Pair names two columns. A is the reference: differences are B - A, and bins are
// those of A.
type Pair struct {
	A string `json:"a"`
	B string `json:"b"`
}

// Options says how to compare. The zero value is the default.
type Options struct {
	// Memory bounds what is sorted in memory, by default 256 MiB.
	Memory int64
	// TempDir gets the rest, by default the system's.
	TempDir string
	// Stores are the settings of object stores, for Join.
	Stores store.Options
	// NamedBy are columns whose values name a row. Without any, its place does.
	NamedBy []NameColumn
	// Read, if it is not nil, is called with the number of rows that were read, and
	// that of all rows, -1 if it is not known.
	Read func(rows, total int64)
}

// NameColumn is a column whose values name rows, and what it is called then.
type NameColumn struct{ Column, Name string }

// Report is the result of a comparison.
type Report struct {
	Rows  int64    `json:"rows"`
	Pairs []Result `json:"pairs"`
}

// Result has the figures of one pair, except those that make no sense for the
// kind of columns or for the rows.
type Result struct {
	Pair
	Kind Kind  `json:"kind"`
	Rows int64 `json:"rows"`

	// NullA, NullB and NullBoth count the rows in which only A, only B or both
	// are null.
	NullA    int64 `json:"null_a"`
	NullB    int64 `json:"null_b"`
	NullBoth int64 `json:"null_both"`

	// EqualBits are the rows in which both have the same bits, or both are null;
	// EqualValues those in which both are equal as numbers, both NaN, or both
	// null. Shares are of all rows. Columns of different types are equal in bits
	// where they are as doubles.
	EqualBits        int64    `json:"equal_bits"`
	EqualBitsShare   *float64 `json:"equal_bits_share"`
	EqualValues      int64    `json:"equal_values"`
	EqualValuesShare *float64 `json:"equal_values_share"`

	Difference *Difference `json:"difference,omitempty"`
	// Spearman is the rank correlation over the rows in which both have a number
	// that is not NaN. Equal numbers have the mean of their ranks.
	Spearman *float64 `json:"spearman,omitempty"`
	// PSI is the population stability index from A to B; see Bin.
	PSI  *float64 `json:"psi,omitempty"`
	Bins []Bin    `json:"bins,omitempty"`

	Flips  *Flips  `json:"flips,omitempty"`
	Vector *Vector `json:"vector,omitempty"`
}

// Difference is how far numbers, or elements of vectors, are apart, over those
// that are finite on both sides.
type Difference struct {
	Compared     int64   `json:"compared"`
	Mean         float64 `json:"mean"` // of B - A
	MeanAbsolute float64 `json:"mean_absolute"`
	MaxAbsolute  float64 `json:"max_absolute"`
	// MaxAt is where the first row with the largest difference lies.
	MaxAt string `json:"max_at,omitempty"`
	// NotFinite counts those that differ and are not finite on one side.
	NotFinite int64 `json:"not_finite"`
}

// Vector has the figures of vectors only.
type Vector struct {
	// OtherSize counts rows in which the two have different sizes. Their elements
	// are not compared.
	OtherSize int64 `json:"other_size"`
	// ArgmaxFlips counts rows in which the largest element, the first of several,
	// is at another position: predictions that change.
	ArgmaxFlips      int64    `json:"argmax_flips"`
	ArgmaxFlipsShare *float64 `json:"argmax_flips_share"`
}

// column accumulates one pair.
type column interface {
	add(a, b arrow.Array, n int, at func(row int) string) error
	finish(r *Result) error
	io.Closer
}

// Table compares the pairs over all rows of src. One error, a *PairError, names
// all faults of the pairs.
func Table(ctx context.Context, src sources.Source, pairs []Pair, opt Options) (rep *Report, err error) {
	if opt.Memory <= 0 {
		opt.Memory = 256 << 20
	}
	rep = &Report{}
	var cols []string
	var accs []column
	defer func() {
		for _, c := range accs {
			err = errors.Join(err, c.Close())
		}
	}()
	if err := check(src.Schema(), pairs); err != nil {
		return nil, err
	}
	for _, p := range pairs {
		cols = append(cols, p.A, p.B)
		kind := pairKind(src.Schema(), p)
		rep.Pairs = append(rep.Pairs, Result{Pair: p, Kind: kind})
		accs = append(accs, newColumn(kind, opt, len(pairs)))
	}
	if err := checkNames(src.Schema(), opt.NamedBy); err != nil {
		return nil, err
	}
	t := &pass{accs: accs, rep: rep, at: make([][2]int, len(pairs)), opt: opt}
	t.columns(cols)
	err = t.scan(ctx, src)
	if changed := files.Unchanged(ctx, src); changed != nil && ctx.Err() == nil {
		err = changed
	}
	if err != nil {
		return nil, err
	}
	for i := range rep.Pairs {
		r := &rep.Pairs[i]
		r.Rows = rep.Rows
		if err := accs[i].finish(r); err != nil {
			return nil, err
		}
		r.EqualBitsShare, r.EqualValuesShare = share(r.EqualBits, r.Rows), share(r.EqualValues, r.Rows)
	}
	return rep, nil
}

func newColumn(kind Kind, opt Options, pairs int) column {
	switch kind {
	case Label:
		return newLabels()
	case VectorKind:
		return &vectors{}
	}
	return newNumbers(opt, pairs)
}

func share(n, of int64) *float64 {
	if of == 0 {
		return nil
	}
	return new(float64(n) / float64(of))
}

// pass is one reading of the source.
type pass struct {
	accs []column
	rep  *Report
	cols []string
	at   [][2]int // of the columns of each pair
	opt  Options
	keys []int // positions of the columns that name a row
	all  int64 // rows, or -1
}

// columns settles which columns are read, each once.
func (t *pass) columns(cols []string) {
	pos := map[string]int{}
	for i, c := range cols {
		at, seen := pos[c]
		if !seen {
			at = len(t.cols)
			pos[c] = at
			t.cols = append(t.cols, c)
		}
		t.at[i/2][i%2] = at
	}
	for _, k := range t.opt.NamedBy {
		at, seen := pos[k.Column]
		if !seen {
			at = len(t.cols)
			pos[k.Column] = at
			t.cols = append(t.cols, k.Column)
		}
		t.keys = append(t.keys, at)
	}
}

// nameOf is what the messages call a row.
func (t *pass) nameOf(b sources.Batch, row int) string {
	if len(t.keys) == 0 {
		origin, n := b.At(row)
		return fmt.Sprintf("%s: row %d", origin, n)
	}
	var names []string
	for i, at := range t.keys {
		value := "null"
		if c := b.Column(at); c.IsValid(row) {
			value = c.ValueStr(row)
		}
		names = append(names, t.opt.NamedBy[i].Name+"="+value)
	}
	return strings.Join(names, ", ")
}

func (t *pass) scan(ctx context.Context, src sources.Source) (err error) {
	scan, err := src.Scan(ctx, t.cols)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, scan.Close()) }()
	t.all = scan.Rows()
	for {
		split, err := scan.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := split.Each(ctx, memory.DefaultAllocator, t.batch); err != nil {
			return fmt.Errorf("%s: %w", split.Name, err)
		}
	}
}

func (t *pass) batch(b sources.Batch) error {
	at := func(row int) string { return t.nameOf(b, row) }
	n := int(b.NumRows())
	t.rep.Rows += int64(n)
	for i, acc := range t.accs {
		x, y := b.Column(t.at[i][0]), b.Column(t.at[i][1])
		r := &t.rep.Pairs[i]
		if x.NullN() > 0 || y.NullN() > 0 {
			r.nulls(x, y, n)
		}
		if err := acc.add(x, y, n, at); err != nil {
			return err
		}
	}
	if t.opt.Read != nil {
		t.opt.Read(t.rep.Rows, t.all)
	}
	return nil
}

// nulls counts the nulls of a batch. Two of them are equal.
func (r *Result) nulls(a, b arrow.Array, n int) {
	for row := range n {
		switch x, y := a.IsNull(row), b.IsNull(row); {
		case x && y:
			r.NullBoth++
			r.EqualBits++
			r.EqualValues++
		case x:
			r.NullA++
		case y:
			r.NullB++
		}
	}
}

// PairError says what is wrong with pairs of columns.
type PairError struct{ problems []string }

func (e *PairError) Error() string { return strings.Join(e.problems, "\n") }
