package filetype

import (
	"slices"
	"testing"
)

func TestNamesTellOneThing(t *testing.T) {
	for _, c := range []struct {
		name, format, packed, unwritable string
		data                             bool
	}{
		{"a.parquet", Parquet, "", "", true},
		{"a.parq", Parquet, "", "", true},
		{"dir.csv/a.PQ", Parquet, "", "", true},
		{"a.csv", CSV, "", "", true},
		{"a.csv.gz", CSV, ".gz", "", true},
		{"a.ndjson.zst", JSON, ".zst", "", true},
		{"a.JSONL.GZ", JSON, ".gz", "", true},
		{"a.feather", Arrow, "", "", true},
		{"a.arrows", ArrowStream, "", "", true},
		{"a.leap.json", Leap, "", "leap", true},
		{"a.avro", Avro, "", "avro", true},
		{"a.avro.gz", Avro, ".gz", "avro", true},
		{"a.orc", ORC, "", "orc", true},
		{"a.tsv", TSV, "", "tsv", true},
		{"a.csv.bz2", CSV, ".bz2", "csv compressed as bz2", true},
		{"a.csv.xz", CSV, ".xz", "csv compressed as xz", true},
		{"a.json.zstd", JSON, ".zstd", "json compressed as zstd", true},
		{"a.csv.SNAPPY", "", "", "csv compressed as SNAPPY", true},
		{"a.csv.zip", "", "", "csv compressed as zip", false},
		{"a.csv.gz.zst", CSV, ".gz.zst", "csv compressed as gz.zst", true},
		{"a.csv.zst.gz", CSV, ".zst.gz", "csv compressed as zst.gz", true},
		{"a.csv.gz.bz2", CSV, ".gz.bz2", "csv compressed as gz.bz2", true},
		{"a.parquet.gz", Parquet, ".gz", "", true},
		{"a.gz", "", ".gz", "", false},
		{"a.txt", "", "", "", false},
		{"parquet", "", "", "", false},
		{"", "", "", "", false},
	} {
		typ, packed := Of(c.name)
		if typ.Name != c.format || packed != c.packed {
			t.Errorf("Of(%q) = %q, %q, want %q, %q", c.name, typ.Name, packed, c.format, c.packed)
		}
		if got := Unwritable(c.name); got != c.unwritable {
			t.Errorf("Unwritable(%q) = %q, want %q", c.name, got, c.unwritable)
		}
		if got := IsData(c.name); got != c.data {
			t.Errorf("IsData(%q) = %v, want %v", c.name, got, c.data)
		}
	}
}

func TestExtensionsAreOfOneTypeEach(t *testing.T) {
	var all []string
	for _, typ := range types {
		for _, ext := range typ.Extensions {
			if slices.Contains(all, ext) {
				t.Errorf("%s stands twice in the table", ext)
			}
			all = append(all, ext)
			if got, _ := Of("a" + ext); got.Name != typ.Name {
				t.Errorf("a%s is %q, want %q", ext, got.Name, typ.Name)
			}
		}
	}
}

func TestNamesTellWhatIsNotRead(t *testing.T) {
	for name, want := range map[string]string{
		"a.csv.lz4": "csv compressed as lz4", "a.json.zip": "json compressed as zip", "a.csv.gz.br": "csv compressed as gz.br",
		"a.parquet.gz": "parquet compressed as gz", "a.orc": "orc", "a.csv.xz": "", "a.csv": "", "a.gz": "", "a.txt": "", "a.txt.lz4": "",
	} {
		if got := Unreadable(name); got != want {
			t.Errorf("Unreadable(%q) = %q, want %q", name, got, want)
		}
	}
}
