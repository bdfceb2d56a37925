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

func TestThePlaceOfARecord(t *testing.T) {
	for output, want := range map[string]string{
		"preds":             "preds/_leapscore/night-1.json",
		"preds/":            "preds/_leapscore/night-1.json",
		"dir/x.parquet":     "dir/_leapscore/x.parquet.json",
		"s3://b/t?region=x": "s3://b/t/_leapscore/night-1.json?region=x",
		"gs://b/x.csv.gz":   "gs://b/_leapscore/x.csv.gz.json",
		"-":                 "",
		"":                  "",
	} {
		if got := Record(output, "night-1"); got != want {
			t.Errorf("output %q: record %q, want %q", output, got, want)
		}
	}
}
