package place

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"leapscore/internal/filetype"
	"leapscore/sinks"
)

// Format settles the format and the compression of the output: what its name tells,
// else what is asked for.
func Format(where, asked string, mode sinks.Mode, packed sinks.Compression) (f sinks.Format, c sinks.Compression, err error) {
	if IsStream(where) {
		if f, err = streamFormat(asked, mode); err != nil {
			return f, packed, err
		}
		return f, packed, f.CheckCompression(packed)
	}
	if err := Writable("output", where); err != nil {
		return f, packed, err
	}
	f, byName, isFile := NameFormat(where)
	if _, packing := filetype.Of(lastOf(where)); asked == "" && !isFile && packing != "" {
		return f, packed, fmt.Errorf("output %s: its name tells no format that is compressed as a whole, as .csv.gz would", where)
	}
	if asked != "" {
		wanted, err := sinks.ParseFormat(asked)
		if err != nil {
			return f, packed, fmt.Errorf("output-%w", err)
		}
		if isFile && wanted != f {
			return f, packed, fmt.Errorf("output %s: its name tells %s, but --output-format is %s", where, f, wanted)
		}
		f = wanted
	}
	if err := f.CheckCompression(packed); err != nil {
		return f, packed, err
	}
	if isFile && (f == sinks.FormatCSV || f == sinks.FormatJSON) {
		if byName == sinks.CompressionDefault {
			byName = sinks.CompressionNone
		}
		if packed != sinks.CompressionDefault && packed != byName {
			return f, packed, fmt.Errorf("output %s: its name does not tell --compression %s, as .gz and .zst do", where, packed)
		}
		packed = byName
	}
	return f, packed, nil
}

// streamFormat is the format of what goes to stdout.
func streamFormat(asked string, mode sinks.Mode) (f sinks.Format, err error) {
	f = sinks.FormatArrowStream
	switch {
	case mode != sinks.ModeError:
		return f, errors.New("--mode has no meaning with --output -")
	case asked != "":
		if f, err = sinks.ParseFormat(asked); err != nil {
			return f, fmt.Errorf("output-%w", err)
		}
	}
	if f == sinks.FormatParquet || f == sinks.FormatArrow {
		return f, fmt.Errorf("output-format %s cannot be read from a stream; want arrows, csv or json with --output -", f)
	}
	return f, nil
}

// Writable refuses names of files of formats and compressions that are not written:
// what would be made is a folder of Parquet of that name.
func Writable(key, where string) error {
	told := filetype.Unwritable(lastOf(where))
	if ext := path.Ext(strings.ToLower(lastOf(where))); slices.Contains(otherFiles, ext) {
		told = ext[1:]
	}
	if told == "" {
		return nil
	}
	return fmt.Errorf("%s %s: its name tells %s, which is not written; name a folder, or a file such as x.parquet, x.csv, x.csv.gz, x.json or x.arrow", key, where, told)
}

// otherFiles end in what no folder does, and no format that is written.
var otherFiles = []string{".xlsx", ".xls", ".txt", ".duckdb", ".sqlite"}

// RejectsFormat settles the format of the rejects: Parquet, or what the name
// of a file tells.
func RejectsFormat(where string, o *sinks.Options) {
	f, packed, ok := NameFormat(where)
	o.Format = f
	if ok && packed != sinks.CompressionDefault || f.CheckCompression(o.Compression) != nil || f == sinks.FormatCSV || f == sinks.FormatJSON {
		o.Compression = packed
	}
}
