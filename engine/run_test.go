package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
	"leapscore/engine"
	"leapscore/engine/enginetest"
	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/internal/testseed"
	"leapscore/models/mleap"
	"leapscore/ops"
	"leapscore/ops/builtin"
	"leapscore/sinks"
	"leapscore/sources"
	"leapscore/sources/files"
)

// want fails unless err is of type E, and returns it.
func want[E error](t *testing.T, err error) E {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%[1]T), want %T", err, e)
	}
	return e
}

// refused runs a job that must not end well, over a table that is there
// already, and checks that nothing of it is to be seen.
func refused(t *testing.T, job engine.Job, ctx context.Context) error {
	t.Helper()
	d := disk{&store.Mem{}}
	old := job
	old.Source, old.Workers = homes(enginetest.Homes(9, 5, 0), 5, 5), 1
	if _, err := newRun(t, d, old, sinks.ModeError).do(t, t.Context()); err != nil {
		t.Fatal(err)
	}
	before := d.files(t)
	_, err := newRun(t, d, job, sinks.ModeOverwrite).do(t, ctx)
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(before, d.files(t)); diff != "" {
		t.Errorf("files differ (-before +after):\n%s", diff)
	}
	return err
}

func TestEveryRowIsScoredSkippedOrRejectedOnce(t *testing.T) {
	models := map[string]*pipeline.Model{}
	for _, mode := range []string{"error", "skip", "keep"} {
		models[mode] = load(t, enginetest.Linear(mode))
	}
	for seed := range testseed.Seeds(t, 40) {
		r := rand.New(rand.NewPCG(seed, 7))
		mode := []string{"error", "skip", "keep"}[r.IntN(3)]
		rows := enginetest.Homes(seed, r.IntN(800), 1+r.IntN(40))
		src := homes(rows, 1+r.IntN(200), 1+r.IntN(300))
		src.empty = r.IntN(3)
		job := engine.Job{Model: models[mode], Source: src, Workers: 1 + r.IntN(4), BatchRows: 1 + r.IntN(400), Reject: true}
		d, m := score(t, job)

		var out, skipped, bad []string
		for _, h := range rows {
			id := fmt.Sprint(h.ID)
			switch {
			case mode == "skip" && h.City != nil && *h.City == "Atlantis":
				skipped = append(skipped, id)
			case mode == "keep" && h.Rooms != nil || !h.Bad():
				out = append(out, id)
			default:
				bad = append(bad, id)
			}
		}
		name := fmt.Sprintf("seed %d, %s", seed, mode)
		if diff := cmp.Diff(out, d.read(t, "out").rows["id"]); diff != "" {
			t.Errorf("%s: rows out (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(bad, d.read(t, "bad").rows["id"]); diff != "" {
			t.Errorf("%s: rejects (-want +got):\n%s", name, diff)
		}
		got := [4]int64{m.RowsIn, m.RowsOut, m.Skipped, m.Rejected}
		if want := [4]int64{int64(len(rows)), int64(len(out)), int64(len(skipped)), int64(len(bad))}; got != want {
			t.Errorf("%s: in, out, skipped, rejected = %d, want %d", name, got, want)
		}
	}
}

func TestManyRejectedFilesAreRowsOfNulls(t *testing.T) {
	const n = 300
	files := &engine.FileRejects{}
	for i := range n {
		files.Add(sources.RejectedFile{Name: fmt.Sprint(i, ".csv"), Err: errors.New("is empty"), Rows: -1})
	}
	job := engine.Job{Model: load(t, enginetest.Linear("error")), Source: homes(enginetest.Homes(1, 100, 0), 40, 10), Reject: true, Files: files}
	d, m := score(t, job)
	if m.FilesRejected != n {
		t.Errorf("%d files rejected, want %d", m.FilesRejected, n)
	}
	got := d.read(t, "bad")
	nulls := slices.Repeat([]string{"null"}, n)
	for _, col := range []string{"id", "city", "kind", "rooms", "area", "note", "_error_column"} {
		if diff := cmp.Diff(nulls, got.rows[col]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", col, diff)
		}
	}
}

func TestRejectsSayWhatWasWrong(t *testing.T) {
	rows := enginetest.Homes(1, 100, 0)
	rows[30].City = new("Atlantis")
	rows[77].Rooms = nil
	d, _ := score(t, engine.Job{Model: load(t, enginetest.Linear("error")), Source: homes(rows, 40, 10), Keep: []string{"none"}, Reject: true})
	got := d.read(t, "bad")
	wantCols := []string{
		"id", "city", "kind", "rooms", "area", "note", "_error_code", "_error_node", "_error_op", "_error_column", "_error_message", "_source_file", "_source_row",
	}
	if diff := cmp.Diff(wantCols, got.cols); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	for col, want := range map[string][]string{
		"id": {"30", "77"}, "_source_row": {"30", "77"}, "_source_file": {`"small"`, `"small"`}, "_error_code": {`"unseen_label"`, `"null"`},
		"_error_node": {`"root/index_city.node"`, `"root/assemble_numbers.node"`}, "_error_op": {`"string_indexer"`, `"vector_assembler"`},
		"_error_column": {`"city"`, `"rooms"`},
	} {
		if diff := cmp.Diff(want, got.rows[col]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", col, diff)
		}
	}
}

// The row that is named is the first, though workers meet others before.
func TestTheFirstRefusedRowIsNamed(t *testing.T) {
	rows := enginetest.Homes(1, 1000, 0)
	for _, bad := range []int{333, 334, 410, 650, 999} {
		rows[bad].City = new("Atlantis")
	}
	rows[333].City = new("El Dorado")
	m := load(t, enginetest.Linear("error"))
	for _, workers := range []int{1, 2, 7} {
		for _, batch := range []int{1, 100, 8192} {
			src := homes(rows, 90, 25)
			// The split with the first waits until a later one has failed.
			failed := make(chan struct{})
			src.next = func(split, _ int) error {
				if workers > 1 && split == 3 {
					<-failed
				}
				return nil
			}
			src.closed = func(split int) {
				if split == 4 {
					close(failed)
				}
			}
			err := refused(t, engine.Job{Model: m, Source: src, Workers: workers, BatchRows: batch}, t.Context())
			row := want[*engine.RowError](t, err)
			wantRow := &engine.RowError{Origin: "small", Row: 333, Value: "El Dorado", Reject: pipeline.Reject{
				Row: row.Reject.Row, Code: ops.Unseen, Node: "root/index_city.node", Op: "string_indexer", Column: "city", Msg: row.Msg,
			}}
			if diff := cmp.Diff(wantRow, row); diff != "" {
				t.Errorf("%d workers, batches of %d (-want +got):\n%s", workers, batch, diff)
			}
			for _, part := range []string{"small: row 333: ", "node root/index_city.node (string_indexer)", `column "city" = El Dorado: `, "[unseen_label]"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("message %q has no %q", err, part)
				}
			}
		}
	}
}

func TestTheRowIsThatOfItsFile(t *testing.T) {
	dir := t.TempDir()
	rows := enginetest.Homes(1, 300, 0)
	rows[250].Rooms = nil
	for name, part := range map[string][]enginetest.Home{"a": rows[:100], "b": rows[100:]} {
		if err := enginetest.WriteParquet(filepath.Join(dir, name+".parquet"), part, 60); err != nil {
			t.Fatal(err)
		}
	}
	src, err := files.Open(t.Context(), []string{dir}, sources.Options{BatchRows: 7})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	err = refused(t, engine.Job{Model: load(t, enginetest.Forest("keep")), Source: src, Workers: 2}, t.Context())
	row := want[*engine.RowError](t, err)
	if row.Origin != filepath.Join(dir, "b.parquet") || row.Row != 150 || row.Column != "rooms" {
		t.Errorf("%v, want row 150 of b.parquet and column rooms", err)
	}
}

func TestTooManyRejectsEndTheRun(t *testing.T) {
	rows := enginetest.Homes(1, 100, 0)
	for i := 10; i < 39; i++ {
		rows[i].City = nil
	}
	m := load(t, enginetest.Linear("error"))
	for limit, ok := range map[string]bool{
		"0": false, "28": false, "29": true, "1000": true, "": true,
		"0%": false, "28.9%": false, "29%": true, "29.0%": true, "100%": true,
	} {
		budget, err := engine.ParseMaxErrors(limit)
		if err != nil {
			t.Fatal(err)
		}
		job := engine.Job{Model: m, Source: homes(rows, 7, 7), Workers: 2, Reject: true, MaxErrors: budget}
		if ok {
			if _, m := score(t, job); m.Rejected != 29 {
				t.Errorf("%s: %d rejected, want 29", limit, m.Rejected)
			}
			continue
		}
		e := want[*engine.BudgetError](t, refused(t, job, t.Context()))
		if e.Limit != limit || e.First == nil || e.First.Row != 10 && strings.HasSuffix(limit, "%") {
			t.Errorf("%s: %v, first %v", limit, e, e.First)
		}
	}
	for _, text := range []string{"-1", "x", "1.5", "101%", "-1%", "NaN%", "%"} {
		if _, err := engine.ParseMaxErrors(text); err == nil {
			t.Errorf("max errors %q is accepted", text)
		}
	}
}

func TestNoRowsGiveATableWithColumns(t *testing.T) {
	m := load(t, enginetest.Linear("error"))
	for name, src := range map[string]*smallSource{
		"no splits":    homes(nil, 10, 10),
		"empty splits": {schema: enginetest.Schema, split: 10, batch: 10, empty: 5},
	} {
		t.Run(name, func(t *testing.T) {
			d, manifest := score(t, engine.Job{Model: m, Source: src, Workers: 3, Reject: true})
			if manifest.RowsIn != 0 || manifest.RowsOut != 0 || len(manifest.Files) != 1 {
				t.Errorf("manifest %+v, want no rows and one file", manifest)
			}
			got := d.read(t, "out")
			if diff := cmp.Diff([]string{"id", "note", "price"}, got.cols); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
			if rejects := d.read(t, "bad"); len(rejects.cols) != 13 {
				t.Errorf("rejects have columns %q", rejects.cols)
			}
		})
	}
}

func TestCancelledRunsPublishNothing(t *testing.T) {
	m := load(t, enginetest.Linear("error"))
	stopped := errors.New("stopped by the test")
	for _, at := range []int{0, 1, 5, 12} {
		ctx, cancel := context.WithCancelCause(t.Context())
		src := homes(enginetest.Homes(1, 2000, 9), 100, 10)
		src.next = func(split, _ int) error {
			if split == at {
				cancel(stopped)
			}
			return nil
		}
		err := refused(t, engine.Job{Model: m, Source: src, Workers: 3, Reject: true}, ctx)
		if !errors.Is(err, stopped) {
			t.Errorf("error %v, want that of the context", err)
		}
	}
}

func TestAFailingSourcePublishesNothing(t *testing.T) {
	m := load(t, enginetest.Linear("error"))
	broken := errors.New("the disk is broken")
	for _, at := range []int{0, 3, 19} {
		src := homes(enginetest.Homes(1, 2000, 9), 100, 10)
		src.next = func(split, batch int) error {
			if split == at && batch == 4 {
				return broken
			}
			return nil
		}
		if err := refused(t, engine.Job{Model: m, Source: src, Workers: 3, Reject: true}, t.Context()); !errors.Is(err, broken) {
			t.Errorf("error %v, want that of the source", err)
		}
	}
}

func TestRowsThatAreMissingAreNoticed(t *testing.T) {
	src := homes(enginetest.Homes(1, 500, 0), 100, 10)
	src.announced = 501
	err := refused(t, engine.Job{Model: load(t, enginetest.Linear("error")), Source: src, Workers: 2}, t.Context())
	if !errors.Is(err, engine.ErrCounts) || !strings.Contains(err.Error(), "announced 501 rows and gave 500") {
		t.Errorf("error %v, want ErrCounts", err)
	}
}

// bomb is an op that panics at a number of rooms.
type bomb struct{ ops.Kernel }

func (k bomb) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	if b.Len > 0 && in[2].ValueStr(0) == "13" {
		panic("rooms made the op panic")
	}
	return k.Kernel.Eval(b, in)
}

func TestAPanicInAKernelIsAnErrorThatNamesNodeAndSplit(t *testing.T) {
	table := slices.Clone(builtin.Table())
	for i, op := range table {
		if op.Name == "vector_assembler" {
			load := op.Load
			table[i] = &ops.Op{Name: op.Name, Load: func(n *ops.Node) (ops.Kernel, error) {
				k, err := load(n)
				return bomb{k}, err
			}}
		}
	}
	b, err := bundle.OpenFS(enginetest.Forest("error").FS(), bundle.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := mleap.Load(b, ops.NewRegistry(table...))
	if err != nil {
		t.Fatal(err)
	}
	rows := enginetest.Homes(1, 500, 0)
	rows[330].Rooms = new(int32(13))
	for _, workers := range []int{1, 3} {
		job := engine.Job{Model: m, Source: homes(rows, 100, 10), Workers: workers}
		job.Model = m
		err := refused(t, job, t.Context())
		bug := want[*pipeline.PanicError](t, err)
		for _, part := range []string{"small#3", "rows 330-339", "root/assemble_features.node (vector_assembler)", "rooms made the op panic"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("message %q has no %q", err, part)
			}
		}
		if !strings.Contains(string(bug.Stack), "bomb") {
			t.Errorf("the stack does not show the op:\n%s", bug.Stack)
		}
	}
}

func TestAPanicInASourceIsAnErrorThatNamesTheSplit(t *testing.T) {
	src := homes(enginetest.Homes(1, 500, 0), 100, 10)
	src.next = func(split, batch int) error {
		if split == 2 && batch == 1 {
			panic(os.ErrClosed)
		}
		return nil
	}
	err := refused(t, engine.Job{Model: load(t, enginetest.Linear("error")), Source: src, Workers: 2}, t.Context())
	want[*pipeline.PanicError](t, err)
	if !errors.Is(err, os.ErrClosed) || !strings.HasPrefix(err.Error(), "small#2: internal error: ") {
		t.Errorf("error %v, want the split and the panic's value", err)
	}
}
