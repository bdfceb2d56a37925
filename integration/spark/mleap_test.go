//go:build mleap

package spark

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"leapscore/integration/tools"
)

// examples/train_in_spark.py, with MLEAP_CLASSPATH, the class path of MLeap's modules for
// Spark: go test -tags mleap -run TestTrainedInSpark ./integration/spark
func TestTrainedInSpark(t *testing.T) {
	jars := os.Getenv("MLEAP_CLASSPATH")
	if jars == "" {
		t.Fatal("MLEAP_CLASSPATH is not set: the class path of mleap-spark and of all that it needs")
	}
	python, err := filepath.Abs(tools.Path(t, tools.Pages))
	if err != nil {
		t.Fatal(err)
	}
	source, err := filepath.Abs("../../python/src")
	if err != nil {
		t.Fatal(err)
	}
	home, err := exec.Command(python, "-c", "import session; print(session.java_home())").Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "../../examples/train_in_spark.py", t.TempDir())
	cmd.Env = append(os.Environ(), "LEAPSCORE_BINARY="+tools.Leapscore(t), "PYTHONPATH="+source, "PYSPARK_PYTHON="+python,
		"SPARK_LOCAL_IP=127.0.0.1", "JAVA_HOME="+strings.TrimSpace(string(home)), "PYSPARK_SUBMIT_ARGS=--master local[2] --driver-class-path "+jars+" pyspark-shell")
	said, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "2000 homes") {
		t.Errorf("%v\n%s", err, said)
	}
}
