// Package tools gives tests the real programs that they run against: object
// store servers, the Python libraries that read tables, and leapscore itself.
// They are installed by install.sh when first asked for, at pinned versions,
// into .cache/tools.
package tools

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// The tools, by the names that install.sh knows. Pages is a Python with the
// packages that the examples of the documentation need.
const (
	Versitygw = "versitygw"
	FakeGCS   = "fake-gcs-server"
	Azurite   = "azurite"
	Python    = "python"
	Pages     = "pages"
	Airflow2  = "airflow2"
	Airflow3  = "airflow3"
	Pyright   = "pyright"
	// Pythons with an engine or with schedulers in them.
	Spark3     = "spark3"
	Connect    = "connect"
	Ray        = "ray"
	Schedulers = "schedulers"
	// Kubeconform checks manifests, with the schemas that are among the packages of Schedulers.
	Kubeconform = "kubeconform"
	// Wheel is a Python that makes wheels and checks them.
	Wheel = "wheel"
	// Pythons with libraries of boosted trees: those of today, and some old ones.
	Trees    = "trees"
	TreesOld = "trees-old"
)

var programs = map[string]string{
	Versitygw: "bin/versitygw",
	FakeGCS:   "bin/fake-gcs-server",
	Azurite:   "azurite/node_modules/.bin/azurite-blob",
	Python:    "python/bin/python",
	Pages:     "pages/bin/python",
	Airflow2:  "airflow2/bin/airflow",
	Airflow3:  "airflow3/bin/airflow",
	Pyright:   "pyright/node_modules/.bin/pyright",

	Spark3:     "spark3/bin/python",
	Connect:    "connect/bin/python",
	Ray:        "ray/bin/python",
	Schedulers: "schedulers/bin/python",

	Trees:    "trees/bin/python",
	TreesOld: "trees-old/bin/python",

	Kubeconform: "bin/kubeconform",
	Wheel:       "wheel/bin/python",
}

// Path installs a tool if it is not there, and returns the path of its program.
func Path(t testing.TB, name string) string {
	t.Helper()
	root := moduleRoot(t)
	script := filepath.Join(root, "integration", "tools", "install.sh")
	if out, err := exec.Command(script, name).CombinedOutput(); err != nil {
		t.Fatalf("%s cannot be installed: %v\n%s", name, err, out)
	}
	return filepath.Join(root, ".cache", "tools", programs[name])
}

// Leapscore builds the command, if it is not up to date, and returns its path.
func Leapscore(t testing.TB) string {
	t.Helper()
	root := moduleRoot(t)
	bin := filepath.Join(root, "bin", "leapscore-test")
	built.once.Do(func() { built.out, built.err = build(root, bin) })
	if built.err != nil {
		t.Fatalf("leapscore cannot be built: %v\n%s", built.err, built.out)
	}
	return bin
}

// build builds the command, one test binary at a time: writing it again would
// break a test that runs it. An up-to-date binary is left alone. The state of
// the repository, which may change meanwhile, is kept out of it.
func build(root, bin string) ([]byte, error) {
	if err := os.MkdirAll(filepath.Dir(bin), 0o755); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(bin+".lock", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", bin, "./cmd/leapscore")
	cmd.Dir = root
	return cmd.CombinedOutput()
}

// built is how the build of the command ended, once a test binary.
var built struct {
	once sync.Once
	out  []byte
	err  error
}

// moduleRoot is found from where a test runs, the folder of its package.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("the tests run outside of the module")
		}
	}
}
