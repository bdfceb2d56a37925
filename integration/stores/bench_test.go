package stores

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"leapscore/engine/enginetest"
	"leapscore/integration/servers"
	"leapscore/integration/tools"
)

// BenchmarkScore scores the same rows from a folder and from S3 on this machine,
// one after the other, so that the two can be compared: the store is to have at
// least 80 % of the folder's speed.
func BenchmarkScore(b *testing.B) {
	const files, rows = 8, 250_000
	s := servers.S3(b)
	dir := filepath.Join(s.Dir, s.Bucket, "rows")
	if err := os.Mkdir(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range files {
		name := filepath.Join(dir, fmt.Sprintf("%d.parquet", i))
		if err := enginetest.WriteParquet(name, enginetest.Homes(uint64(i), rows, 0), 125_000); err != nil {
			b.Fatal(err)
		}
	}
	model := filepath.Join(b.TempDir(), "lr.zip")
	if err := os.WriteFile(model, enginetest.Linear("error").Zip(), 0o600); err != nil {
		b.Fatal(err)
	}
	program.Store(tools.Leapscore(b))
	for name, input := range map[string]string{"store=file": dir + "/*.parquet", "store=s3": s.URL("rows/*.parquet")} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r := command(s.Env, "score", "--quiet", "--model", model, "--input", input,
					"--output", filepath.Join(b.TempDir(), "out"), "--mode", "overwrite")
				if r.code != 0 {
					b.Fatalf("exit %d: %s", r.code, r.stderr)
				}
			}
			b.ReportMetric(float64(files*rows*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
