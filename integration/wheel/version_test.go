package wheel

import (
	"os/exec"
	"strings"
	"testing"

	"leapscore/integration/tools"
)

// Versions of git, and what they are called in PEP 440.
var versions = map[string]string{
	"v1.2.3":               "1.2.3",
	"v1.2.0-rc.1":          "1.2.0rc1",
	"v1.2.0-beta2":         "1.2.0b2",
	"v1.2.3-5-gabc123":     "1.2.3.post5+gabc123",
	"v1.0.0-rc.1-4-gab12":  "1.0.0rc1.post4+gab12",
	"v0.0.0-gabc123":       "0.0.0.dev0+gabc123",
	"v0.0.0-gabc123-dirty": "0.0.0.dev0+gabc123.dirty",
	"v1.2.3-dirty":         "1.2.3+dirty",
	"v1.2.3-5-gab1-dirty":  "1.2.3.post5+gab1.dirty",
}

func TestVersionsOfGitAreThoseOfPython(t *testing.T) {
	for git, want := range versions {
		if got, err := hook(t, "import sys, hatch_build; from packaging.version import Version; v = hatch_build.pep440(sys.argv[1]); Version(v); print(v)", git); err != nil || got != want {
			t.Errorf("version %s is %s in Python (%v), want %s", git, got, err, want)
		}
	}
	if got, err := hook(t, "import sys, hatch_build; hatch_build.pep440(sys.argv[1])", "1.2"); err == nil || !strings.Contains(got, "want a form like v1.2.3") {
		t.Errorf("version 1.2 is taken: %s", got)
	}
	order := "import sys, hatch_build; from packaging.version import Version; v = [Version(hatch_build.pep440(a)) for a in sys.argv[1:]]; print(v == sorted(set(v)))"
	if got, err := hook(t, order, "v0.0.0-gabc", "v1.0.0-rc.1", "v1.0.0-rc.1-4-gabc", "v1.0.0", "v1.0.0-3-gabc", "v1.0.1"); err != nil || got != "True" {
		t.Errorf("the versions of Python have another order than those of git: %s (%v)", got, err)
	}
}

// A binary that needs more than an old glibc must not go into a wheel, whose tag would lie.
func TestTagsComeFromTheSymbolsOfTheBinary(t *testing.T) {
	tag := "import sys, hatch_build; print(hatch_build.platform_tag(sys.argv[1]))"
	if got, err := hook(t, tag, tools.Leapscore(t)); err == nil || !strings.Contains(got, "build it with release/binary.sh") {
		t.Errorf("a binary that needs libstdc++ is taken: %s", got)
	}
	script, err := exec.LookPath("ldd")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := hook(t, tag, script); err == nil {
		t.Errorf("a script is taken: %s", got)
	}
}

// hook runs code that may import the hook of the build, and returns the last line that it prints.
func hook(t *testing.T, code string, arguments ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(tools.Path(t, tools.Wheel), append([]string{"-c", code}, arguments...)...)
	cmd.Dir = "../../python"
	said, err := cmd.CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return lines[len(lines)-1], err
}
