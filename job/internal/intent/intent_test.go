package intent

import (
	"strings"
	"testing"

	"leapscore/job/internal/place"
)

func TestNotesOfTablesHoldNoSecrets(t *testing.T) {
	const (
		secret = "s3://b/token=a/t?endpoint=http://u:S3cret@h:1&kmskeyid=S3cret&region=x"
		noted  = "s3://b/token=a/t?endpoint=http://***@h:1&kmskeyid=***&region=x"
	)
	if got := place.Noted(secret); got != noted {
		t.Errorf("noted as %s, want %s", got, noted)
	}
	for _, plain := range []string{"s3://b/t?region=x", "s3://b/t?endpoint=http://h:1&use_path_style=true", "/a/token=x/t", "s3://b/token=x/t"} {
		if got := place.Noted(plain); got != plain {
			t.Errorf("%s is noted as %s", plain, got)
		}
		if got, err := notedTable("/x", plain); got != plain || err != nil {
			t.Errorf("%s is found at %s, %v", plain, got, err)
		}
	}
	for output, want := range map[string]string{secret: secret, "/x": "", strings.Replace(secret, "=a", "=b", 1): ""} {
		if got, err := notedTable(output, noted); got != want || (err == nil) != (want != "") {
			t.Errorf("of a run into %s, the table is %q, %v, want %q", output, got, err, want)
		}
	}
}
