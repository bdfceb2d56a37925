// Package filetype is the one table of what names of files tell: what the files
// hold, whether that can be read and written, and how they are compressed as a
// whole. Sources, queries, sinks and the command go by it alike. A new format is a
// new row.
package filetype

import (
	"path"
	"slices"
	"strings"
)

// The names of the formats, as flags spell them.
const (
	Parquet     = "parquet"
	CSV         = "csv"
	JSON        = "json" // one object per line
	Arrow       = "arrow"
	ArrowStream = "arrows"
	Avro        = "avro"
	Leap        = "leap"
	LeapBinary  = "leap-binary"
	TSV         = "tsv" // queries read it as CSV with another delimiter
	ORC         = "orc"
)

// Type is a format.
type Type struct {
	Name string // one of the constants, "" if none is known

	// Extensions are what names of its files end in. All files that end so count as
	// data of a table, also those that cannot be read: overwrite may remove them.
	Extensions []string

	Readable bool
	Writable bool
	Packable bool // its files may be compressed as a whole
}

var types = []Type{
	{Parquet, []string{".parquet", ".parq", ".pq"}, true, true, false},
	{CSV, []string{".csv"}, true, true, true},
	{JSON, []string{".json", ".jsonl", ".ndjson"}, true, true, true},
	{Arrow, []string{".arrow", ".feather", ".ipc"}, true, true, false},
	{ArrowStream, []string{".arrows"}, true, true, false},
	{Avro, []string{".avro"}, true, false, false},
	{Leap, []string{".leap.json"}, true, false, false},
	{LeapBinary, nil, true, false, false},
	{TSV, []string{".tsv"}, false, false, false},
	{ORC, []string{".orc"}, false, false, false},
}

// packing is a compression of whole files.
type packing struct {
	extension string
	read      bool
	written   bool
	data      bool // files that end so count as data, if their inner name does
}

var compressions = []packing{
	{".gz", true, true, true}, {".zst", true, true, true},
	{".bz2", true, false, true}, {".xz", true, false, true}, {".zstd", true, false, true},
	{".snappy", false, false, true}, {".lz4", false, false, true}, {".br", false, false, true}, {".deflate", false, false, true},
	{".zip", false, false, false}, {".z", false, false, false}, {".lzo", false, false, false}, {".7z", false, false, false},
}

// Of tells from the name of a file what it holds, and in which extension it says
// that it is compressed as a whole: ".gz", ".zst" or another that is read, several
// if it is so twice, or "".
func Of(name string) (t Type, packed string) {
	inner, packings := unpack(name)
	for _, p := range packings {
		if !p.read {
			return Type{}, ""
		}
		packed = p.extension + packed
	}
	return byName(inner), packed
}

// IsData reports whether a name is that of a file of rows, of whatever format and
// compression.
func IsData(name string) bool {
	inner, packings := unpack(name)
	return byName(inner).Name != "" && !slices.ContainsFunc(packings, func(p packing) bool { return !p.data })
}

// Unwritable returns what a name tells, if that is known but never written: a
// format, or how one is compressed. Else it returns "".
func Unwritable(name string) string {
	inner, packings := unpack(name)
	switch t := byName(inner); {
	case t.Name == "":
		return ""
	case len(packings) > 1 || len(packings) == 1 && !packings[0].written:
		return t.Name + " compressed as " + path.Base(name)[len(inner)+1:]
	case !t.Writable:
		return t.Name
	}
	return ""
}

// Unreadable returns what a name tells, if that is known but never read: a format,
// or how one is compressed. Else it returns "".
func Unreadable(name string) string {
	inner, packings := unpack(name)
	t := byName(inner)
	switch packed := slices.ContainsFunc(packings, func(p packing) bool { return !p.read }); {
	case t.Name == "":
		return ""
	case packed || len(packings) > 0 && !t.Packable:
		return t.Name + " compressed as " + path.Base(name)[len(inner)+1:]
	case !t.Readable:
		return t.Name
	}
	return ""
}

// unpack cuts the extensions of compressions off a name, the last one first.
func unpack(name string) (inner string, packings []packing) {
	inner = path.Base(name)
	for {
		ext := path.Ext(inner)
		i := slices.IndexFunc(compressions, func(p packing) bool { return strings.EqualFold(p.extension, ext) })
		if i < 0 {
			return inner, packings
		}
		inner, packings = strings.TrimSuffix(inner, ext), append(packings, compressions[i])
	}
}

// byName finds the type of the longest extension that a name ends in.
func byName(base string) (found Type) {
	base = strings.ToLower(base)
	longest := 0
	for _, t := range types {
		for _, ext := range t.Extensions {
			if len(ext) > longest && strings.HasSuffix(base, ext) {
				found, longest = t, len(ext)
			}
		}
	}
	return found
}

// Readable returns the names of the formats that are read.
func Readable() []string { return names(func(t Type) bool { return t.Readable }) }

// Writable returns the names of the formats that are written.
func Writable() []string { return names(func(t Type) bool { return t.Writable }) }

func names(of func(Type) bool) (list []string) {
	for _, t := range types {
		if of(t) {
			list = append(list, t.Name)
		}
	}
	return list
}

// Extensions returns what the names of files end in that a query can read.
func Extensions() (list []string) {
	for _, t := range types {
		if t.Readable || t.Name == TSV {
			list = append(list, t.Extensions...)
		}
	}
	return list
}
