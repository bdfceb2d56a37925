//go:build engines

package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"leapscore/integration/tools"
)

func TestManifests(t *testing.T) {
	cmd := exec.Command(tools.Path(t, tools.Schedulers), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "test_manifests.py")
	kubeconform, err := filepath.Abs(tools.Path(t, tools.Kubeconform))
	if err != nil {
		t.Fatal(err)
	}
	leapscore, err := filepath.Abs(tools.Leapscore(t))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(os.Environ(), "LEAPSCORE_BINARY="+leapscore, "KUBECONFORM="+kubeconform, "PYTHONDONTWRITEBYTECODE=1")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}
