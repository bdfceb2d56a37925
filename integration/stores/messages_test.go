package stores

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"leapscore/engine/enginetest"
	"leapscore/integration/servers"
)

// A refusal of a store is one line that says what to do, and an exit code.
func TestWhatAStoreRefusesIsOneClearLine(t *testing.T) {
	model := filepath.Join(t.TempDir(), "lr.zip")
	if err := os.WriteFile(model, enginetest.Linear("error").Zip(), 0o600); err != nil {
		t.Fatal(err)
	}
	s3, gs, azure := servers.S3(t), servers.GCS(t), servers.Azure(t)
	leapscore(t, nil, "version")
	for _, s := range []*servers.Server{s3, gs, azure} {
		put(t, s)
		rows, none := s.URL("rows/part=a/*.csv"), s.At("nobucket")
		const noBucket = `://nobucket: no such bucket$`
		refused(t, s, nil, 1, noBucket, model, none.URL("x/*.csv"), s.URL("out"))
		refused(t, s, nil, 3, noBucket, none.URL("model/lr"), rows, s.URL("out"))
		refused(t, s, nil, 1, noBucket, model, rows, none.URL("out"))
		refused(t, s, nil, 3, `/model/none.zip: no such object$`, s.URL("model/none.zip"), rows, s.URL("out"))
		refused(t, s, nil, 2, `no files match: .*/none/\*\.csv`, model, s.URL("none/*.csv"), s.URL("out"))
		refused(t, s, nil, 2, `: scheme "nostore", want a path, file, azblob, gs, s3$`, model, "nostore://x/y.csv", s.URL("out"))
		refused(t, s, nil, 2, `: scheme "nostore", want a path, file, azblob, gs, s3$`, model, rows, "nostore://x/y")
	}
	refused(t, s3, []string{"AWS_SECRET_ACCESS_KEY=wrong"}, 1,
		`s3://bucket/rows/.*: access denied \(SignatureDoesNotMatch: .*\); check AWS_ACCESS_KEY_ID and `, model, s3.URL("rows/*/*.csv"), s3.URL("out"))
	refused(t, s3, []string{"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY="}, 1,
		`s3://bucket/rows/.*: no credentials found; set AWS_ACCESS_KEY_ID and `, model, s3.URL("rows/*/*.csv"), s3.URL("out"))
	refused(t, azure, []string{"AZURE_STORAGE_KEY=d3Jvbmc="}, 1,
		`azblob://bucket/rows/.*: access denied \(.*\); check AZURE_STORAGE_ACCOUNT and `, model, azure.URL("rows/*/*.csv"), azure.URL("out"))
	refused(t, azure, []string{"AZURE_STORAGE_KEY=", "AZURE_STORAGE_ACCOUNT="}, 2,
		`azblob://bucket/.*: no credentials found; set AZURE_STORAGE_ACCOUNT and `, model, azure.URL("rows/*/*.csv"), azure.URL("out"))
	refused(t, gs, []string{"STORAGE_EMULATOR_HOST=storage.invalid"}, 1,
		`gs://bucket/rows/.*: there is no host storage\.invalid; check `, model, gs.URL("rows/*/*.csv"), gs.URL("out"))
}

// refused runs a job that must end with a code and a line.
func refused(t *testing.T, s *servers.Server, env []string, code int, line, model, input, output string) {
	t.Helper()
	all := append(append([]string(nil), s.Env...), env...)
	r := command(all, "score", "--model", model, "--input", input, "--output", output, "--io-timeout", "5s")
	got := strings.TrimSuffix(r.stderr, "\n")
	if r.code != code || strings.Contains(got, "\n") || !regexp.MustCompile(line).MatchString(got) {
		t.Errorf("%s from %s to %s: exit %d: %s\nwant exit %d: %s", model, input, output, r.code, got, code, line)
	}
}
