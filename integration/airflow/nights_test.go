//go:build airflow

package airflow

import (
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"leapscore/integration/tools"
)

// The nights of a job, one after another, in each Airflow.
func TestNights(t *testing.T) {
	inEachAirflow(t, []night{
		{"first night", firstNight},
		{"nothing new in the inbox", skip},
		{"empty night", emptyNight},
		{"drift", drift},
		{"cleared task", cleared},
		{"killed", killed},
		{"terminated", terminated},
		{"pod", pod},
	})
}

// night is a run, or several, of the DAGs.
type night struct {
	name string
	run  func(airflow)
}

// inEachAirflow tests nights one after another, in a home of their own in each Airflow.
func inEachAirflow(t *testing.T, nights []night) {
	for _, version := range []string{tools.Airflow2, tools.Airflow3} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			a := setUp(t, version)
			for _, night := range nights {
				t.Run(night.name, func(t *testing.T) {
					a := a
					a.t = t
					night.run(a)
				})
			}
		})
	}
}

func firstNight(a airflow) {
	log := a.dagTest("prices", "2026-11-26")
	a.wantState("prices", "2026-11-26", "score", "success", 1, log, `"rows_out":500`, "there is no reference yet", "there is no table yet")
	a.wantState("prices", "2026-11-26", "report", "success", 1, log, "report written")
	if got := a.table()["2026-11-26"].rows; got != 500 {
		a.t.Errorf("the table has %d rows of the night, want 500", got)
	}
}

func skip(a airflow) {
	file, err := os.ReadFile(filepath.Join(a.home, "listings/ds=2026-11-26/listings.parquet"))
	if err != nil {
		a.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(a.home, "inbox/a.parquet"), file, 0o644); err != nil {
		a.t.Fatal(err)
	}
	a.mustRun("leapscore", "score", "--model", "listings.lr.zip", "--input", "inbox/*.parquet", "--output", "scored", "--incremental")
	log := a.dagTest("inbox", "2026-11-26")
	a.wantState("inbox", "2026-11-26", "score", "skipped", 1, log, "no new input, nothing done")
}

// No rows of a night leave the table as it was, also after retries.
func emptyNight(a airflow) {
	before := a.table()
	log := a.dagTest("prices", "2026-12-24")
	a.wantState("prices", "2026-12-24", "score", "failed", 3, log, "the result has no rows")
	a.wantState("prices", "2026-12-24", "report", "upstream_failed", 0, log)
	if after := a.table(); !maps.Equal(before, after) {
		a.t.Errorf("the table was %v and is %v", before, after)
	}
}

// Another model, whose predictions are far from those of the night before.
func drift(a airflow) {
	before := a.table()
	a.setJob("listings.lr.zip", "listings.rf.zip")
	log := a.dagTest("prices", "2026-11-28")
	a.wantState("prices", "2026-11-28", "score", "failed", 3, log, "drift", "price_prediction", "nothing published")
	if after := a.table(); !maps.Equal(before, after) {
		a.t.Errorf("the table was %v and is %v", before, after)
	}
}

// A cleared task keeps its run id, and its rows are replaced by those of today's model.
func cleared(a airflow) {
	before, run := a.table(), a.state("prices", "2026-11-26", "score").Run
	a.setJob("listings.lr.zip", "listings.rf.zip", "drift-max: 0.2", "drift-max: 100")
	a.mustRun("airflow", "tasks", "clear", "--yes", "prices", "--task-regex", "score", "--start-date", "2026-11-26", "--end-date", "2026-11-26")
	a.wantState("prices", "2026-11-26", "score", "", 1, "cleared")
	log := a.mustRun("airflow", "tasks", "test", "prices", "score", run)
	wantWords(a.t, log, `"rows_out":500`, run, "return code 0")
	after := a.table()
	if after["2026-11-26"].rows != 500 || after["2026-11-26"].sum == before["2026-11-26"].sum {
		a.t.Errorf("the night was %v and is %v, want other rows, as many", before["2026-11-26"], after["2026-11-26"])
	}
}

// A task whose process is killed, as for lack of memory, is retried.
func killed(a airflow) {
	log := a.interrupt("2026-11-27", func(leapscore, _ int) error { return syscall.Kill(leapscore, syscall.SIGKILL) })
	a.wantState("prices", "2026-11-27", "score", "success", 2, log, "return code -9", `"rows_out":500`)
	if got := a.table()["2026-11-27"].rows; got != 500 {
		a.t.Errorf("the table has %d rows of the night, want 500", got)
	}
}

// A task that is told to end, as when its pod is evicted, ends its process,
// which leaves the table as it was. Airflow 2.10 then ends too, and tries again
// when it is started the next time.
func terminated(a airflow) {
	log := a.interrupt("2026-11-28", func(_, parent int) error { return syscall.Kill(parent, syscall.SIGTERM) })
	words := []string{"return code 143"}
	if a.major() == "2" { // which no longer listens to the process
		words = []string{"Received SIGTERM", "Sending SIGTERM signal to process group"}
	}
	wantWords(a.t, log, words...)
	if got := a.table()["2026-11-28"].rows; got != 0 && !strings.Contains(log, `"rows_out":500`) {
		a.t.Errorf("the table has %d rows of a night that was stopped", got)
	}
	if s := a.state("prices", "2026-11-28", "score"); s.State == "up_for_retry" {
		log = a.dagTest("prices", "2026-11-28")
	}
	if s := a.state("prices", "2026-11-28", "score"); s.State != "success" {
		a.t.Errorf("the task is %s, want success\n%s", s.State, log)
	}
	if got := a.table()["2026-11-28"].rows; got != 500 {
		a.t.Errorf("the table has %d rows of the night, want 500", got)
	}
}

// interrupt runs a night whose query takes long, calls do once the command has
// begun to write, with its process and the one that started it, and puts back
// the query of every night. It returns the log.
func (a airflow) interrupt(day string, do func(leapscore, parent int) error) string {
	a.t.Helper()
	quick := []string{"drift-max: 0.2", "drift-max: 100"}
	a.setJob(append(quick, "SELECT * FROM 'listings/**/*.parquet'", "SELECT l.* FROM 'listings/**/*.parquet' l, range(100000)")...)
	cmd := a.command("airflow", "dags", "test", "prices", day)
	log := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	pid, parent := a.writer(day)
	a.setJob(quick...)
	if err := do(pid, parent); err != nil {
		a.t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		log.WriteString(err.Error())
	}
	return log.String()
}

// writer waits until a run of a day holds the table, and returns its process
// and the one that started it.
func (a airflow) writer(day string) (pid, parent int) {
	a.t.Helper()
	for range 3000 {
		time.Sleep(100 * time.Millisecond)
		if !exists(filepath.Join(a.home, "predictions", "_temporary", "lock")) {
			continue
		}
		processes, err := filepath.Glob("/proc/[0-9]*")
		if err != nil {
			a.t.Fatal(err)
		}
		for _, p := range processes {
			args, _ := os.ReadFile(filepath.Join(p, "cmdline")) // which may have ended meanwhile
			dir, _ := os.Readlink(filepath.Join(p, "cwd"))
			if dir != a.home || !strings.Contains(string(args), "score\x00--job") || !strings.Contains(string(args), day) || strings.Contains(string(args), "bash") {
				continue
			}
			return a.number(filepath.Base(p)), a.parentOf(p)
		}
	}
	a.t.Fatal("no run began to write within five minutes")
	return 0, 0
}

// parentOf reads the number of the parent, which comes after the name in
// parentheses and the state.
func (a airflow) parentOf(process string) int {
	a.t.Helper()
	text, err := os.ReadFile(filepath.Join(process, "stat"))
	if err != nil {
		a.t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), ") ")
	return a.number(strings.Fields(after)[1])
}

func (a airflow) number(text string) int {
	a.t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		a.t.Fatal(err)
	}
	return n
}

// Without a cluster, the pod that would be started is looked at.
func pod(a airflow) {
	const cluster = `{"apiVersion": "v1", "kind": "Config", "current-context": "c", "users": [{"name": "u", "user": {}}],
"clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}], "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}`
	const show = `
import sys
sys.path.insert(0, sys.argv[1])
import prices_kubernetes
prices_kubernetes.dag.get_task("score").dry_run()`
	config := filepath.Join(a.home, "cluster.json")
	if err := os.WriteFile(config, []byte(cluster), 0o600); err != nil {
		a.t.Fatal(err)
	}
	a.env = append(a.env, "KUBECONFIG="+config)
	examples, err := filepath.Abs("../../examples/airflow")
	if err != nil {
		a.t.Fatal(err)
	}
	log := a.mustRun("python", "-c", show, examples)
	wantWords(a.t, log, "- leapscore", "- --job", "- /srv/prices/prices.yaml", "memory: 3Gi", "claim_name: prices")
}
