// Package trees compares what leapscore answers for models of tree libraries with what the
// libraries' own predict answers, bit by bit. It has tests only.
package trees

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"leapscore/integration/tools"
	"leapscore/internal/testseed"
)

// quick are the cases of each library that every run of the tests makes anew.
var quick = map[string]string{
	"catboost": "^(binary_missing_max|multiclass_absent|lossguide_classes|uncertainty|iterations|ctr_unicode|ctr_whole|ctr_combined_many|ctr_combined_one_hot|ctr_conditions|random_0[0-3])$",
	"xgboost":  "^(binary_missing|base_score_logistic|softmax|dart_classes|linear|categorical_partition|vector_leaves|early|steep|random_[0-5])$",
	"lightgbm": "^(binary_missing|multiclassova|categorical|linear_missing|forest_iterations|saved_in_part|saved_without_trees|pandas|random_[0-5])$",
}

// TestLibrariesAndLeapscoreHaveTheSameBits trains models with each library and scores rows with
// missing values, zeros, denormals and infinities. make oracle-trees tries many more.
func TestLibrariesAndLeapscoreHaveTheSameBits(t *testing.T) {
	python, leapscore := tools.Path(t, tools.Trees), tools.Leapscore(t)
	seed := strconv.FormatUint(testseed.Rand(t, 1, 0).Uint64N(1<<30), 10)
	for library, only := range quick {
		t.Run(library, func(t *testing.T) {
			cases := filepath.Join(t.TempDir(), library)
			run(t, python, "oracle/"+library+".py", cases, "--seed", seed, "--only", only)
			run(t, python, "oracle/compare.py", cases, leapscore)
			run(t, python, "contributions/compare.py", library, cases, leapscore)
		})
	}
}

func run(t *testing.T, program string, args ...string) {
	t.Helper()
	if said, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, said)
	}
}
