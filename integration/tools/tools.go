// Package tools gives tests the real programs that they run against: object
// store servers, and the Python libraries that read tables. They are installed
// by install.sh when first asked for, at pinned versions, into .cache/tools.
package tools

import (
	"os/exec"
	"path/filepath"
	"runtime"
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
	_, self, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the place of this file is not known")
	}
	here := filepath.Dir(self)
	if out, err := exec.Command(filepath.Join(here, "install.sh"), name).CombinedOutput(); err != nil {
		t.Fatalf("%s cannot be installed: %v\n%s", name, err, out)
	}
	return filepath.Join(here, "..", "..", ".cache", "tools", programs[name])
}
