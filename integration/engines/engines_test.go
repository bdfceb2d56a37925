// Package engines runs leapscore inside other engines, by the code that the
// documentation gives. It has tests only.
package engines

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	parquetgo "github.com/parquet-go/parquet-go"

	"leapscore/engine/enginetest"
	"leapscore/integration/tools"
)

// prediction is a row as engines.py prints it: doubles are hexadecimal.
type prediction [2]any

func TestEnginesGetTheRowsOfOneRun(t *testing.T) {
	dir := t.TempDir()
	model, rows, bad, out := filepath.Join(dir, "l r.zip"), filepath.Join(dir, "rows.parquet"), filepath.Join(dir, "bad.parquet"), filepath.Join(dir, "out.parquet")
	if err := os.WriteFile(model, enginetest.Linear("error").Zip(), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, spoilt := range map[string]int{rows: 0, bad: 50} {
		if err := enginetest.WriteParquet(name, enginetest.Homes(1, 50_000, spoilt), 10_000); err != nil {
			t.Fatal(err)
		}
	}
	binary := tools.Leapscore(t)
	if said, err := exec.Command(binary, "score", "--model", model, "--input", rows, "--keep", "id", "--output", out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	scored, err := parquetgo.ReadFile[struct {
		ID    int64   `parquet:"id"`
		Price float64 `parquet:"price"`
	}](out)
	if err != nil {
		t.Fatal(err)
	}

	cmd := exec.Command(tools.Path(t, tools.Python), "engines.py", "../../docs/engines.md", binary, model, rows, bad)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	said, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var got struct {
		Batches, Nothing, Tables, Spark []prediction
		NoRows                          []prediction `json:"no rows"`
		Refused, Broken                 string
		RefusedBySpark                  string `json:"refused by spark"`
	}
	if err := json.Unmarshal(said, &got); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for engine, rows := range map[string][]prediction{"batches": got.Batches, "tables": got.Tables, "Spark": got.Spark} {
		if len(rows) != len(scored) {
			t.Errorf("%s: %d rows, want %d", engine, len(rows), len(scored))
			continue
		}
		for i, row := range rows {
			value, err := strconv.ParseFloat(row[1].(string), 64)
			if err != nil || row[0] != float64(scored[i].ID) || value != scored[i].Price {
				t.Errorf("%s: row %d is %v, want %v", engine, i, row, scored[i])
				break
			}
		}
	}
	if diff := cmp.Diff([][]prediction{{}, {}}, [][]prediction{got.Nothing, got.NoRows}); diff != "" {
		t.Errorf("rows of nothing (-want +got)\n%s", diff)
	}
	for where, said := range map[string]string{"batches": got.Refused, "Spark": got.RefusedBySpark} {
		if !strings.Contains(said, "leapscore ended with exit code 1") || !strings.Contains(said, "row ") {
			t.Errorf("%s: no clear word of the row that is refused: %s", where, said)
		}
	}
	if got.Broken != "the source broke off" {
		t.Errorf("a source that broke off: %s", got.Broken)
	}
}
