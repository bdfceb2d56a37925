// Package sinktest checks that a sink keeps the contract of sinks.Table.
package sinktest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	parquetgo "github.com/parquet-go/parquet-go"

	"leapscore/engine/store"
	"leapscore/sinks"
)

// Schema is the schema of the rows that the checks write.
var Schema = arrow.NewSchema([]arrow.Field{
	{Name: "run", Type: arrow.BinaryTypes.String},
	{Name: "row", Type: arrow.PrimitiveTypes.Int64},
	{Name: "noise", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
}, nil)

// PartitionedSchema is that of jobs with partitions.
var PartitionedSchema = arrow.NewSchema([]arrow.Field{
	{Name: "p q", Type: arrow.BinaryTypes.String, Nullable: true},
	Schema.Field(0),
	{Name: "n", Type: arrow.PrimitiveTypes.Int32},
	Schema.Field(1),
	Schema.Field(2),
}, nil)

// partitionOf returns the values of the columns "p q" and n of a row.
func partitionOf(row, partitions int) (string, bool, int32) {
	i := row * 7919 % partitions
	switch i {
	case 0:
		return "", false, 0
	case 1:
		return "a/b=c%", true, 1
	}
	return fmt.Sprint("v", i), true, int32(i % 2)
}

// folderOf is where a row of a job with partitions is.
func folderOf(row, partitions int) string {
	p, valid, n := partitionOf(row, partitions)
	switch {
	case !valid:
		p = "__HIVE_DEFAULT_PARTITION__"
	case p[0] == 'a':
		p = "a%2Fb%3Dc%25"
	}
	return fmt.Sprintf("p q=%s/n=%d", p, n)
}

// Row is a row as it is read back.
type Row struct {
	Run   string   `parquet:"run"`
	Row   int64    `parquet:"row"`
	Noise *float64 `parquet:"noise"`
}

func (r Row) String() string { return fmt.Sprint(r.Run, ":", r.Row) }

// Job is a run that writes rows: its parts have the given sizes.
type Job struct {
	Options sinks.Options
	Parts   []int
	Workers int // at once; 0 is 1
	Batch   int // rows of a record; 0 is 1000

	Partitions int // 0 for a table without
	First      int // number of the first row
}

// Partitioned returns j with its rows in n partitions.
func (j Job) Partitioned(n int) Job {
	j.Partitions = n
	j.Options.Schema, j.Options.PartitionBy = PartitionedSchema, []string{"p q", "n"}
	return j
}

// NewJob returns a job that gives a table of several files and row groups.
func NewJob(run string, mode sinks.Mode) Job {
	return Job{
		Options: sinks.Options{Schema: Schema, RunID: run, Mode: mode, FileRows: 300, GroupRows: 200, Version: "test"},
		Parts:   []int{100, 450, 0, 7, 3, 200},
	}
}

// Rows is the number of rows of the job.
func (j Job) Rows() int64 {
	n := 0
	for _, p := range j.Parts {
		n += p
	}
	return int64(n)
}

// Create starts a table.
type Create func(ctx context.Context, opts sinks.Options) (sinks.Table, error)

// Run creates, writes and commits, or aborts after an error.
func (j Job) Run(ctx context.Context, create Create) (m *sinks.Manifest, err error) {
	table, err := create(ctx, j.Options)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, table.Abort(context.WithoutCancel(ctx)))
		}
	}()
	if err := j.Write(ctx, table); err != nil {
		return nil, err
	}
	return table.Commit(ctx, sinks.Run{ID: j.Options.RunID, RowsIn: j.Rows()})
}

// Write writes all parts that the table wants.
func (j Job) Write(ctx context.Context, table sinks.Table) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		mu   sync.Mutex
		next int
		wg   sync.WaitGroup
	)
	if r, ok := table.(sinks.Resumable); ok {
		next, _, _ = r.Resumed()
	}
	for range max(1, j.Workers) {
		wg.Go(func() {
			for ctx.Err() == nil {
				mu.Lock()
				n := next
				next++
				mu.Unlock()
				if n >= len(j.Parts) {
					return
				}
				if err := j.writePart(ctx, table, n); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

func (j Job) writePart(ctx context.Context, table sinks.Table, n int) error {
	p, err := table.Part(ctx, n)
	if err != nil {
		return err
	}
	defer p.Abort()
	batch := j.Batch
	if batch == 0 {
		batch = 1000
	}
	first := j.First
	for _, rows := range j.Parts[:n] {
		first += rows
	}
	for lo := 0; lo < j.Parts[n]; lo += batch {
		rec := j.record(first+lo, min(batch, j.Parts[n]-lo))
		err := p.Write(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	return p.Commit(ctx)
}

// record holds n rows from first on; the noise depends on the row alone.
func (j Job) record(first, n int) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, j.Options.Schema)
	defer b.Release()
	at := func(name string) array.Builder { return b.Field(j.Options.Schema.FieldIndices(name)[0]) }
	for row := first; row < first+n; row++ {
		at("run").(*array.StringBuilder).Append(j.Options.RunID)
		at("row").(*array.Int64Builder).Append(int64(row))
		if row%10 == 0 {
			at("noise").AppendNull()
		} else {
			at("noise").(*array.Float64Builder).Append(rand.New(rand.NewPCG(uint64(row), 1)).NormFloat64())
		}
		if j.Partitions == 0 {
			continue
		}
		p, valid, n := partitionOf(row, j.Partitions)
		if at("n").(*array.Int32Builder).Append(n); valid {
			at("p q").(*array.StringBuilder).Append(p)
		} else {
			at("p q").AppendNull()
		}
	}
	return b.NewRecord()
}

// CheckFolders returns the rows of a run in their order, if each is in its folder
// and those of a file are in order.
func (j Job) CheckFolders(ctx context.Context, st *store.Store, path string, m *sinks.Manifest) ([]Row, error) {
	var rows []Row
	for _, f := range m.Files {
		more, err := ReadFile(ctx, st, path+"/"+f.Name)
		if err != nil {
			return nil, err
		}
		for i, r := range more {
			if want := folderOf(int(r.Row), j.Partitions); !strings.HasPrefix(f.Name, want+"/part-") {
				return nil, fmt.Errorf("row %v in %s, want it in %s", r, f.Name, want)
			}
			if i > 0 && r.Row <= more[i-1].Row {
				return nil, fmt.Errorf("row %v behind row %v in %s", r, more[i-1], f.Name)
			}
		}
		rows = append(rows, more...)
	}
	SortRows(rows)
	return rows, nil
}

// SortRows sorts by run and row.
func SortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.Row, b.Row)) })
}

// ReadTable returns the rows of all files that a reader of the folder sees, in
// the order of the files' names, or, in a partitioned table, of the rows. It is
// nil if there is no file.
func ReadTable(ctx context.Context, st *store.Store, path string) ([]Row, error) {
	files, err := st.Glob(ctx, path+"/**/*.parquet")
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, f := range files {
		more, err := ReadFile(ctx, st, f.Name)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
		if strings.Contains(f.Name, "=") {
			SortRows(rows)
		}
	}
	return rows, nil
}

// ReadFile returns the rows of a Parquet file.
func ReadFile(ctx context.Context, st *store.Store, name string) ([]Row, error) {
	data, err := st.ReadFile(ctx, name)
	if err != nil {
		return nil, err
	}
	f, err := parquetgo.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r := parquetgo.NewGenericReader[Row](f)
	rows := make([]Row, r.NumRows())
	n, err := r.Read(rows)
	for i := range rows {
		rows[i].Run = strings.Clone(rows[i].Run)
	}
	if n < len(rows) {
		return nil, fmt.Errorf("%s: %d of %d rows: %w", name, n, len(rows), err)
	}
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rows, r.Close()
}

// Whole returns the ids of the runs that the rows are of, sorted, or an error if
// a run's rows are not all there, in their order, once. Files of several runs
// mix by name.
func Whole(rows []Row, jobs ...Job) ([]string, error) {
	found := make(map[string]int64)
	for _, r := range rows {
		if r.Row != found[r.Run] {
			return nil, fmt.Errorf("found %v where %s:%d should be", r, r.Run, found[r.Run])
		}
		found[r.Run]++
	}
	for run, n := range found {
		i := slices.IndexFunc(jobs, func(j Job) bool { return j.Options.RunID == run })
		if i < 0 {
			return nil, fmt.Errorf("%d rows of an unknown run %q", n, run)
		}
		if want := jobs[i].Rows(); n != want {
			return nil, fmt.Errorf("run %s has %d of %d rows", run, n, want)
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}
