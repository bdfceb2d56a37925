//go:build engines

package wheel

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"leapscore/integration/tools"
)

// score.py says where the binary is and what it computes, by each way into the package.
const score = `
import json, subprocess, sys
import leapscore
import pyarrow.parquet
from leapscore import binary

model, rows = sys.argv[1:]
with leapscore.load(model) as loaded:
    scored = loaded.predict(pyarrow.parquet.read_table(rows))
command = [binary.find(), "score", "--quiet", "--model", model, "--input", rows, "--output", "-", "--output-format", "arrows"]
want = pyarrow.ipc.open_stream(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout).read_all()
assert scored.column_names == want.column_names, (scored.column_names, want.column_names)
assert all(a.combine_chunks().equals(b.combine_chunks()) for a, b in zip(scored.columns, want.columns)), "other bits than the command's"
version = subprocess.run([sys.executable, "-m", "leapscore", "version"], stdout=subprocess.PIPE, text=True, check=True).stdout
print(json.dumps({"binary": binary.find(), "rows": scored.num_rows, "version": version.split()[1], "package": leapscore.__version__}))
`

// place is an interpreter that has the wheel, and where it must find the binary.
type place struct {
	python, binary string
	env            []string
}

func TestTheWheelInAnEmptyEnvironment(t *testing.T) {
	python := environment(t)
	before := filesOf(t, filepath.Dir(filepath.Dir(python)))
	install(t, python, nil, wheel(t))
	bin := filepath.Join(filepath.Dir(python), "leapscore")
	check(t, place{python: python, binary: bin})
	if said := run(t, nil, bin, "version"); !strings.HasPrefix(said, "leapscore ") {
		t.Errorf("leapscore version prints %s", said)
	}
	pip(t, python, nil, "uninstall", "--yes", "leapscore", "pyarrow")
	if left := without(filesOf(t, filepath.Dir(filepath.Dir(python))), before); len(left) > 0 {
		t.Errorf("uninstall leaves %v", left)
	}
}

func TestTheWheelInAFolder(t *testing.T) {
	python, target := environment(t), filepath.Join(t.TempDir(), "a folder")
	install(t, python, nil, "--target", target, wheel(t))
	check(t, place{python: python, binary: filepath.Join(target, "bin", "leapscore"), env: []string{"PYTHONPATH=" + target}})
}

func TestTheWheelInAHome(t *testing.T) {
	// Only an environment that has the packages of the system has those of the user.
	python, home := environment(t, "--system-site-packages"), t.TempDir()
	env := []string{"PYTHONUSERBASE=" + home}
	install(t, python, env, "--user", "--ignore-installed", wheel(t))
	check(t, place{python: python, binary: filepath.Join(home, "bin", "leapscore"), env: env})
}

// pipx and uv give a tool an environment of its own, and link the program into a folder.
func TestTheWheelAsATool(t *testing.T) {
	bin := filepath.Dir(tools.Path(t, tools.Wheel))
	home := t.TempDir()
	run(t, []string{"PIPX_HOME=" + home + "/pipx", "PIPX_BIN_DIR=" + home + "/by-pipx", "PATH=" + home + "/by-pipx:" + os.Getenv("PATH")}, filepath.Join(bin, "pipx"), "install", wheel(t))
	run(t, []string{"UV_TOOL_DIR=" + home + "/uv", "UV_TOOL_BIN_DIR=" + home + "/by-uv", "UV_CACHE_DIR=" + home + "/cache", "UV_PYTHON_DOWNLOADS=never"}, filepath.Join(bin, "uv"), "tool", "install", "--quiet", wheel(t))
	for _, by := range []string{"by-pipx", "by-uv"} {
		if said := run(t, nil, filepath.Join(home, by, "leapscore"), "version"); !strings.HasPrefix(said, "leapscore ") {
			t.Errorf("%s: leapscore version prints %s", by, said)
		}
	}
}

// The oldest pyarrow that the package asks for, with the numpy of its time.
func TestTheWheelWithTheOldestPyarrow(t *testing.T) {
	python := environment(t)
	oldest := run(t, nil, tools.Path(t, tools.Wheel), "-c", `
import re, sys
print(re.search(r'"pyarrow>=([0-9.]+)"', open(sys.argv[1]).read())[1])`, "../../python/pyproject.toml")
	install(t, python, nil, wheel(t), "pyarrow=="+oldest+".*", "numpy<2")
	check(t, place{python: python, binary: filepath.Join(filepath.Dir(python), "leapscore")})
}

// Airflow's own packages are pinned by its constraints: the wheel must fit in as it is.
func TestTheWheelBesideAirflow(t *testing.T) {
	for _, airflow := range []string{tools.Airflow2, tools.Airflow3} {
		t.Run(airflow, func(t *testing.T) {
			of := filepath.Join(filepath.Dir(tools.Path(t, airflow)), "python")
			constraints, err := filepath.Abs("../tools/" + airflow + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			resolved := filepath.Join(t.TempDir(), "report.json")
			install(t, of, nil, "--dry-run", "--report", resolved, "--constraint", constraints, wheel(t))
			for _, name := range namesOf(t, resolved) {
				if name != "leapscore" && name != "pyarrow" && name != "numpy" {
					t.Errorf("the wheel brings or moves %s", name)
				}
			}
			python := beside(t, of)
			install(t, python, nil, "--constraint", constraints, wheel(t))
			pip(t, python, nil, "check")
			check(t, place{python: python, binary: filepath.Join(filepath.Dir(python), "leapscore")})
		})
	}
}

// check scores with the package of a place.
func check(t *testing.T, p place) {
	t.Helper()
	said := run(t, p.env, p.python, "-c", score, "../../examples/listings.lr.zip", first(t, "../../examples/listings/*/*.parquet"))
	lines := strings.Split(said, "\n")
	var got struct {
		Binary, Version, Package string
		Rows                     int
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if got.Binary != p.binary || got.Rows != 500 {
		t.Errorf("scored %d rows with %s, want 500 with %s", got.Rows, got.Binary, p.binary)
	}
	if named, err := hook(t, "import sys, hatch_build; print(hatch_build.pep440(sys.argv[1]))", got.Version); err != nil || named != got.Package {
		t.Errorf("the package has version %s, and its binary %s: %v", got.Package, got.Version, err)
	}
}

// environment is the Python of a new environment.
func environment(t *testing.T, arguments ...string) string {
	t.Helper()
	dir := t.TempDir()
	run(t, nil, "python3", append([]string{"-m", "venv", dir}, arguments...)...)
	return filepath.Join(dir, "bin", "python")
}

// beside is the Python of a new environment that also finds the packages of another.
func beside(t *testing.T, python string) string {
	t.Helper()
	found := run(t, nil, python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
	mine := environment(t)
	path := filepath.Join(run(t, nil, mine, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"), "beside.pth")
	if err := os.WriteFile(path, []byte(found), 0o600); err != nil {
		t.Fatal(err)
	}
	return mine
}

func install(t *testing.T, python string, env []string, arguments ...string) {
	t.Helper()
	pip(t, python, env, append([]string{"install", "--quiet", "--no-cache-dir"}, arguments...)...)
}

func pip(t *testing.T, python string, env []string, arguments ...string) {
	t.Helper()
	run(t, env, python, append([]string{"-m", "pip", "--disable-pip-version-check"}, arguments...)...)
}

// run runs a program without the settings that would lead it to another leapscore,
// and returns its last words.
func run(t *testing.T, env []string, program string, arguments ...string) string {
	t.Helper()
	cmd := exec.Command(program, arguments...)
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "LEAPSCORE_") && !strings.HasPrefix(setting, "PYTHON") {
			cmd.Env = append(cmd.Env, setting)
		}
	}
	cmd.Env = append(cmd.Env, env...)
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, said)
	}
	return strings.TrimSpace(string(said))
}

// wheel is the wheel that LEAPSCORE_WHEEL names, or one that is made of this tree.
func wheel(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("LEAPSCORE_WHEEL"); named != "" {
		return named
	}
	made.once.Do(func() {
		var said []byte
		if said, made.err = exec.Command("../../release/wheel.sh", "amd64").Output(); made.err == nil {
			made.path, made.err = filepath.Abs(filepath.Join("../..", strings.TrimSpace(string(said))))
		}
	})
	if made.err != nil {
		t.Fatalf("release/wheel.sh makes no wheel: %v", made.err)
	}
	return made.path
}

// made is the wheel of this tree, made once a test binary.
var made struct {
	once sync.Once
	path string
	err  error
}

func first(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("no file %s: %v", pattern, err)
	}
	return found[0]
}

// namesOf are the packages that a report of pip would install.
func namesOf(t *testing.T, report string) []string {
	t.Helper()
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Install []struct{ Metadata struct{ Name string } }
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, one := range all.Install {
		names = append(names, one.Metadata.Name)
	}
	return names
}

// filesOf are the files below a folder, but for the caches that Python writes.
func filesOf(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !strings.HasSuffix(path, ".pyc") {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func without(files, known []string) []string {
	old := map[string]bool{}
	for _, file := range known {
		old[file] = true
	}
	var left []string
	for _, file := range files {
		if !old[file] {
			left = append(left, file)
		}
	}
	return left
}
