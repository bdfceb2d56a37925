package arrow_test

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

// tally is an opener that counts the bytes which are read.
type tally struct {
	sources.Opener
	bytes atomic.Int64
}

func (o *tally) Open(ctx context.Context, name string) (store.Reader, error) {
	r, err := o.Opener.Open(ctx, name)
	return tallied{r, o}, err
}

type tallied struct {
	store.Reader
	opener *tally
}

func (r tallied) ReadAt(b []byte, at int64) (int, error) {
	r.opener.bytes.Add(int64(len(b)))
	return r.Reader.ReadAt(b, at)
}

// labelled is a file of many numbers and of labels in a dictionary, in three batches.
func labelled(tb testing.TB, opts ...ipc.Option) (data []byte, labels []string) {
	tb.Helper()
	name := filepath.Join(tb.TempDir(), "x.arrow")
	f, err := os.Create(name)
	if err != nil {
		tb.Fatal(err)
	}
	dict := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "a", Type: arrow.PrimitiveTypes.Float64}, {Name: "label", Type: dict, Nullable: true}, {Name: "b", Type: arrow.PrimitiveTypes.Float64},
	}, nil)
	w, err := ipc.NewFileWriter(f, append(opts, ipc.WithSchema(schema))...)
	if err != nil {
		tb.Fatal(err)
	}
	words := []string{"red", "green", "blue"}
	values := array.NewStringBuilder(memory.DefaultAllocator)
	values.AppendValues(words, nil)
	entries := values.NewArray()
	for range 3 {
		numbers, codes := array.NewFloat64Builder(memory.DefaultAllocator), array.NewInt16Builder(memory.DefaultAllocator)
		for i := range 5000 {
			numbers.Append(float64(i))
			if i%7 == 0 {
				codes.AppendNull()
				labels = append(labels, "(null)")
				continue
			}
			codes.Append(int16(i % 3))
			labels = append(labels, words[i%3])
		}
		n := numbers.NewArray()
		rec := array.NewRecord(schema, []arrow.Array{n, array.NewDictionaryArray(dict, codes.NewArray(), entries), n}, 5000)
		if err := w.Write(rec); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	if data, err = os.ReadFile(name); err != nil {
		tb.Fatal(err)
	}
	return data, labels
}

func TestOnlyTheColumnsOfAnArrowFileThatAreWantedAreRead(t *testing.T) {
	for name, opts := range map[string][]ipc.Option{"as it is": nil, "LZ4": {ipc.WithLZ4()}, "Zstandard": {ipc.WithZstd()}} {
		for _, remote := range []bool{false, true} {
			data, want := labelled(t, opts...)
			opener := &tally{Opener: sourcetest.OneFile("x.arrow", data)}
			s := sourcetest.Open(t, sources.Options{Opener: opener, Remote: remote}, "x")
			opened := opener.bytes.Load()
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			at := 0
			err := sourcetest.EachBatch(s, []string{"label"}, mem, func(_ sources.Split, b sources.Batch) {
				d, ok := b.Column(0).(*array.Dictionary)
				if !ok {
					t.Fatalf("%s: labels come as %s", name, b.Column(0).DataType())
				}
				for i := range d.Len() {
					if got := d.ValueStr(i); got != want[at] {
						t.Fatalf("%s: row %d is %q, want %q", name, at, got, want[at])
					}
					at++
				}
			})
			if err != nil || at != len(want) {
				t.Fatalf("%s: %d rows, %v, want %d", name, at, err, len(want))
			}
			mem.AssertSize(t, 0)
			if read := opener.bytes.Load() - opened; !remote && name == "as it is" && read > int64(len(data))/4 {
				t.Errorf("%s: %d bytes of %d were read for a column of 2 bytes a row in 18", name, read, len(data))
			}
		}
	}
}
