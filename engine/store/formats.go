package store

import (
	"path"
	"strings"
)

// extensions are the formats that names of files tell, for all who read, write or
// replace files.
var extensions = map[string]string{
	".parquet": "parquet", ".parq": "parquet", ".pq": "parquet", ".csv": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json",
	".arrow": "arrow", ".feather": "arrow", ".ipc": "arrow", ".arrows": "arrows", ".avro": "avro", ".tsv": "tsv", ".orc": "orc",
}

// FormatOf tells from a name what a file holds, and how it is compressed as a whole:
// ".gz", ".zst" or "". The format is "" if the name does not tell.
func FormatOf(name string) (format, packed string) {
	base := strings.ToLower(path.Base(name))
	for _, ext := range []string{".gz", ".zst"} {
		if inner, ok := strings.CutSuffix(base, ext); ok {
			base, packed = inner, ext
		}
	}
	if strings.HasSuffix(base, ".leap.json") {
		return "leap", packed
	}
	return extensions[path.Ext(base)], packed
}
