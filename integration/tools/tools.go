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
	"testing"
)

// The tools, by the names that install.sh knows.
const (
	Versitygw = "versitygw"
	FakeGCS   = "fake-gcs-server"
	Azurite   = "azurite"
	Python    = "python"
)

var programs = map[string]string{
	Versitygw: "bin/versitygw",
	FakeGCS:   "bin/fake-gcs-server",
	Azurite:   "azurite/node_modules/.bin/azurite-blob",
	Python:    "python/bin/python",
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
	built.once.Do(func() {
		cmd := exec.Command("go", "build", "-o", bin, "./cmd/leapscore")
		cmd.Dir = root
		built.out, built.err = cmd.CombinedOutput()
	})
	if built.err != nil {
		t.Fatalf("leapscore cannot be built: %v\n%s", built.err, built.out)
	}
	return bin
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
