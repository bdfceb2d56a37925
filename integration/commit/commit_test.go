// Package commit kills whole runs and starts them at the same time, and looks at
// the tables that they leave, on a disk and on real servers. It has no code of its
// own.
package commit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	parquetgo "github.com/parquet-go/parquet-go"

	"leapscore/engine/enginetest"
	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob
	"leapscore/integration/servers"
	"leapscore/integration/tools"
	"leapscore/internal/testseed"
	"leapscore/sinks"
)

// place is where a table is, with what scores into it.
type place struct {
	*servers.Server
	bin, model string
	table      string // its name ends in /preds
}

const rows = 3000

// inputs writes two inputs that differ in their ids, and returns their paths.
func inputs(t *testing.T) (model string, in [2]string) {
	t.Helper()
	dir := t.TempDir()
	model = filepath.Join(dir, "lr.zip")
	if err := os.WriteFile(model, enginetest.Linear("error").Zip(), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range in {
		in[i] = filepath.Join(dir, fmt.Sprintf("in%d.parquet", i))
		if err := enginetest.WriteParquet(in[i], enginetest.Homes(uint64(i+1), rows, 0), 500); err != nil {
			t.Fatal(err)
		}
	}
	return model, in
}

// score starts a run into the table.
func (p place) score(input string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.Command(p.bin, append([]string{"score", "--model", p.model, "--input", input, "--output", p.URL(p.table), "--keep", "all",
		"--partition-by", "city", "--workers", "2", "--memory", "256MiB", "--sweep-after", "1s"}, args...)...)
	cmd.Env = append(append(os.Environ(), "XDG_CONFIG_HOME="+os.TempDir()), p.Env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	return cmd, &stderr
}

func (p place) mustScore(t *testing.T, input string, args ...string) {
	t.Helper()
	cmd, stderr := p.score(input, args...)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, stderr)
	}
}

func (p place) open(t *testing.T) (*store.Store, string) {
	t.Helper()
	p.Setenv(t)
	st, name, err := store.Open(context.Background(), p.URL(p.table))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st, name
}

// runs returns how many rows the table has of each run, as a reader finds them that
// honours the manifests, on a disk by the folder alone.
func (p place) runs(t *testing.T) map[string]int64 {
	t.Helper()
	st, name := p.open(t)
	var files []string
	if p.Scheme == "file" {
		found, err := st.Glob(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range found {
			files = append(files, o.Name)
		}
	} else {
		m, err := sinks.ReadManifest(t.Context(), st, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range m.Live() {
			files = append(files, name+"/"+f.Name)
		}
	}
	got := map[string]int64{}
	for _, f := range files {
		data, err := st.ReadFile(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		pf, err := parquetgo.OpenFile(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		base := f[strings.LastIndexByte(f, '/')+1:]
		got[strings.TrimSuffix(base[len("part-00000-"):], ".parquet")] += pf.NumRows()
	}
	return got
}

// leftovers returns what is in the folder of the table besides it, and besides it in
// the folder above.
func (p place) leftovers(t *testing.T) []string {
	t.Helper()
	live := map[string]bool{"_SUCCESS": true}
	st, name := p.open(t)
	m, err := sinks.ReadManifest(t.Context(), st, name)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Live() {
		live[f.Name] = true
	}
	if m.Commit == 0 { // a disk: the folder alone tells
		found, err := st.Glob(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range found {
			live[o.Name[len(name)+1:]] = true
		}
	}
	var left []string
	err = st.List(t.Context(), strings.TrimSuffix(name, "preds"), true, func(o store.Object) error {
		rel, in := strings.CutPrefix(o.Name, name+"/")
		record := strings.HasPrefix(rel, "_leapscore/") && strings.HasSuffix(rel, ".json") // or a manifest
		if !in || !live[rel] && !record {
			left = append(left, o.Name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}

func places(t *testing.T, model string) []place {
	t.Helper()
	bin := tools.Leapscore(t)
	var all []place
	for _, s := range []*servers.Server{servers.Files(t), servers.S3(t), servers.GCS(t), servers.Azure(t)} {
		all = append(all, place{s, bin, model, "t/preds"})
	}
	return all
}

// Each round kills a run at a random moment, with no chance to clear up. A reader
// finds the whole of the table as it was or of the one that the run made; the run
// after the last removes what all of them left.
func TestKilledRunsLeaveTheOldTableOrTheNew(t *testing.T) {
	model, in := inputs(t)
	for _, p := range places(t, model) {
		t.Run(p.Scheme, func(t *testing.T) {
			start := time.Now()
			p.mustScore(t, in[0], "--mode", "overwrite")
			took := time.Since(start)
			before := p.runs(t)
			r := testseed.Rand(t, 3, 4)
			killed, changed := 0, 0
			for i := range 25 {
				mode := []string{"overwrite", "overwrite-partitions"}[i%2]
				cmd, stderr := p.score(in[i%2], "--mode", mode)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				time.AfterFunc(time.Duration(r.Int64N(int64(took)*5/4)), func() { _ = cmd.Process.Kill() })
				err := cmd.Wait()
				var exit *exec.ExitError
				if err != nil && (!errors.As(err, &exit) || exit.Exited()) {
					t.Fatalf("round %d: %v\n%s", i, err, stderr)
				}
				if err != nil {
					killed++
				}
				after := p.runs(t)
				if len(after) != 1 || total(after) != rows {
					t.Fatalf("round %d, %v: the table has rows of %v, before of %v", i, err, after, before)
				}
				if same := fmt.Sprint(after) == fmt.Sprint(before); !same {
					changed++
				} else if err == nil {
					t.Fatalf("round %d was done, and the table is as before", i)
				}
				before = after
			}
			if killed == 0 {
				t.Error("no run was killed: all of them were faster")
			}
			t.Logf("%d runs killed, %d tables changed", killed, changed)
			time.Sleep(4 * time.Second) // three signs of life and one more
			p.mustScore(t, in[0], "--mode", "overwrite")
			if left := p.leftovers(t); len(left) > 0 {
				t.Errorf("after the next run there are %q", left)
			}
		})
	}
}

func total(m map[string]int64) (n int64) {
	for _, rows := range m {
		n += rows
	}
	return n
}

// Each of several runs at the same time commits as a whole or ends with exit code
// 6; no row is lost or doubled.
func TestRunsAtOnceLandWholeOrSayThatTheyDidNot(t *testing.T) {
	model, in := inputs(t)
	for _, p := range places(t, model) {
		for _, mode := range []string{"error", "append", "overwrite", "overwrite-partitions"} {
			t.Run(p.Scheme+"/"+mode, func(t *testing.T) {
				p := p
				p.table = mode + "/preds"
				p.twoRuns(t, mode, in)
			})
		}
	}
}

// The same where answers get lost and requests are repeated.
func TestRunsAtOnceLandWholeWhereAnswersAreLost(t *testing.T) {
	model, in := inputs(t)
	for _, p := range places(t, model) {
		if p.Scheme == "file" {
			continue
		}
		for _, mode := range []string{"append", "overwrite-partitions"} {
			t.Run(p.Scheme+"/"+mode, func(t *testing.T) {
				through := servers.Through(t, p.Server)
				through.Plan(servers.Every(3, servers.Lost))
				p := place{through.Server, p.bin, p.model, mode + "/preds"}
				p.twoRuns(t, mode, in)
			})
		}
	}
}

func (p place) twoRuns(t *testing.T, mode string, in [2]string) {
	t.Helper()
	var cmds []*exec.Cmd
	var errs []*bytes.Buffer
	for i := range 2 {
		// Neither is dead, however slow its signs of life are to come.
		cmd, stderr := p.score(in[i], "--mode", mode, "--run-id", fmt.Sprint(mode, i), "--sweep-after", "10m")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cmds, errs = append(cmds, cmd), append(errs, stderr)
	}
	won := 0
	for i, cmd := range cmds {
		_ = cmd.Wait() // the code is looked at
		switch code := cmd.ProcessState.ExitCode(); {
		case code == 0:
			won++
		case code != 6:
			t.Errorf("run %d ended with exit code %d, want 0 or 6\n%s", i, code, errs[i])
		}
	}
	got := p.runs(t)
	for run, n := range got {
		if n != rows {
			t.Errorf("run %s has %d rows in the table, want %d", run, n, rows)
		}
	}
	switch {
	case won == 0:
		t.Errorf("no run landed:\n%s\n%s", errs[0], errs[1])
	case mode == "append" && len(got) != won:
		t.Errorf("%d runs landed, the table has rows of %v", won, got)
	case mode == "error" && won != 1:
		t.Errorf("%d runs landed, want 1", won)
	case mode != "append" && len(got) != 1:
		t.Errorf("the table has rows of %v, want one run", got)
	case mode == "append" && p.Scheme != "file" && won != 2:
		t.Errorf("%d appends landed, want both:\n%s\n%s", won, errs[0], errs[1])
	}
	if left := p.leftovers(t); len(left) > 0 {
		t.Errorf("the runs left %q", left)
	}
}

// A reader of our own that reads while runs come and go finds whole tables only.
func TestOurReaderReadsByTheManifest(t *testing.T) {
	model, in := inputs(t)
	p := place{servers.S3(t), tools.Leapscore(t), model, "t/preds"}
	p.mustScore(t, in[0], "--mode", "overwrite")
	st, name := p.open(t)
	// The files that a killed run would leave.
	data, err := os.ReadFile(in[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := st.WriteFile(t.Context(), name+"/city=Oslo/part-00000-6d1d8c9e-0000-4000-8000-000000000000.parquet", data); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(p.bin, "score", "--model", model, "--input", p.URL(p.table), "--output", filepath.Join(t.TempDir(), "back.parquet"),
		"--keep", "none", "--json", "--quiet")
	cmd.Env = append(os.Environ(), p.Env...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, err.(*exec.ExitError).Stderr)
	}
	lines := slices.DeleteFunc(strings.Split(string(out), "\n"), func(s string) bool { return s == "" })
	var m sinks.Manifest
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &m); err != nil || m.RowsIn != rows {
		t.Errorf("%d rows were read, %v; want %d", m.RowsIn, err, rows)
	}
}
