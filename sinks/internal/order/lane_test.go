package order

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/sinks/internal/format"
	"leapscore/sinks/internal/partition"
)

// files is a table whose files take one row group each.
type files struct {
	mu     sync.Mutex
	placed int
	last   *Lane
	events []string
	append func(n int) // if not nil, called for file n
	end    func(n int)
}

func (f *files) note(event string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, event)
}

func (f *files) place(*partition.Folder, int, Position) (lane, ended *Lane) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.placed
	f.placed++
	name := string(rune('a' + n))
	lane = &Lane{
		Append: func(format.RowGroup) error {
			if f.append != nil {
				f.append(n)
			}
			f.note("append " + name)
			return nil
		},
		End: func() error {
			if f.end != nil {
				f.end(n)
			}
			f.note("end " + name)
			return nil
		},
	}
	f.last, ended = lane, f.last
	return lane, ended
}

// write writes parts of one row group each, all at once, and finishes the order.
func write(t *testing.T, f *files, parts, ending int) {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Int64}}, nil)
	enc, err := format.New(format.Options{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{1, 2, 3, 4}, nil)
	rec := b.NewRecord()
	defer rec.Release()

	o := New(enc, 4, 1, 1<<20, ending, f.place)
	stop := help(o)
	defer stop()
	var wg sync.WaitGroup
	for n := range parts {
		p, err := o.Part(t.Context(), n, 0)
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			if err := p.Write(rec); err != nil {
				t.Error(err)
			}
			if err := p.Commit(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := o.Finish(); err != nil {
		t.Fatal(err)
	}
}

// help starts workers that wait for something to do, as those of a run do.
func help(o *Order) (stop func()) {
	var wg sync.WaitGroup
	stopped := false
	for range 4 {
		wg.Go(func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			for !stopped {
				o.work()
				o.cond.Wait()
			}
		})
	}
	return func() {
		o.mu.Lock()
		stopped = true
		o.cond.Broadcast()
		o.mu.Unlock()
		wg.Wait()
	}
}

func TestFilesAreWrittenAtTheSameTime(t *testing.T) {
	appended := make(chan struct{})
	f := &files{
		append: func(n int) {
			if n == 1 {
				close(appended)
			}
		},
		end: func(n int) {
			if n == 0 {
				<-appended // which comes only if the second file does not wait for the first one
			}
		},
	}
	write(t, f, 4, 4)
	if want := 4 + 3; len(f.events) != want {
		t.Errorf("4 files, of which all but the last end: %q, want %d events", f.events, want)
	}
}

func TestFewFilesAreUnfinished(t *testing.T) {
	f := &files{}
	var ends []string
	f.end = func(n int) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.placed > n+2 {
			t.Errorf("file %d ends, and file %d has begun, want one file after it at most", n, f.placed-1)
		}
	}
	write(t, f, 8, 1)
	for _, e := range f.events {
		if strings.HasPrefix(e, "end ") {
			ends = append(ends, e)
		}
	}
	if !slices.IsSorted(ends) || len(ends) != 7 {
		t.Errorf("8 files, one unfinished at a time, end as %q, want 7 in order", ends)
	}
}
