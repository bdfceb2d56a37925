package compare

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"math"
	"os"
	"slices"

	"leapscore/engine/store"
)

// record is a number with another one that goes along.
type record struct{ key, value float64 }

// compareRecords orders by key, then value; NaN comes first.
func compareRecords(a, b record) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value))
}

// sorter sorts records, in temporary files beyond most of them.
type sorter struct {
	most int
	dir  string
	buf  []record
	runs []*os.File
}

const recordBytes = 16

func newSorter(bytes int64, dir string) *sorter {
	return &sorter{most: int(max(bytes/recordBytes, 64)), dir: dir}
}

func (s *sorter) add(r record) error {
	if len(s.buf) == s.most {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.buf = append(s.buf, r)
	return nil
}

// spill writes the records in memory as a sorted run.
func (s *sorter) spill() error {
	slices.SortFunc(s.buf, compareRecords)
	f, err := store.TempFile(s.dir)
	if err != nil {
		return err
	}
	s.runs = append(s.runs, f)
	w := bufio.NewWriterSize(f, 1<<20)
	var b [recordBytes]byte
	for _, r := range s.buf {
		binary.LittleEndian.PutUint64(b[:8], math.Float64bits(r.key))
		binary.LittleEndian.PutUint64(b[8:], math.Float64bits(r.value))
		if _, err := w.Write(b[:]); err != nil {
			return err
		}
	}
	s.buf = s.buf[:0]
	return w.Flush()
}

// group is the records of one key.
type group struct {
	key    float64
	n      int64
	ranked int64   // that have a value
	rank   float64 // the mean of their ranks among all that have one
}

// groups calls fn for each key, in order, with a sequence of the values of its
// records, which fn must go through; NaN is none. A reader ahead of the sequence
// counts, so that no group is held in memory. The sorter is free after it.
func (s *sorter) groups(fn func(g group, values iter.Seq2[float64, error]) error) (err error) {
	defer func() { err = errors.Join(err, s.Close()) }()
	slices.SortFunc(s.buf, compareRecords)
	ahead, err := s.merge()
	if err != nil {
		return err
	}
	behind, err := s.merge()
	if err != nil {
		return err
	}
	var before int64
	for len(ahead) > 0 {
		g := group{key: ahead[0].head.key}
		for len(ahead) > 0 && ahead[0].head.key == g.key {
			r, err := ahead.next()
			if err != nil {
				return err
			}
			g.n++
			if r.value == r.value {
				g.ranked++
			}
		}
		g.rank = float64(before) + float64(g.ranked+1)/2
		before += g.ranked
		values := func(yield func(float64, error) bool) {
			for range g.n {
				if r, err := behind.next(); !yield(r.value, err) || err != nil {
					return
				}
			}
		}
		if err := fn(g, values); err != nil {
			return err
		}
	}
	return nil
}

// merge returns all records in order. Records in memory are sorted.
func (s *sorter) merge() (merge, error) {
	var m merge
	for _, f := range s.runs {
		st, err := f.Stat()
		if err != nil {
			return nil, err
		}
		if err := m.start(&fileRun{r: bufio.NewReaderSize(io.NewSectionReader(f, 0, st.Size()), 64<<10)}); err != nil {
			return nil, err
		}
	}
	if err := m.start(&memoryRun{s.buf}); err != nil {
		return nil, err
	}
	heap.Init(&m)
	return m, nil
}

// Close removes the files. It may be called twice.
func (s *sorter) Close() error {
	var errs []error
	for _, f := range s.runs {
		errs = append(errs, store.DropScratch(f))
	}
	s.runs, s.buf = nil, nil
	return errors.Join(errs...)
}

// run gives sorted records, then io.EOF.
type run interface{ next() (record, error) }

type memoryRun struct{ left []record }

func (r *memoryRun) next() (record, error) {
	if len(r.left) == 0 {
		return record{}, io.EOF
	}
	head := r.left[0]
	r.left = r.left[1:]
	return head, nil
}

type fileRun struct{ r *bufio.Reader }

func (r *fileRun) next() (record, error) {
	var b [recordBytes]byte
	if _, err := io.ReadFull(r.r, b[:]); err != nil {
		return record{}, err
	}
	return record{
		math.Float64frombits(binary.LittleEndian.Uint64(b[:8])), math.Float64frombits(binary.LittleEndian.Uint64(b[8:])),
	}, nil
}

// merge is a heap of runs by their first records.
type merge []merging

type merging struct {
	head record
	run  run
}

// next returns the first record of all, of which there must be one.
func (m *merge) next() (record, error) {
	first := (*m)[0].head
	head, err := (*m)[0].run.next()
	switch {
	case err == io.EOF:
		heap.Pop(m)
	case err != nil:
		return record{}, err
	default:
		(*m)[0].head = head
		heap.Fix(m, 0)
	}
	return first, nil
}

func (m *merge) start(r run) error {
	head, err := r.next()
	if err == io.EOF {
		return nil
	}
	*m = append(*m, merging{head, r})
	return err
}

func (m merge) Len() int           { return len(m) }
func (m merge) Less(i, j int) bool { return compareRecords(m[i].head, m[j].head) < 0 }
func (m merge) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *merge) Push(x any)        { *m = append(*m, x.(merging)) }

func (m *merge) Pop() any {
	last := len(*m) - 1
	x := (*m)[last]
	*m = (*m)[:last]
	return x
}
