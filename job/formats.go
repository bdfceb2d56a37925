package job

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"leapscore/engine/store"
	"leapscore/job/internal/place"
	"leapscore/sinks"
)

// format settles the format and the compression of the output: what its name tells,
// else what is asked for.
func (o Output) format(mode sinks.Mode, packed sinks.Compression) (f sinks.Format, c sinks.Compression, err error) {
	if place.IsStream(o.Path) {
		if f, err = o.streamFormat(mode); err != nil {
			return f, packed, err
		}
		return f, packed, f.CheckCompression(packed)
	}
	if err := writable("output", o.Path); err != nil {
		return f, packed, err
	}
	f, byName, isFile := place.NameFormat(o.Path)
	if o.Format == "" && !isFile && (strings.HasSuffix(o.Path, ".gz") || strings.HasSuffix(o.Path, ".zst")) {
		return f, packed, fmt.Errorf("output %s: its name tells no format that is compressed as a whole, as .csv.gz would", o.Path)
	}
	if o.Format != "" {
		asked, err := sinks.ParseFormat(o.Format)
		if err != nil {
			return f, packed, fmt.Errorf("output-%w", err)
		}
		if isFile && asked != f {
			return f, packed, fmt.Errorf("output %s: its name tells %s, but --output-format is %s", o.Path, f, asked)
		}
		f = asked
	}
	if err := f.CheckCompression(packed); err != nil {
		return f, packed, err
	}
	if isFile && (f == sinks.CSV || f == sinks.JSON) {
		if byName == sinks.DefaultCompression {
			byName = sinks.None
		}
		if packed != sinks.DefaultCompression && packed != byName {
			return f, packed, fmt.Errorf("output %s: its name does not tell --compression %s, as .gz and .zst do", o.Path, packed)
		}
		packed = byName
	}
	return f, packed, nil
}

// streamFormat is the format of what goes to stdout.
func (o Output) streamFormat(mode sinks.Mode) (f sinks.Format, err error) {
	f = sinks.ArrowStream
	switch {
	case mode != sinks.Error:
		return f, errors.New("--mode has no meaning with --output -")
	case o.Format != "":
		if f, err = sinks.ParseFormat(o.Format); err != nil {
			return f, fmt.Errorf("output-%w", err)
		}
	}
	if f == sinks.Parquet || f == sinks.Arrow {
		return f, fmt.Errorf("output-format %s cannot be read from a stream; want arrows, csv or json with --output -", f)
	}
	return f, nil
}

// writable refuses names of files of formats and compressions that are not written:
// what would be made is a folder of Parquet of that name.
func writable(key, where string) error {
	place, _ := store.CutParameters(where)
	if strings.HasSuffix(place, "/") {
		return nil
	}
	format, _ := store.FormatOf(place)
	if ext := path.Ext(place); format == "" && slices.Contains(packers, strings.ToLower(ext)) {
		if inner, _ := store.FormatOf(strings.TrimSuffix(place, ext)); inner != "" {
			format = inner + " compressed as " + ext[1:]
		}
	}
	if _, err := sinks.ParseFormat(format); format == "" || err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: its name tells %s, which is not written; name a folder, or a file such as x.parquet, x.csv, x.csv.gz, x.json or x.arrow", key, where, format)
}

// packers are what names of files that are compressed as a whole end in, of those
// that are not written.
var packers = []string{".bz2", ".snappy", ".lz4", ".br", ".deflate", ".xz", ".zip", ".zstd", ".z", ".lzo", ".7z"}

// rejectsFormat settles the format of the rejects: Parquet, or what the name
// of a file tells.
func rejectsFormat(where string, o *sinks.Options) {
	f, packed, ok := place.NameFormat(where)
	o.Format = f
	if ok && packed != sinks.DefaultCompression || f.CheckCompression(o.Compression) != nil || f == sinks.CSV || f == sinks.JSON {
		o.Compression = packed
	}
}
