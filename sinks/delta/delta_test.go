package delta_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	"leapscore/engine/store/storetest"
	"leapscore/sinks"
	"leapscore/sinks/delta"
	"leapscore/sinks/sinktest"
)

// bucket is storage without folders.
type bucket struct{ store.Driver }

var old = sinktest.SmallJob("old", sinks.ModeError)

var scenarios = map[string]sinktest.Scenario{
	"fresh":     {Old: nil, New: sinktest.SmallJob("new", sinks.ModeError)},
	"overwrite": {Old: &old, New: sinktest.SmallJob("new", sinks.ModeOverwrite)},
	"append":    {Old: &old, New: sinktest.SmallJob("new", sinks.ModeAppend)},
}

// folder is a Delta table as a destination.
func folder(st *store.Store, path string) sinktest.Destination {
	return sinktest.Destination{
		Create: func(ctx context.Context, opts sinks.Options) (sinks.Table, error) {
			return delta.Create(ctx, st, path, opts, delta.Options{})
		},
		Read:   func(ctx context.Context) ([]sinktest.Row, error) { return read(ctx, st, path) },
		Append: true,
		Once:   true,
	}
}

// read reads the table as a simple reader of the log does: all commits from
// the first, without checkpoints.
func read(ctx context.Context, st *store.Store, path string) ([]sinktest.Row, error) {
	var files []string
	for v := 0; ; v++ {
		data, err := st.ReadFile(ctx, fmt.Sprintf("%s/_delta_log/%020d.json", path, v))
		if errors.Is(err, store.ErrNotExist) {
			break
		} else if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			var a struct{ Add, Remove *struct{ Path string } }
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				return nil, err
			}
			if a.Add != nil {
				files = append(files, a.Add.Path)
			}
			if a.Remove != nil {
				files = slices.DeleteFunc(files, func(f string) bool { return f == a.Remove.Path })
			}
		}
	}
	var rows []sinktest.Row
	for _, f := range files {
		more, err := sinktest.ReadFile(ctx, st, path+"/"+f)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

func TestTablesHoldOldOrNewWhateverCallFails(t *testing.T) {
	for name, s := range scenarios {
		for _, fault := range []storetest.Fault{storetest.Fail, storetest.KillBefore, storetest.KillAfter, storetest.KillHalf} {
			for _, folders := range []bool{true, false} {
				t.Run(fmt.Sprint(name, fault, folders), func(t *testing.T) {
					calls := withFault(t, s, fault, folders, 0) // of a run that nothing disturbs
					if calls < 10 {
						t.Fatalf("a run of only %d calls", calls)
					}
					for k := 1; k <= calls; k++ {
						if withFault(t, s, fault, folders, k); t.Failed() {
							t.Fatalf("call %d of %d", k, calls)
						}
					}
				})
			}
		}
	}
}

// withFault runs with a fault at call k, or with none if k is 0, checks the table,
// and returns the number of calls.
func withFault(t *testing.T, s sinktest.Scenario, fault storetest.Fault, folders bool, k int) int {
	t.Helper()
	driver := func(d store.Driver) *store.Store {
		if folders {
			return store.New(d)
		}
		return store.New(bucket{d})
	}
	mem := &store.Mem{}
	if s.Old != nil {
		if _, err := s.Old.Run(t.Context(), folder(driver(mem), "dir/preds").Create); err != nil {
			t.Fatal(err)
		}
	}
	before := mem.Names()
	x := storetest.Inject(mem, storetest.At(k, fault))
	_, err := s.New.Run(t.Context(), folder(driver(x), "dir/preds").Create)
	calls, _ := x.Calls()
	after := driver(mem.Crash())
	got := runsIn(t, after, s.Jobs()...)
	var uncertain *sinks.UncertainError
	want := s.Before()
	if err == nil || fault == storetest.KillAfter && slices.Equal(got, s.After()) || errors.As(err, &uncertain) && slices.Equal(got, s.After()) {
		want = s.After()
	}
	if !slices.Equal(got, want) {
		t.Errorf("run %v: the table holds %q, want %q", err, got, want)
	}
	if err != nil && fault == storetest.Fail && slices.Equal(want, s.Before()) && !errors.As(err, &uncertain) {
		if left := len(mem.Names()) - len(before); left > 1 { // what a Delete that failed has left
			t.Errorf("%v: a failed run left %q of %q", err, mem.Names(), before)
		}
	}
	again := s.New
	_, err = again.Run(t.Context(), folder(after, "dir/preds").Create)
	if done := slices.Equal(want, s.After()); done != errors.Is(err, sinks.ErrRunDone) || !done && err != nil {
		t.Errorf("the same run again, when it was done %v: %v", done, err)
	}
	if got := runsIn(t, after, s.Jobs()...); !slices.Equal(got, s.After()) {
		t.Errorf("after the same run again the table holds %q, want %q", got, s.After())
	}
	return calls
}

// runsIn returns the runs whose rows are in the table, whole.
func runsIn(t *testing.T, st *store.Store, jobs ...sinktest.Job) []string {
	t.Helper()
	rows, err := read(t.Context(), st, "dir/preds")
	if err != nil {
		t.Fatal(err)
	}
	runs, err := sinktest.Whole(rows, jobs...)
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

// Appends at the same time all land, each in a version of its own, and an
// overwrite replaces what is there when it lands.
func TestRunsAtTheSameTimeAllLand(t *testing.T) {
	st := store.New(&store.Mem{})
	create := folder(st, "dir/preds").Create
	jobs := []sinktest.Job{sinktest.SmallJob("first", sinks.ModeError)}
	mustCreate := func(j sinktest.Job) sinks.Table {
		table, err := create(t.Context(), j.Options)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Write(t.Context(), table); err != nil {
			t.Fatal(err)
		}
		return table
	}
	if _, err := mustCreate(jobs[0]).Commit(t.Context(), sinks.Run{ID: "first"}); err != nil {
		t.Fatal(err)
	}
	var tables []sinks.Table
	for i := range 12 {
		j := sinktest.SmallJob(fmt.Sprintf("more%02d", i), sinks.ModeAppend)
		jobs = append(jobs, j)
		tables = append(tables, mustCreate(j)) // all of them know version 0
	}
	late := sinktest.SmallJob("late", sinks.ModeOverwrite)
	over := mustCreate(late)
	var wg sync.WaitGroup
	for i, table := range tables {
		wg.Go(func() {
			if _, err := table.Commit(context.Background(), sinks.Run{ID: jobs[i+1].Options.RunID}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := runsIn(t, st, jobs...); len(got) != len(jobs) {
		t.Errorf("the table holds %q, want all %d", got, len(jobs))
	}
	if ok, err := st.Exists(t.Context(), "dir/preds/_delta_log/00000000000000000010.checkpoint.parquet"); !ok || err != nil {
		t.Errorf("no checkpoint at version 10: %v", err)
	}
	if _, err := over.Commit(t.Context(), sinks.Run{ID: "late"}); err != nil {
		t.Fatal(err)
	}
	if got := runsIn(t, st, late); !slices.Equal(got, []string{"late"}) {
		t.Errorf("the table holds %q, want late", got)
	}
}

// opened is a driver that does something before a file is opened.
type opened struct {
	store.Driver
	do func(name string)
}

func (o opened) Open(ctx context.Context, name string) (store.Reader, error) {
	o.do(name)
	return o.Driver.Open(ctx, name)
}

// The run that puts a version whose time it is writes the checkpoint, though the
// next version is there by then.
func TestCheckpointsAreWrittenWhenAnotherRunIsFast(t *testing.T) {
	mem := &store.Mem{}
	st := store.New(mem)
	const log = "dir/preds/_delta_log/000000000000000000"
	var next sinks.Table
	slow := store.New(opened{mem, func(name string) {
		if name != log+"10.json" || next == nil {
			return
		}
		table := next
		next = nil
		if _, err := table.Commit(t.Context(), sinks.Run{ID: "next"}); err != nil {
			t.Error(err)
		}
	}})
	for i := range 10 {
		j := sinktest.SmallJob(fmt.Sprint("run", i), sinks.ModeAppend)
		if _, err := j.Run(t.Context(), folder(st, "dir/preds").Create); err != nil {
			t.Fatal(err)
		}
	}
	write := func(st *store.Store, id string) sinks.Table {
		j := sinktest.SmallJob(id, sinks.ModeAppend)
		table, err := folder(st, "dir/preds").Create(t.Context(), j.Options)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Write(t.Context(), table); err != nil {
			t.Fatal(err)
		}
		return table
	}
	tenth := write(slow, "tenth")
	next = write(st, "next")
	if _, err := tenth.Commit(t.Context(), sinks.Run{ID: "tenth"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{log + "11.json", log + "10.checkpoint.parquet"} {
		if ok, err := st.Exists(t.Context(), name); !ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
}

// Of two runs that make a table, one says that it was late, and leaves nothing.
func TestTablesAreMadeOnce(t *testing.T) {
	mem := &store.Mem{}
	create := folder(store.New(mem), "dir/preds").Create
	a, b := sinktest.SmallJob("a", sinks.ModeError), sinktest.SmallJob("b", sinks.ModeError)
	table, err := create(t.Context(), a.Options)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Write(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Run(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	before := len(mem.Names())
	if _, err := table.Commit(t.Context(), sinks.Run{}); !errors.Is(err, sinks.ErrOutputExists) {
		t.Errorf("%v, want ErrOutputExists", err)
	}
	if err := table.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := len(mem.Names()); after != before-2 {
		t.Errorf("%d objects left, want %d without the two files", after, before-2)
	}
}

func TestModesAndRefusals(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "run", Type: arrow.BinaryTypes.String}, {Name: "row", Type: arrow.PrimitiveTypes.Float64},
		{Name: "extra", Type: arrow.PrimitiveTypes.Int8}}, nil)
	opts := func(mode sinks.Mode) sinks.Options {
		return sinks.Options{Schema: sinktest.Schema, RunID: "again", Mode: mode}
	}
	other := opts(sinks.ModeOverwrite)
	other.Schema = schema
	const meta = `{"metaData":{"id":"x","format":{"provider":"parquet","options":{}},"schemaString":%q,"partitionColumns":[],"configuration":%s}}`
	const columns = `{"type":"struct","fields":[{"name":"run","type":"string","nullable":true,"metadata":{}},` +
		`{"name":"row","type":"long","nullable":true,"metadata":{}},{"name":"noise","type":"double","nullable":true,"metadata":{}}]}`
	log := func(protocol, config string) string {
		return `{"protocol":` + protocol + "}\n" + fmt.Sprintf(meta, columns, config)
	}
	for _, c := range []struct {
		name, log string
		opts      sinks.Options
		replace   bool
		want      string // in the error
	}{
		{"error", log(`{"minReaderVersion":1,"minWriterVersion":2}`, `{}`), opts(sinks.ModeError), false, "output exists, at version 0"},
		{"ignore", log(`{"minReaderVersion":1,"minWriterVersion":2}`, `{}`), opts(sinks.ModeIgnore), false, "left as it is"},
		{"append", log(`{"minReaderVersion":1,"minWriterVersion":2}`, `{}`), opts(sinks.ModeAppend), false, ""},
		{"deletion vectors", log(`{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}`, `{}`),
			opts(sinks.ModeAppend), false, "the feature deletionVectors"},
		{"column mapping", log(`{"minReaderVersion":2,"minWriterVersion":5}`, `{"delta.columnMapping.mode":"name"}`), opts(sinks.ModeAppend), false, "columnMapping"},
		{"constraint", log(`{"minReaderVersion":1,"minWriterVersion":3}`, `{"delta.constraints.c":"row > 0"}`), opts(sinks.ModeAppend), false, "row > 0"},
		{"append only", log(`{"minReaderVersion":1,"minWriterVersion":2}`, `{"delta.appendOnly":"true"}`), opts(sinks.ModeOverwrite), false, "delta.appendOnly"},
		{"new protocol", log(`{"minReaderVersion":4,"minWriterVersion":8}`, `{}`), opts(sinks.ModeAppend), false, "reader of version 4"},
		{"other columns", log(`{"minReaderVersion":1,"minWriterVersion":2}`, `{}`), other, false, `column "row": found float64, the table has long`},
		{"other column too", log(`{"minReaderVersion":1,"minWriterVersion":2}`, `{}`), other, false, `column "extra" (int8): the table has none`},
		{"remedy", log(`{"minReaderVersion":1,"minWriterVersion":2}`, `{}`), other, false, "--overwrite-schema"},
		{"replaced columns", log(`{"minReaderVersion":1,"minWriterVersion":2}`, `{}`), other, true, ""},
		{"no delta table", "", opts(sinks.ModeAppend), false, "no Delta table"},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := store.New(&store.Mem{})
			name := "preds/_delta_log/00000000000000000000.json"
			if c.log == "" {
				name = "preds/x.parquet"
			}
			if err := st.WriteFile(t.Context(), name, []byte(c.log)); err != nil {
				t.Fatal(err)
			}
			table, err := delta.Create(t.Context(), st, "preds", c.opts, delta.Options{ReplaceSchema: c.replace})
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v, want %q", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := table.Abort(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestTablesConform(t *testing.T) {
	sinktest.RunConformance(t, func(t *testing.T) sinktest.Destination {
		st := store.New(&store.Mem{})
		d := folder(st, "dir/preds")
		d.Create = func(ctx context.Context, opts sinks.Options) (sinks.Table, error) {
			return delta.Create(ctx, st, "dir/preds", opts, delta.Options{Attempt: "00000000"})
		}
		return d
	})
}

func TestTablesSurvivePowerCuts(t *testing.T) {
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			cuts := sinktest.PowerCuts{Old: s.Old, New: s.New, Append: s.New.Options.Mode == sinks.ModeAppend}
			cuts.On = func(st *store.Store) sinktest.Destination { return folder(st, "preds") }
			cuts.Run(t)
		})
	}
}
