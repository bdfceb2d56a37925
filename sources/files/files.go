package files

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"leapscore/engine/store"
	"leapscore/internal/filetype"
	"leapscore/internal/similar"
	"leapscore/sources"
)

// Open opens the files that the patterns match as one Source. Their rows
// come in the order of the file names, each file once. The columns are those of
// all files, matched by name: those of the first file, and behind them those that
// only later files have. Numbers have the narrowest type that holds those of all
// files. A column that a file lacks, or has with another type, is an error of
// Scan if it is asked for. Errors about a file are *FileError.
//
// The one pattern - is a stream: Arrow IPC or CSV, as its first bytes tell, or
// JSON lines if Format says so. It can be scanned once. Its schema is known
// before its rows have come.
//
// Strings of Parquet files come as dictionaries where they are stored so. A
// reader holds raw and decompressed pages outside of the allocator that it is
// given: for Parquet up to about 100 MiB and, beyond that, 200 KiB per column;
// for text the 32 MiB of its split, for Arrow IPC its record batches.
func Open(ctx context.Context, globs []string, opt sources.Options) (sources.Source, error) {
	if opt.Opener == nil {
		opt.Opener = localFiles{}
	}
	if opt.BatchRows <= 0 {
		opt.BatchRows = sources.DefaultBatchRows
	}
	opt.Warn = warnOnce(opt.Warn)
	if slices.Contains(globs, sources.StreamName) {
		if opt.Reject != nil {
			return nil, errors.New("files cannot be rejected on standard input, which can be read once")
		}
		if len(globs) > 1 {
			return nil, fmt.Errorf("%d inputs besides standard input, want it alone", len(globs)-1)
		}
		if opt.Stdin == nil {
			opt.Stdin = os.Stdin
		}
		return openStdin(ctx, opt)
	}
	objects, roots, err := findFiles(ctx, globs, &opt)
	if err != nil {
		return nil, err
	}
	opt.Opener = newSteady(opt.Opener, objects)
	if opt.Format != sources.CSV && !opt.CSV.IsZero() {
		opt.Warn(fmt.Sprintf("what is said of CSV is not used: the files are %s", opt.Format))
	}
	var src sources.Source
	if opt.Reject == nil && opt.Fill {
		src, err = openFilled(ctx, objects, opt)
	} else if opt.Reject == nil {
		src, err = openFormat(ctx, objects, opt)
	} else {
		src, err = openVetted(ctx, objects, opt)
	}
	files := &listed{files: objects, opener: opt.Opener}
	if err == nil && opt.Folders == nil {
		opt.Folders, err = FoldersOf(objects, roots, opt.Hive, opt.Types)
	}
	if err != nil {
		return nil, files.cause(ctx, err)
	}
	files.Source = withFolders(src, opt.Folders)
	return files, nil
}

// warnOnce returns a function that passes each message on once.
func warnOnce(warn func(msg string)) func(msg string) {
	var told sync.Map
	return func(msg string) {
		if _, known := told.LoadOrStore(msg, true); !known && warn != nil {
			warn(msg)
		}
	}
}

func openFormat(ctx context.Context, objects []store.Object, opt sources.Options) (sources.Source, error) {
	f, ok := formats[opt.Format]
	if !ok {
		return nil, fmt.Errorf("format %q, want one of %q", opt.Format, filetype.Readable())
	}
	src, err := f.open(ctx, objects, opt)
	if err != nil || f.text {
		return src, err
	}
	return &utf8Source{src, objects[0].Name}, nil
}

// findFiles returns the files sorted by name, with the fixed parts of the
// patterns that found them, and settles their format.
func findFiles(ctx context.Context, globs []string, opt *sources.Options) ([]store.Object, map[string]string, error) {
	if len(globs) == 0 {
		return nil, nil, fmt.Errorf("%w: no pattern given", sources.ErrNoFiles)
	}
	var all []store.Object
	roots := make(map[string]string)
	for _, g := range globs {
		found, err := Find(ctx, opt.Opener, g, opt.Rules)
		if err != nil {
			return nil, nil, err
		}
		if len(found) == 0 {
			return nil, nil, fmt.Errorf("%w: %s%s", sources.ErrNoFiles, g, similar.Path(g))
		}
		for _, o := range found {
			root := fixedRoot(g, o.Name)
			if known, ok := roots[o.Name]; !ok || len(root) < len(known) {
				roots[o.Name] = root
			}
		}
		all = append(all, dataFiles(g, found, opt.Format)...)
	}
	slices.SortFunc(all, func(a, b store.Object) int { return strings.Compare(a.Name, b.Name) })
	all = slices.CompactFunc(all, func(a, b store.Object) bool { return a.Name == b.Name })
	all, err := once(all)
	if err != nil {
		return nil, nil, err
	}
	if opt.Only != nil {
		if all, err = opt.Only(all); err != nil {
			return nil, nil, err
		}
		if len(all) == 0 {
			return nil, nil, sources.ErrNoneLeft
		}
	}
	return all, roots, settleFormat(all, opt)
}

// settleFormat takes the format from the names, unless it is given.
func settleFormat(files []store.Object, opt *sources.Options) error {
	if opt.Format != "" {
		return nil
	}
	var first string
	for _, o := range files {
		f := formatOf(o.Name)
		switch {
		case f == "":
			return &sources.FileError{Name: o.Name, Err: nameless(o.Name)}
		case opt.Format == "":
			opt.Format, first = f, o.Name
		case f != opt.Format:
			return &sources.FileError{Name: o.Name, Err: fmt.Errorf("is %s, but %s is %s; read them apart", f, first, opt.Format)}
		}
	}
	return nil
}

// nameless says why a name tells no format, and what to do.
func nameless(name string) error {
	base := path.Base(name)
	switch told := filetype.Unreadable(base); {
	case strings.Contains(told, "compressed"):
		return fmt.Errorf("its name tells %s, which is not read; unpack it, or compress it as gzip, zstd, bzip2 or xz", told)
	case told != "":
		return fmt.Errorf("its name tells %s, which is not read; write it as Parquet", told)
	}
	if _, packed := filetype.Of(base); packed != "" {
		return fmt.Errorf("its name tells a compression (%s) and no format, as .csv%[1]s would; give the format, as --input-format csv does, or read_csv in a query", packed)
	}
	if ext := path.Ext(base); ext == ".db" || ext == ".duckdb" {
		return errors.New("its name tells a database: read a table of it with --db FILE and --sql 'FROM TABLE'")
	}
	return errors.New("its name tells no format, as .parquet or .csv would; give the format, as --input-format csv does, or read_csv in a query")
}

// dataFiles drops what lies beside the data in a folder and is of no known
// format, unless it was named or there is nothing else.
func dataFiles(pattern string, found []store.Object, format sources.Format) []store.Object {
	if format != "" || len(found) == 1 && found[0].Name == pattern {
		return found
	}
	known := slices.DeleteFunc(slices.Clone(found), func(o store.Object) bool { return formatOf(o.Name) == "" })
	if len(known) == 0 {
		return found
	}
	return known
}

// FormatOf tells the format from a file's name, or returns "".
func FormatOf(name string) sources.Format { return formatOf(name) }

// formatOf tells the format from a name, or returns "".
func formatOf(name string) sources.Format {
	switch t, _ := filetype.Of(name); {
	case t.Readable:
		return sources.Format(t.Name)
	case t.Name == filetype.TSV:
		return sources.CSV // of another delimiter
	}
	return ""
}
