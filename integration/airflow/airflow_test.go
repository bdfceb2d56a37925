//go:build airflow

package airflow

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"leapscore/integration/tools"
)

// airflow is an installation with its database, and a folder with the job.
type airflow struct {
	t       *testing.T
	version string
	bin     string // the folder of its programs
	home    string // where the job is
	env     []string
}

// setUp installs Airflow and makes its database. Retries wait for a second.
func setUp(t *testing.T, version string) airflow {
	work, err := filepath.Abs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	program := tools.Path(t, version)
	a := airflow{t: t, version: version, bin: filepath.Dir(program), home: filepath.Join(work, "prices")}
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(a.home, os.DirFS(examples)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(work, "bin")
	for _, dir := range []string{path, filepath.Join(a.home, "reports"), filepath.Join(a.home, "inbox")} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(tools.Leapscore(t), filepath.Join(path, "leapscore")); err != nil {
		t.Fatal(err)
	}
	a.env = append(os.Environ(), "PATH="+path+":"+a.bin+":"+os.Getenv("PATH"),
		"AIRFLOW_HOME="+filepath.Join(work, "airflow"), "PRICES_HOME="+a.home,
		"AIRFLOW__CORE__DAGS_FOLDER="+filepath.Join(examples, "airflow"), "AIRFLOW__CORE__LOAD_EXAMPLES=False",
		"AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY=1", "PYTHONDONTWRITEBYTECODE=1",
		"PYTHONPATH="+installed(t, work), "LEAPSCORE_BINARY="+tools.Leapscore(t))
	a.mustRun("airflow", "db", "migrate")
	return a
}

// installed is a Python path on which the package is as its wheel installs it, with the
// entry point by which Airflow finds the provider.
func installed(t *testing.T, work string) string {
	t.Helper()
	const names = `
import pathlib, sys, tomllib
project = tomllib.loads(pathlib.Path(sys.argv[1], "pyproject.toml").read_text())["project"]
info = pathlib.Path(sys.argv[2], "leapscore-1.0.dist-info")
info.mkdir(parents=True)
info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n")
groups = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in points.items()) for group, points in project["entry-points"].items()]
info.joinpath("entry_points.txt").write_text("\n".join(groups))`
	site := filepath.Join(work, "site")
	source, err := filepath.Abs("../../python")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tools.Path(t, tools.Python), "-c", names, source, site).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return site + ":" + filepath.Join(source, "src")
}

// command is a command with the environment of Airflow, in the folder of the
// job. It has a process group of its own, as a scheduler gives to a task.
func (a airflow) command(name string, args ...string) *exec.Cmd {
	for _, dir := range []string{a.bin, filepath.Join(a.home, "..", "bin")} {
		if path := filepath.Join(dir, name); exists(path) {
			name = path
			break
		}
	}
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = a.home, a.env
	return cmd
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// run returns what a command printed, and whether it ended well.
func (a airflow) run(name string, args ...string) (log string, ok bool) {
	a.t.Helper()
	out, err := a.command(name, args...).CombinedOutput()
	return string(out), err == nil
}

func (a airflow) mustRun(name string, args ...string) string {
	a.t.Helper()
	log, ok := a.run(name, args...)
	if !ok {
		a.t.Fatalf("%s %s failed:\n%s", name, strings.Join(args, " "), log)
	}
	return log
}

// dagTest runs a DAG for a day and returns its log.
func (a airflow) dagTest(dag, day string) string {
	a.t.Helper()
	log, _ := a.run("airflow", "dags", "test", dag, day)
	return log
}

// task is what Airflow's database says about the last run of a task.
type task struct {
	Run, State string
	Tries      int
}

// state looks up a task of the last run of a DAG for a day.
func (a airflow) state(dag, day, name string) task {
	a.t.Helper()
	const query = `
import json, os, sqlite3, sys
db = sqlite3.connect(os.path.join(os.environ["AIRFLOW_HOME"], "airflow.db"))
day = "execution_date" if sys.argv[1] == "2" else "logical_date"
row = db.execute(f"""SELECT run_id, t.state, t.try_number FROM task_instance t JOIN dag_run r USING (dag_id, run_id)
    WHERE dag_id = ? AND date(r.{day}) = ? AND task_id = ? ORDER BY r.id DESC""", sys.argv[2:]).fetchone()
print(json.dumps(dict(zip(("Run", "State", "Tries"), (row[0], row[1] or "", row[2])))))`
	var s task
	if err := json.Unmarshal([]byte(a.mustRun("python", "-c", query, a.major(), dag, day, name)), &s); err != nil {
		a.t.Fatal(err)
	}
	return s
}

// major is the first digit of the version, which the name of the environment ends with.
func (a airflow) major() string { return strings.TrimPrefix(a.version, "airflow") }

// wantState compares the state of a task, and looks for words in the log.
func (a airflow) wantState(dag, day, name, state string, tries int, log string, words ...string) task {
	a.t.Helper()
	s := a.state(dag, day, name)
	if s.State != state || s.Tries != tries {
		a.t.Errorf("task %s of %s on %s is %q after %d tries, want %q after %d", name, dag, day, s.State, s.Tries, state, tries)
	}
	wantWords(a.t, log, words...)
	return s
}

// wantWords looks for words in a log, which it prints if one is missing.
func wantWords(t *testing.T, log string, words ...string) {
	t.Helper()
	missing := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return strings.Contains(log, w) })
	if len(missing) > 0 {
		t.Errorf("the log lacks %q:\n%s", missing, log)
	}
}

// setJob writes the job anew, with old texts replaced by new ones.
func (a airflow) setJob(oldNew ...string) {
	a.t.Helper()
	job, err := os.ReadFile("../../examples/prices.yaml")
	if err != nil {
		a.t.Fatal(err)
	}
	for pair := range slices.Chunk(oldNew, 2) {
		if !strings.Contains(string(job), pair[0]) {
			a.t.Fatalf("the job has no %q", pair[0])
		}
	}
	text := strings.NewReplacer(oldNew...).Replace(string(job))
	if err := os.WriteFile(filepath.Join(a.home, "prices.yaml"), []byte(text), 0o644); err != nil {
		a.t.Fatal(err)
	}
}

// table returns the rows and the checksum of each partition of the predictions.
func (a airflow) table() map[string]part { return a.tableIn("predictions") }

// tableIn is table for the table in a folder.
func (a airflow) tableIn(folder string) map[string]part {
	a.t.Helper()
	text, err := os.ReadFile(filepath.Join(a.home, folder, "_SUCCESS"))
	if err != nil {
		a.t.Fatal(err)
	}
	var manifest struct {
		Files, Kept []struct {
			Name, SHA256 string
			Rows         int
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		a.t.Fatal(err)
	}
	parts := map[string]part{}
	for _, f := range append(manifest.Files, manifest.Kept...) {
		day := strings.TrimPrefix(filepath.Dir(f.Name), "ds=")
		parts[day] = part{rows: parts[day].rows + f.Rows, sum: parts[day].sum + f.SHA256}
	}
	return parts
}

// part is what is known of a partition.
type part struct {
	rows int
	sum  string
}
