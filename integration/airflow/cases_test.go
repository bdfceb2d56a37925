//go:build airflow

package airflow

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"leapscore/integration/servers"
	"leapscore/integration/tools"
)

// ends is how the tasks of testdata/dags/cases.py end, the number of the try that was the last, and
// words of the log, with the level before them.
var ends = []struct {
	task, state string
	tries       int
	words       []string
}{
	{"success.score", "success", 1, []string{"info done", "rows_out=45", "info leapscore score --model=listings.lr.zip"}},
	{"consumer.rows", "success", 1, nil},
	{"job.beside", "success", 1, []string{"rows_out=500"}},
	{"job.worker", "success", 1, []string{"rows_out=500", "warning drift: there is no reference yet"}},
	{"job.given", "success", 1, []string{"rows_out=7"}},
	{"skip.first", "success", 1, []string{"rows_out=500"}},
	{"skip.again", "skipped", 1, []string{"info no new input, nothing done"}},
	{"skip.after", "skipped", 0, nil},
	{"skip.by_job", "success", 1, []string{"rows_out=500"}},
	// Another try does not help these.
	{"wrong.columns", "failed", 1, []string{"error 13 inputs of the model are not satisfied", "exit code 4"}},
	{"wrong.model", "failed", 1, []string{"error none.zip: no such file or directory exit_code=3", "exit code 3"}},
	{"wrong.flag", "failed", 1, []string{"exit code 2", "no-such-flag"}},
	{"wrong.connection", "failed", 1, []string{"connection 'database' (sqlite): want a connection of type aws"}},
	{"wrong.file", "failed", 1, []string{"none.sql: No such file or directory; on this worker there is no such template file"}},
	{"drift.first", "success", 1, []string{"warning drift: there is no reference yet"}},
	{"drift.moved", "failed", 1, []string{"exit code 5", "price_prediction", "nothing published"}},
	// These are tried again.
	{"twice.score", "success", 2, []string{"info the run has finished before, nothing done"}},
	{"occupied.first", "success", 1, nil},
	{"occupied.exists", "failed", 2, []string{"exit code 6"}},
	{"mapped.score[0]", "success", 0, []string{"rows_out=500"}},
	{"mapped.score[1]", "success", 0, []string{"rows_out=500"}},
	{"mapped.score[2]", "success", 0, []string{"rows_out=500"}},
	{"store.s3", "success", 1, []string{"rows_out=1500"}},
	{"store.azure", "success", 1, []string{"rows_out=1500"}},
	{"store.own", "success", 1, []string{"rows_out=1500"}},
	{"killed.child", "success", 2, []string{"was killed by signal 9", "rows_out=1500"}},
	{"worker.killed", "success", 2, []string{"rows_out=1500"}},
	{"failed.by_hand", "failed", 1, []string{"warning leapscore is told to stop"}},
	{"timeout.slow", "failed", 1, []string{"AirflowTaskTimeout"}},
}

// A scheduler runs a task of each kind in each Airflow.
func TestOperator(t *testing.T) {
	for _, version := range []string{tools.Airflow2, tools.Airflow3} {
		t.Run(version, func(t *testing.T) { // one after the other: each has services that take all of a small machine
			a := setUp(t, version)
			s3, azure := servers.S3(t), servers.Azure(t)
			a.connections(s3, azure)
			dags, err := filepath.Abs("testdata/dags")
			if err != nil {
				t.Fatal(err)
			}
			a.env = append(a.env, "AIRFLOW__CORE__DAGS_FOLDER="+dags, "CASES="+a.home)
			a.serve()
			var kills sync.WaitGroup
			for _, interfere := range []func(){a.killChild, a.killWorker, a.failByHand} {
				kills.Go(interfere)
			}
			kills.Wait()
			var names []string
			for _, end := range ends {
				names = append(names, end.task)
			}
			f := a.wait(names...)
			for _, end := range ends {
				t.Run(end.task, func(t *testing.T) { checkEnd(t, f.task(t, end.task), end.state, end.tries, end.words) })
			}
			t.Run("what is known", func(t *testing.T) { a.checkFacts(t, f) })
			t.Run("stores", func(t *testing.T) { checkStores(t, f, s3, azure) })
			t.Run("nothing is left", func(t *testing.T) { a.checkNothingLeft(t) })
			t.Run("cleared", func(t *testing.T) { a.checkCleared(t, f) })
		})
	}
}

func checkEnd(t *testing.T, i instance, state string, tries int, words []string) {
	if i.State != state || tries > 0 && i.Tries != tries {
		t.Errorf("%q after %d tries, want %q after %d\n%s", i.State, i.Tries, state, tries, i.text())
	}
	wantWords(t, i.text(), words...)
}

// connections gives Airflow three, as its own environment variables have them.
func (a *airflow) connections(s3, azure *servers.Server) {
	settings := func(s *servers.Server, name string) string {
		for _, e := range s.Env {
			if value, ok := strings.CutPrefix(e, name+"="); ok {
				return value
			}
		}
		a.t.Fatalf("there is no %s", name)
		return ""
	}
	key, secret := settings(s3, "AWS_ACCESS_KEY_ID"), settings(s3, "AWS_SECRET_ACCESS_KEY")
	account := settings(azure, "AZURE_STORAGE_ACCOUNT")
	endpoint := "http://" + s3.Addr
	for name, c := range map[string]map[string]any{
		"LAKE": {"conn_type": "aws", "login": key, "password": secret, "extra": map[string]any{"endpoint_url": endpoint, "region_name": "us-east-1"}},
		"BLOBS": {"conn_type": "wasb", "login": account, "password": settings(azure, "AZURE_STORAGE_KEY"),
			"host": "http://" + azure.Addr + "/" + account},
		"STORES": {"conn_type": "leapscore", "extra": map[string]any{
			"aws_access_key_id": key, "aws_secret_access_key": secret, "endpoint_url": endpoint, "region_name": "us-east-1"}},
		"DATABASE": {"conn_type": "sqlite"},
	} {
		text, err := json.Marshal(c)
		if err != nil {
			a.t.Fatal(err)
		}
		a.env = append(a.env, "AIRFLOW_CONN_"+name+"="+string(text))
	}
}

func (a airflow) killChild() {
	if child, _ := a.process("killed:child:"); child > 0 {
		a.signal(child, syscall.SIGKILL)
	}
}

// killWorker kills the process that has started leapscore, which must end too.
func (a airflow) killWorker() {
	if child, parent := a.process("worker:killed:"); child > 0 {
		a.signal(parent, syscall.SIGKILL)
		a.wantGone(child)
	}
}

// failByHand marks a task as failed while it runs.
func (a airflow) failByHand() {
	const mark = `
import os, sqlite3
db = sqlite3.connect(os.path.join(os.environ["AIRFLOW_HOME"], "airflow.db"), timeout=60)
with db:
    db.execute("UPDATE task_instance SET state = 'failed' WHERE dag_id = 'failed'")`
	if child, _ := a.process("failed:by_hand:"); child > 0 {
		a.mustRun("python", "-c", mark)
		a.wantGone(child)
	}
}

func (a airflow) signal(pid int, s syscall.Signal) {
	if err := syscall.Kill(pid, s); err != nil {
		a.t.Error(err)
	}
}

func (a airflow) wantGone(pid int) {
	for range 1200 {
		if !exists(fmt.Sprintf("/proc/%d/cwd/listings", pid)) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	a.t.Errorf("the process %d is still there after two minutes", pid)
}

// checkFacts compares what is returned, what the events of assets have, and templates.
func (a airflow) checkFacts(t *testing.T, f found) {
	scored := f.task(t, "success.score")
	got, _ := scored.Returned.(map[string]any)
	table := filepath.Join(a.home, "success")
	if got["rows_out"] != 45.0 || got["table"] != table || got["nothing_done"] != false || got["run_id"] != "success:score:"+scored.Run {
		t.Errorf("success.score has returned %v", got)
	}
	if record, _ := got["record"].(string); !exists(record) {
		t.Errorf("there is no record %q", record)
	}
	if text, err := json.Marshal(got); err != nil || len(text) > 1500 {
		t.Errorf("success.score has returned %d bytes (%v), want a few", len(text), err)
	}
	if rows := f.task(t, "consumer.rows").Returned; !reflect.DeepEqual(rows, []any{45.0}) && !reflect.DeepEqual(rows, []any{45.0, 45.0}) {
		t.Errorf("the consumer of the asset saw %v rows, want 45", rows)
	}
	for _, e := range f.Events {
		if e.URI != "file://"+table || e.Task != "success.score" || e.Extra["rows_out"] != 45.0 {
			t.Errorf("event %v, want one of the table with its rows", e)
		}
	}
	if len(f.Events) == 0 {
		t.Error("the asset has no event")
	}
	if sql := scored.Rendered["sql"]; !strings.Contains(fmt.Sprint(sql), "of the DAG success\n") || !strings.Contains(fmt.Sprint(sql), "state = 'NY'") {
		t.Errorf("the query is shown as %q", sql)
	}
	if job := fmt.Sprint(f.task(t, "job.beside").Rendered["job"]); !strings.Contains(job, "job-name: beside") {
		t.Errorf("the job is shown as %q", job)
	}
	a.checkLineage(t)
	a.checkRuns(t, f)
}

// checkLineage looks for the parent in the events of a run. Airflow's provider is not there.
func (a airflow) checkLineage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(a.home, "lineage.json"))
	if err != nil {
		t.Fatal(err)
	}
	last := strings.Split(strings.TrimSpace(string(text)), "\n")
	wantWords(t, last[len(last)-1], `"COMPLETE"`, `"job":{"name":"success.score","namespace":"default"}`, `"nominalTime"`)
}

// checkRuns compares the runs of tasks that were done several times, or that have several.
func (a airflow) checkRuns(t *testing.T, f found) {
	ids := map[any]bool{}
	for n := range 3 {
		i := f.task(t, fmt.Sprintf("mapped.score[%d]", n))
		returned, _ := i.Returned.(map[string]any)
		ids[returned["run_id"]] = true
		if i.Label != fmt.Sprintf("2026-11-2%d", 6+n) {
			t.Errorf("%s is called %q", i.name(), i.Label)
		}
	}
	if len(ids) != 3 {
		t.Errorf("three mapped tasks have the runs %v", ids)
	}
	if n := a.rows("mapped"); n != 1500 {
		t.Errorf("three mapped tasks have written %d rows, want 1500", n)
	}
	again, _ := f.task(t, "twice.score").Returned.(map[string]any)
	if n := a.rows("twice"); again["nothing_done"] != true || again["rows_out"] != 1500.0 || n != 1500 {
		t.Errorf("a retry after the commit has returned %v, and the table has %d rows", again, n)
	}
	for _, table := range []string{"killed-child", "killed-worker"} {
		if n := a.rows(table); n != 1500 {
			t.Errorf("%s has %d rows, want 1500", table, n)
		}
	}
}

// rows counts the rows of a table by its manifest.
func (a airflow) rows(table string) (n int) {
	a.t.Helper()
	for _, p := range a.tableIn(table) {
		n += p.rows
	}
	return n
}

func checkStores(t *testing.T, f found, s3, azure *servers.Server) {
	for _, s := range []struct {
		server *servers.Server
		key    string
	}{{s3, "store/_SUCCESS"}, {s3, "own/_SUCCESS"}, {azure, "store/_SUCCESS"}} {
		if !strings.Contains(strings.Join(s.server.Names(t), "\n"), s.key) {
			t.Errorf("%s has no %s, but %q", s.server.Scheme, s.key, s.server.Names(t))
		}
	}
	for _, name := range []string{"store.s3", "store.azure", "store.own"} {
		i := f.task(t, name)
		shown := i.text() + fmt.Sprint(i.Returned, i.Rendered)
		for _, secret := range []string{"testsecret", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"} {
			if strings.Contains(shown, secret) || strings.Contains(shown, url.QueryEscape(secret)) {
				t.Errorf("%s shows a secret:\n%s", name, shown)
			}
		}
	}
}

func (a airflow) checkNothingLeft(t *testing.T) {
	for _, p := range a.processes() {
		args, _ := os.ReadFile(filepath.Join(p, "cmdline")) // for the message alone
		t.Errorf("a process is left: %q", args)
	}
	for _, table := range []string{"failed-by-hand", "timeout", "wrong"} {
		if left, err := os.ReadDir(filepath.Join(a.home, table)); err == nil {
			t.Errorf("of %s there is left %v", table, left)
		}
	}
}

// checkCleared clears a task that has succeeded: its run is done again, under the same id.
func (a airflow) checkCleared(t *testing.T, before found) {
	first := before.task(t, "success.score")
	a.mustRun("airflow", "tasks", "clear", "--yes", "success", "--task-regex", "score")
	var again instance
	for range 300 {
		if again = a.look().task(t, "success.score"); again.Tries > first.Tries && again.ended() {
			break
		}
		time.Sleep(time.Second)
	}
	old, _ := first.Returned.(map[string]any)
	now, _ := again.Returned.(map[string]any)
	if again.State != "success" || now["run_id"] != old["run_id"] || now["started"] == old["started"] || now["nothing_done"] != false {
		t.Errorf("%q: the run was %v and is %v, want it done again\n%s", again.State, old, now, again.text())
	}
	if n := a.rows("success"); n != 45 {
		t.Errorf("the table has %d rows, want 45", n)
	}
}
