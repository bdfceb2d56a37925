//go:build airflow

package airflow

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// found is what Airflow knows of all runs.
type found struct {
	Tasks  []instance
	Events []assetEvent
}

// instance is a task of a run of a DAG.
type instance struct {
	DAG, Task, Run string
	Index          int // of a mapped task, or -1
	State          string
	Tries          int
	Label          string // of a mapped task
	Returned       any    // its XCom
	Rendered       map[string]any
	Log            []logLine
}

type logLine struct {
	Try         int
	Level, Text string
}

type assetEvent struct {
	URI, Task string
	Extra     map[string]any
}

// look reads the database and the logs.
func (a airflow) look() found {
	a.t.Helper()
	script, err := filepath.Abs("testdata/look.py")
	if err != nil {
		a.t.Fatal(err)
	}
	var f found
	if err := json.Unmarshal([]byte(a.mustRun("python", script)), &f); err != nil {
		a.t.Fatal(err)
	}
	return f
}

// task finds a task by DAG.TASK, or DAG.TASK[INDEX].
func (f found) task(t *testing.T, name string) instance {
	t.Helper()
	for _, i := range f.Tasks {
		if i.name() == name {
			return i
		}
	}
	t.Fatalf("there is no task %s", name)
	return instance{}
}

func (i instance) name() string {
	name := i.DAG + "." + i.Task
	if i.Index >= 0 {
		name += fmt.Sprintf("[%d]", i.Index)
	}
	return name
}

// text is the log, with the levels.
func (i instance) text() string {
	var b strings.Builder
	for _, l := range i.Log {
		fmt.Fprintf(&b, "%d %s %s\n", l.Try, l.Level, l.Text)
	}
	return b.String()
}

// ended reports whether nothing more will happen to the task by itself.
func (i instance) ended() bool {
	switch i.State {
	case "success", "failed", "skipped", "upstream_failed":
		return true
	}
	return false
}

// serve starts the scheduler and what it needs, and ends them with the test. Airflow
// 2.10 runs one task at a time where its database is SQLite.
func (a *airflow) serve() {
	a.t.Helper()
	a.env = append(a.env, "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION=False", "AIRFLOW__CORE__PARALLELISM=3",
		"AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC=2", "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME=1")
	if a.major() == "2" {
		a.service("scheduler")
		return
	}
	port := freePort(a.t)
	a.env = append(a.env, "AIRFLOW__CORE__EXECUTOR=LocalExecutor", "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL=2", "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT=120",
		"AIRFLOW__API_AUTH__JWT_SECRET=of-this-test-and-no-other-one-at-all", "AIRFLOW__CORE__EXECUTION_API_SERVER_URL=http://127.0.0.1:"+port+"/execution/")
	a.service("api-server", "--host", "127.0.0.1", "--port", port, "--workers", "1")
	a.waitForServer("http://127.0.0.1:" + port + "/api/v2/version") // a task that finds no server fails
	a.service("dag-processor")
	a.service("scheduler")
}

// service starts a command that runs until the test ends.
func (a airflow) service(name string, args ...string) {
	a.t.Helper()
	path := filepath.Join(a.home, "..", name+".log")
	log, err := os.Create(path)
	if err != nil {
		a.t.Fatal(err)
	}
	cmd := a.command("airflow", append([]string{name}, args...)...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() {
		a.end(cmd)
		log.Close()
		if text, err := os.ReadFile(path); err == nil && a.t.Failed() {
			a.t.Logf("the end of the log of %s:\n%s", name, text[max(0, len(text)-4000):])
		}
	})
}

// waitForServer waits until a server answers.
func (a airflow) waitForServer(url string) {
	a.t.Helper()
	var err error
	for range 300 {
		var answer *http.Response
		if answer, err = http.Get(url); err == nil {
			answer.Body.Close()
			return
		}
		time.Sleep(time.Second)
	}
	a.t.Fatalf("the server does not answer: %v", err)
}

// end stops a service with all of its processes.
func (a airflow) end(cmd *exec.Cmd) {
	syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // it may have ended
	done := make(chan struct{})
	go func() { cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
	}
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	<-done
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// wait looks until the tasks have ended.
func (a airflow) wait(names ...string) found {
	a.t.Helper()
	var f found
	var missing []string
	for range 1200 {
		f, missing = a.look(), nil
		for _, name := range names {
			if !f.has(name) {
				missing = append(missing, name)
			}
		}
		if len(missing) == 0 {
			return f
		}
		time.Sleep(time.Second)
	}
	for _, i := range f.Tasks {
		a.t.Logf("%s is %q after %d tries\n%s", i.name(), i.State, i.Tries, i.text())
	}
	a.t.Fatalf("%q have not ended", missing)
	return f
}

func (f found) has(name string) bool {
	for _, i := range f.Tasks {
		if i.name() == name && i.ended() {
			return true
		}
	}
	return false
}

// process waits for the process of a run, whose id begins so, and returns its number and that
// of the one that started it.
func (a airflow) process(run string) (pid, parent int) {
	for range 12000 {
		time.Sleep(100 * time.Millisecond)
		for _, p := range a.processes() {
			args, _ := os.ReadFile(filepath.Join(p, "cmdline")) // which may have ended meanwhile
			if strings.Contains(string(args), "--run-id="+run) && exists(filepath.Join(a.home, lockOf(string(args)))) {
				return a.number(filepath.Base(p)), a.parentOf(p)
			}
		}
	}
	a.t.Errorf("no run %s began to write within twenty minutes", run)
	return 0, 0
}

// lockOf is the file by which a run that has these arguments holds its table.
func lockOf(args string) string {
	_, after, _ := strings.Cut(args, "--output=")
	table, _, _ := strings.Cut(after, "\x00")
	return filepath.Join(table, "_temporary", "lock")
}

// processes are those that run in the folder of the jobs.
func (a airflow) processes() (list []string) {
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		a.t.Fatal(err)
	}
	for _, p := range all {
		dir, _ := os.Readlink(filepath.Join(p, "cwd")) // which may have ended meanwhile
		name, _ := os.Readlink(filepath.Join(p, "exe"))
		if dir == a.home && filepath.Base(name) == "leapscore-test" {
			list = append(list, p)
		}
	}
	return list
}
