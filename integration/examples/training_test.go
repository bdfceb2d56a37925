package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/integration/tools"
)

// From training to a score, and the largest difference from scikit-learn.
func TestTrainingToAScore(t *testing.T) {
	src, err := filepath.Abs("../../python/src")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tools.Path(t, tools.Pages), "../../examples/train_and_score_sklearn.py", t.TempDir())
	cmd.Env = append(os.Environ(), "LEAPSCORE_BINARY="+tools.Leapscore(t), "PYTHONPATH="+src, "PYTHONDONTWRITEBYTECODE=1")
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, want := range []string{"linear: 442 rows, largest difference from scikit-learn", "forest: 442 rows, largest difference from scikit-learn 0.0e+00"} {
		if !strings.Contains(string(said), want) {
			t.Errorf("want a line %q:\n%s", want, said)
		}
	}
}
