package sinks_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// manyParts is a job that gives each of n partitions several row groups.
func manyParts(run string, n int) sinktest.Job {
	j := sinktest.NewJob(run, sinks.ModeError).Partitioned(n)
	j.Parts = []int{100, 450, 0, 7, 3, 200, 9000, 1, 1, 1500, 20000}
	j.Options.GroupRows, j.Options.FileRows = 1000, 2000
	return j
}

func TestPartitionedRowsAreInTheirFolders(t *testing.T) {
	for _, n := range []int{1, 2, 50, 2000} {
		st := store.New(&store.Mem{})
		j := manyParts("r", n)
		j.Workers = 3
		m := mustRun(t, st, "preds", j)
		rows, err := j.CheckFolders(t.Context(), st, "preds", m)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := sinktest.Whole(rows, j); err != nil || len(got) != 1 {
			t.Errorf("%d partitions: the table holds %q, %v", n, got, err)
		}
		if m.RowsOut != j.Rows() {
			t.Errorf("%d partitions: %d rows, want %d", n, m.RowsOut, j.Rows())
		}
		if n == 2 && len(m.Files) < 10 {
			t.Errorf("%d files, want several of a partition: %+v", len(m.Files), m.Files)
		}
	}
}

// A buffer that is always full makes row groups of a few rows and puts chunks on
// disk; neither loses anything, and neither workers nor batches change a byte.
func TestPartitionedBytesDoNotDependOnWorkersOrBatches(t *testing.T) {
	for _, buffer := range []int64{1, 20_000, 1 << 20} {
		j := manyParts("r", 40)
		j.Workers, j.Options.Buffer = 1, buffer
		st := store.New(&store.Mem{})
		want := mustRun(t, st, "preds", j)
		rows, err := j.CheckFolders(t.Context(), st, "preds", want)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sinktest.Whole(rows, j); err != nil {
			t.Errorf("buffer of %d: %v", buffer, err)
		}
		for _, workers := range []int{1, 2, 7} {
			for _, batch := range []int{1, 33, 5000, 50000} {
				j.Workers, j.Batch = workers, batch
				got := mustRun(t, store.New(&store.Mem{}), "preds", j)
				if diff := cmp.Diff(want.Files, got.Files); diff != "" {
					t.Fatalf("buffer of %d, %d workers, batches of %d (-want +got):\n%s", buffer, workers, batch, diff)
				}
			}
		}
	}
}

func TestPartitionedTablesWithoutRowsHaveNoFiles(t *testing.T) {
	st := store.New(&store.Mem{})
	j := manyParts("r", 3)
	j.Parts = []int{0, 0}
	if m := mustRun(t, st, "preds", j); len(m.Files) != 0 {
		t.Errorf("files %+v, want none", m.Files)
	}
	if ok, err := st.Exists(t.Context(), "preds/_SUCCESS"); !ok || err != nil {
		t.Errorf("_SUCCESS: %v, %v", ok, err)
	}
}

func TestFilesSayTheirPartition(t *testing.T) {
	j := manyParts("r", 2)
	m := mustRun(t, store.New(&store.Mem{}), "preds", j)
	ab, zero, one := "a/b=c%", "0", "1"
	for _, f := range m.Files {
		want := map[string]*string{"p q": nil, "n": &zero}
		if strings.HasPrefix(f.Name, "p q=a") {
			want = map[string]*string{"p q": &ab, "n": &one}
		}
		if diff := cmp.Diff(want, f.Partition); diff != "" {
			t.Errorf("%s: partition (-want +got):\n%s", f.Name, diff)
		}
	}
}

// The names follow from the sources of Spark 4.1: escapePathName, and casts to text.
func TestPartitionsAreNamedAsInSpark(t *testing.T) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "bool", Type: arrow.FixedWidthTypes.Boolean},
		{Name: "int", Type: arrow.PrimitiveTypes.Int16},
		{Name: "double", Type: arrow.PrimitiveTypes.Float64},
		{Name: "float", Type: arrow.PrimitiveTypes.Float32},
		{Name: "date", Type: arrow.FixedWidthTypes.Date32},
		{Name: "time", Type: arrow.FixedWidthTypes.Timestamp_us},
		{Name: "decimal", Type: &arrow.Decimal128Type{Precision: 10, Scale: 3}},
		{Name: "text", Type: arrow.BinaryTypes.String},
		{Name: "x", Type: arrow.PrimitiveTypes.Int32},
	}, nil))
	defer b.Release()
	day := arrow.Date32FromTime(time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC))
	at := func(frac time.Duration) arrow.Timestamp {
		return arrow.Timestamp(time.Date(2024, 2, 29, 3, 4, 5, int(frac), time.UTC).UnixMicro())
	}
	add := func(bo bool, i int16, d float64, f float32, ts arrow.Timestamp, dec int64, s string) {
		b.Field(0).(*array.BooleanBuilder).Append(bo)
		b.Field(1).(*array.Int16Builder).Append(i)
		b.Field(2).(*array.Float64Builder).Append(d)
		b.Field(3).(*array.Float32Builder).Append(f)
		b.Field(4).(*array.Date32Builder).Append(day)
		b.Field(5).(*array.TimestampBuilder).Append(ts)
		b.Field(6).(*array.Decimal128Builder).Append(decimal128.FromI64(dec))
		b.Field(7).(*array.StringBuilder).Append(s)
		b.Field(8).(*array.Int32Builder).Append(1)
	}
	add(true, -7, 0.001, 1.1, at(0), 1500, "a b")
	add(false, 0, 1e7, 1e-4, at(120*time.Millisecond), -5, "ü%\x01\x7f")
	add(true, 7, math.NaN(), 16777216, at(time.Microsecond), 0, `"#'*/:=?\{[]^`)
	add(true, 7, math.Inf(-1), float32(math.Inf(1)), at(0), 0, "")
	add(true, 7, 9999999, 4.9e-45, at(0), 0, "}~|<> &+,;")
	add(true, 7, 5e-324, 0.1, at(0), 0, ".")
	rec := b.NewRecord()
	defer rec.Release()
	st := store.New(&store.Mem{})
	table, err := sinks.Create(t.Context(), st, "t", sinks.Options{
		Schema: rec.Schema(), RunID: "r", PartitionBy: []string{"bool", "int", "double", "float", "date", "time", "decimal", "text"},
	})
	if err != nil {
		t.Fatal(err)
	}
	m := writeOne(t, table, rec)
	var got []string
	for _, f := range m.Files {
		got = append(got, f.Name[:strings.LastIndex(f.Name, "/")])
	}
	const day1 = "/date=2024-02-29/time=2024-02-29 03%3A04%3A05"
	want := []string{
		"bool=false/int=0/double=1.0E7/float=1.0E-4" + day1 + ".12/decimal=-0.005/text=ü%25%01%7F",
		"bool=true/int=-7/double=0.001/float=1.1" + day1 + "/decimal=1.500/text=a b",
		"bool=true/int=7/double=-Infinity/float=Infinity" + day1 + "/decimal=0.000/text=__HIVE_DEFAULT_PARTITION__",
		"bool=true/int=7/double=4.9E-324/float=0.1" + day1 + "/decimal=0.000/text=.",
		"bool=true/int=7/double=9999999.0/float=4.2E-45" + day1 + "/decimal=0.000/text=}~|<> &+,;",
		"bool=true/int=7/double=NaN/float=1.6777216E7" + day1 + ".000001/decimal=0.000/text=%22%23%27%2A%2F%3A%3D%3F%5C%7B%5B%5D%5E",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
}

func writeOne(t *testing.T, table sinks.Table, rec arrow.Record) *sinks.Manifest {
	t.Helper()
	p, err := table.Part(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	m, err := table.Commit(t.Context(), sinks.Run{ID: "r"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Strings come plain, as dictionaries and with nulls in either place.
func TestDictionariesArePartitionedByTheirValues(t *testing.T) {
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	vb := array.NewStringBuilder(memory.DefaultAllocator)
	vb.AppendValues([]string{"x", "y", ""}, []bool{true, true, true})
	vb.AppendNull()
	ib := array.NewInt8Builder(memory.DefaultAllocator)
	ib.AppendValues([]int8{0, 1, 2, 3, 0, 0}, []bool{true, true, true, true, true, false})
	keys := array.NewDictionaryArray(dt, ib.NewArray(), vb.NewArray())
	nb := array.NewInt64Builder(memory.DefaultAllocator)
	nb.AppendValues([]int64{1, 2, 3, 4, 5, 6}, nil)
	rec := array.NewRecord(arrow.NewSchema([]arrow.Field{
		{Name: "k", Type: dt}, {Name: "v", Type: arrow.PrimitiveTypes.Int64},
	}, nil), []arrow.Array{keys, nb.NewArray()}, 6)
	st := store.New(&store.Mem{})
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "k", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "v", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	table, err := sinks.Create(t.Context(), st, "t", sinks.Options{Schema: schema, RunID: "r", PartitionBy: []string{"k"}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, f := range writeOne(t, table, rec).Files {
		got[f.Name[:strings.Index(f.Name, "/")]] += f.Rows
	}
	want := map[string]int64{"k=x": 2, "k=y": 1, "k=__HIVE_DEFAULT_PARTITION__": 3}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows of folders (-want +got):\n%s", diff)
	}
}

func TestColumnsWithoutValuesAreOnePartition(t *testing.T) {
	nb := array.NewInt64Builder(memory.DefaultAllocator)
	nb.AppendValues([]int64{1, 2}, nil)
	schema := arrow.NewSchema([]arrow.Field{{Name: "k", Type: arrow.Null, Nullable: true}, {Name: "v", Type: arrow.PrimitiveTypes.Int64}}, nil)
	rec := array.NewRecord(schema, []arrow.Array{array.NewNull(2), nb.NewArray()}, 2)
	table, err := sinks.Create(t.Context(), store.New(&store.Mem{}), "t", sinks.Options{Schema: schema, RunID: "r", PartitionBy: []string{"k"}})
	if err != nil {
		t.Fatal(err)
	}
	files := writeOne(t, table, rec).Files
	if len(files) != 1 || !strings.HasPrefix(files[0].Name, "k=__HIVE_DEFAULT_PARTITION__/") {
		t.Errorf("files %v, want one in k=__HIVE_DEFAULT_PARTITION__", files)
	}
}

func TestPartitionsThatCannotBeAreRefused(t *testing.T) {
	list := arrow.NewSchema([]arrow.Field{
		{Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32)}, {Name: "v", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	for _, c := range []struct {
		by   []string
		want string
	}{
		{[]string{"w"}, `no such column; it has l, v`},
		{[]string{"v", "v"}, `is there twice`},
		{[]string{"l"}, `cannot be written as the name of a folder`},
	} {
		_, err := sinks.Create(t.Context(), store.New(&store.Mem{}), "t", sinks.Options{Schema: list, RunID: "r", PartitionBy: c.by})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want an error with %q", c.by, err, c.want)
		}
	}
	only := arrow.NewSchema([]arrow.Field{{Name: "v", Type: arrow.PrimitiveTypes.Int64}}, nil)
	_, err := sinks.Create(t.Context(), store.New(&store.Mem{}), "t", sinks.Options{Schema: only, RunID: "r", PartitionBy: []string{"v"}})
	if err == nil || !strings.Contains(err.Error(), "no column is left") {
		t.Errorf("all columns: %v", err)
	}
}

// Text that no folder can be called by ends the run, and says which column it is.
func TestValuesThatAreNoTextAreRefused(t *testing.T) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "k", Type: arrow.BinaryTypes.Binary}, {Name: "v", Type: arrow.PrimitiveTypes.Int64},
	}, nil))
	b.Field(0).(*array.BinaryBuilder).Append([]byte{0xff})
	b.Field(1).(*array.Int64Builder).Append(1)
	rec := b.NewRecord()
	table, err := sinks.Create(t.Context(), store.New(&store.Mem{}), "t",
		sinks.Options{Schema: rec.Schema(), RunID: "r", PartitionBy: []string{"k"}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := table.Part(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Write(rec); err == nil || !strings.Contains(err.Error(), `column "k": the value "\xff"`) {
		t.Errorf("write: %v", err)
	}
}

// On a real disk the chunks wait in a file without a name, which is gone after the
// run, whether it is published or given up.
func TestWaitingRowsLeaveNothingOnDisk(t *testing.T) {
	st, dir := tempStore(t)
	for _, commit := range []bool{true, false} {
		j := manyParts(fmt.Sprint("r", commit), 10)
		j.Options.Mode, j.Options.Buffer = sinks.ModeOverwrite, 1
		table, err := folder(st, dir+"/preds").Create(t.Context(), j.Options)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Write(t.Context(), table); err != nil {
			t.Fatal(err)
		}
		if commit {
			_, err = table.Commit(t.Context(), sinks.Run{})
		} else {
			err = table.Abort(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var left bytes.Buffer
	err := st.List(t.Context(), dir+"/", true, func(o store.Object) error {
		if !strings.Contains(o.Name, "/part-") && !strings.HasSuffix(o.Name, "/_SUCCESS") {
			fmt.Fprintln(&left, o.Name)
		}
		return nil
	})
	if err != nil || left.Len() > 0 {
		t.Errorf("left: %v\n%s", err, left.String())
	}
}

// rowsAt returns how many rows each run has in each folder of a table.
func rowsAt(t *testing.T, st *store.Store, path string) map[string]int {
	t.Helper()
	files, err := st.Glob(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, f := range files {
		rows, err := sinktest.ReadFile(t.Context(), st, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			found[r.Run+" "+strings.TrimPrefix(f.Name[:strings.LastIndex(f.Name, "/")], path+"/")]++
		}
	}
	return found
}

// fewPartitions is a job whose rows 0 to 99 are in the given number of partitions.
func fewPartitions(run string, n int, mode sinks.Mode) sinktest.Job {
	j := sinktest.NewJob(run, mode).Partitioned(n)
	j.Parts = []int{40, 60}
	return j
}

func TestOnlyPartitionsThatARunWritesAreReplaced(t *testing.T) {
	for _, d := range disks {
		t.Run(d.name, func(t *testing.T) {
			st := store.New(d.disk())
			mustRun(t, st, "dir/preds", fewPartitions("old", 5, sinks.ModeError))
			mustRun(t, st, "dir/preds", fewPartitions("new", 2, sinks.ModeOverwritePartitions))
			want := map[string]int{
				"new p q=__HIVE_DEFAULT_PARTITION__/n=0": 50, "new p q=a%2Fb%3Dc%25/n=1": 50,
				"old p q=v2/n=0": 20, "old p q=v3/n=1": 20, "old p q=v4/n=0": 20,
			}
			if diff := cmp.Diff(want, rowsAt(t, st, "dir/preds")); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			none := fewPartitions("none", 2, sinks.ModeOverwritePartitions)
			none.Parts = []int{0}
			mustRun(t, st, "dir/preds", none)
			if diff := cmp.Diff(want, rowsAt(t, st, "dir/preds")); diff != "" {
				t.Errorf("after a run without rows (-want +got):\n%s", diff)
			}
			mustRun(t, st, "dir/preds", fewPartitions("last", 1, sinks.ModeOverwrite))
			want = map[string]int{"last p q=__HIVE_DEFAULT_PARTITION__/n=0": 100}
			if diff := cmp.Diff(want, rowsAt(t, st, "dir/preds")); diff != "" {
				t.Errorf("after an overwrite (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPartitionsAreAppendedTo(t *testing.T) {
	for _, d := range disks {
		t.Run(d.name, func(t *testing.T) {
			st := store.New(d.disk())
			mustRun(t, st, "dir/preds", fewPartitions("old", 2, sinks.ModeAppend))
			mustRun(t, st, "dir/preds", fewPartitions("new", 1, sinks.ModeAppend))
			want := map[string]int{
				"new p q=__HIVE_DEFAULT_PARTITION__/n=0": 100,
				"old p q=__HIVE_DEFAULT_PARTITION__/n=0": 50, "old p q=a%2Fb%3Dc%25/n=1": 50,
			}
			if diff := cmp.Diff(want, rowsAt(t, st, "dir/preds")); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRunsMustPartitionAsTheTableDoes(t *testing.T) {
	st := store.New(&store.Mem{})
	mustRun(t, st, "parts", fewPartitions("old", 2, sinks.ModeAppend))
	mustRun(t, st, "plain", sinktest.NewJob("old", sinks.ModeAppend))
	other := fewPartitions("new", 2, sinks.ModeAppend)
	other.Options.PartitionBy = []string{"n", "p q"}
	for path, j := range map[string]sinktest.Job{
		"parts": sinktest.NewJob("new", sinks.ModeAppend), "parts/": other, "plain": fewPartitions("new", 2, sinks.ModeOverwritePartitions),
	} {
		_, err := j.Run(t.Context(), folder(st, path).Create)
		var layout *sinks.LayoutError
		if !errors.As(err, &layout) {
			t.Errorf("%s: %v, want a LayoutError", path, err)
		}
	}
}

// Folders that others wrote may spell a key or a value in another way.
func TestFoldersAreTheSameHoweverTheyAreSpelled(t *testing.T) {
	const same, key, other = "dir/preds/p q=a%2fb%3Dc%/n=1/x.parquet", "dir/preds/p%20q=a%2Fb%3Dc%25/n=1/x.parquet", "dir/preds/p%20q=v%32/n=0/x.parquet"
	for _, d := range disks {
		for mode, left := range map[sinks.Mode]bool{sinks.ModeAppend: true, sinks.ModeOverwritePartitions: false} {
			st := store.New(d.disk())
			for _, name := range []string{same, key, other} {
				if err := st.WriteFile(t.Context(), name, []byte("rows")); err != nil {
					t.Fatal(err)
				}
			}
			mustRun(t, st, "dir/preds", fewPartitions("new", 2, mode))
			for name, want := range map[string]bool{same: left, key: left, other: true} {
				if got, err := st.Exists(t.Context(), name); got != want {
					t.Errorf("%s, %s: after the run %s is there: %v (%v), want %v", d.name, mode, name, got, err, want)
				}
			}
		}
	}
}

// Whatever the format, chunks that waited on disk are as those that did not wait.
func TestEveryFormatCanBePartitioned(t *testing.T) {
	for _, c := range []struct {
		format sinks.Format
		codec  sinks.Compression
	}{
		{sinks.FormatParquet, sinks.CompressionZstd}, {sinks.FormatCSV, sinks.CompressionNone}, {sinks.FormatCSV, sinks.CompressionGzip}, {sinks.FormatJSON, sinks.CompressionZstd},
		{sinks.FormatArrow, sinks.CompressionLZ4Raw}, {sinks.FormatArrowStream, sinks.CompressionNone},
	} {
		t.Run(fmt.Sprint(c.format, c.codec), func(t *testing.T) {
			j := manyParts("r", 3)
			j.Options.Format, j.Options.Compression = c.format, c.codec
			want := mustRun(t, store.New(&store.Mem{}), "preds", j)
			one := j
			one.Parts = []int{int(j.Rows())}
			one.Batch, one.Workers = 77, 2
			if got := mustRun(t, store.New(&store.Mem{}), "preds", one); got.RowsOut != want.RowsOut {
				t.Errorf("%d rows, want %d", got.RowsOut, want.RowsOut)
			}
			j.Batch, j.Workers = 10, 7
			if diff := cmp.Diff(want.Files, mustRun(t, store.New(&store.Mem{}), "preds", j).Files); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}
