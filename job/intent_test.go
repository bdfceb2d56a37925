package job

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

func TestTheFolderOfAPattern(t *testing.T) {
	for where, want := range map[string]string{
		"bad":                                "bad",
		"bad/*.parquet":                      "bad",
		"*.parquet":                          ".",
		"bad/part-?.parquet":                 "bad",
		"s3://b/bad/part-?.parquet":          "s3://b/bad",
		"s3://b/bad/part-?.parquet?region=x": "s3://b/bad?region=x",
		"s3://b/bad?endpoint=http://h/*":     "s3://b/bad?endpoint=http://h/*",
		"file:///tmp/bad/**/part-0.parquet":  "file:///tmp/bad",
	} {
		if got := place.Folder(where); got != want {
			t.Errorf("%s: %s, want %s", where, got, want)
		}
	}
}

func TestTokensMakeNoOtherQueryAndValuesDo(t *testing.T) {
	const query = "FROM 's3://b/k=1/*.parquet?kmskeyid=A' WHERE token = 'a' AND url = 'https://h/?id=1'"
	for other, same := range map[string]bool{
		strings.Replace(query, "=A", "=B", 1):            true,
		strings.Replace(query, "k=1", "k=2", 1):          false,
		strings.Replace(query, "= 'a'", "= 'b'", 1):      false,
		strings.Replace(query, "id=1", "id=2", 1):        false,
		strings.Replace(query, "=A'", "=A&region=x'", 1): false,
	} {
		if got := withoutTokens(query) == withoutTokens(other); got != same {
			t.Errorf("%s: the same is %v, want %v", other, got, same)
		}
	}
}
