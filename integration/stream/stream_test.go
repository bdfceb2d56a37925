// Package stream compares what leapscore stream answers with what leapscore score writes.
// It has tests only.
package stream

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"leapscore/integration/tools"
)

// The rows of the examples, of which some are bad, get the bits and the reasons that score
// gives them.
func TestStreamsHaveTheBitsOfScore(t *testing.T) {
	folder, python := t.TempDir(), tools.Path(t, tools.Python)
	for _, model := range []string{"lr", "rf"} {
		to := filepath.Join(folder, model)
		if err := os.Mkdir(to, 0o755); err != nil {
			t.Fatal(err)
		}
		bundle, err := os.ReadFile("../../examples/listings." + model + ".zip")
		if err == nil {
			err = os.WriteFile(filepath.Join(to, "bundle.zip"), bundle, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		run(t, python, "-c", `
import sys, pyarrow as pa, pyarrow.dataset as ds, pyarrow.parquet as pq
rows = ds.dataset("../../examples/listings", format="parquet").to_table()
rows = rows.append_column("__row", pa.array(range(rows.num_rows), pa.int64()))
at = rows.schema.get_field_index("state")
states = ["Atlantis" if i % 9 == 4 else None if i % 9 == 7 else s for i, s in enumerate(rows["state"].to_pylist())]
pq.write_table(rows.set_column(at, "state", pa.array(states)), sys.argv[1])`, filepath.Join(to, "input.parquet"))
	}
	run(t, python, "parity.py", tools.Leapscore(t), folder)
}

func run(t *testing.T, program string, args ...string) {
	t.Helper()
	if said, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Errorf("%s %s: %v\n%s", program, args[0], err, said)
	}
}
