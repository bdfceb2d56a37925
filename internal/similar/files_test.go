package similar

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFilesAreProposed(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"listings/a.parquet", "listings/b.parquet", "model.zip"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("empty", 0o700); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"modle.zip":            "; did you mean model.zip?",
		"listing/*.parquet":    "; there is no folder listing; did you mean listings?",
		"listings/*.csv":       "; the folder listings has a.parquet, b.parquet",
		"listings/c.parquet":   "; did you mean listings/a.parquet or listings/b.parquet?",
		"empty/*.csv":          "; the folder empty is empty",
		"zebra.zip":            "",
		"model.zip":            "", // it is there
		"s3://bucket/modle":    "",
		"":                     "",
		"./listings/a.parquit": "; did you mean listings/a.parquet?",
	} {
		if got := Path(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}
