package place

import "testing"

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
		if got := Folder(where); got != want {
			t.Errorf("%s: %s, want %s", where, got, want)
		}
	}
}
