package sources

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	"leapscore/internal/filetype"
)

// ErrNoFiles is wrapped by OpenFiles when a pattern matches no file.
var ErrNoFiles = errors.New("no files match")

// ErrNoneLeft is returned by OpenFiles if Options.Only leaves no file.
var ErrNoneLeft = errors.New("no file is wanted")

// FileError is an error about one file of a source.
type FileError struct {
	Name string
	Err  error
}

func (e *FileError) Error() string { return e.Name + ": " + e.Err.Error() }

func (e *FileError) Unwrap() error { return e.Err }

// Format is how a file holds rows.
type Format string

// The formats that OpenFiles reads.
const (
	Parquet Format = filetype.Parquet
	CSV     Format = filetype.CSV
	JSON    Format = filetype.JSON // one object per line

	// Arrow and ArrowStream are the two forms of Arrow IPC. Either name reads
	// both, as their first bytes tell them apart.
	Arrow       Format = filetype.Arrow
	ArrowStream Format = filetype.ArrowStream

	// Leap and LeapBinary are MLeap's leap frames. Tensors of doubles with one
	// dimension, or of unknown dimensions, are structs laid out as Spark's
	// VectorUDT, and keep whether they are sparse. Other tensors are lists.
	Leap       Format = filetype.Leap
	LeapBinary Format = filetype.LeapBinary

	// Avro is object container files of records. The tensors of MLeap's Avro
	// leap frames are as those of Leap.
	Avro Format = filetype.Avro
)

// Opener finds and opens files.
type Opener interface {
	// Glob returns the objects that pattern names: one file, the matches of a
	// pattern with *, ?, [...], {a,b} and **, or the files below a folder that
	// it names or matches, without those that have a part of their name, below
	// the folder, that begins with _ or a dot. No match is no error.
	Glob(ctx context.Context, pattern string) ([]store.Object, error)
	Open(ctx context.Context, name string) (store.Reader, error)
}

// Options says how to read files. The zero value is the default.
type Options struct {
	// Opener is where the files are; by default the local file system.
	Opener Opener

	// Format is the format of all files; by default their names tell.
	Format Format

	// Types are the types wanted of columns in formats that have none. A
	// column that is not named has the type that its values suggest (JSON) or is
	// a string (CSV). Typed formats ignore it.
	Types map[string]arrow.DataType

	// Stdin is what the pattern - reads, by default standard input.
	Stdin io.Reader

	// Remote says that reads have a latency, so that fewer and larger ones
	// are better.
	Remote bool

	// Rules say what of the files found is rows.
	Rules Rules

	// Hive says whether folders named key=value are columns; by default those
	// below the fixed part of the patterns are. Such a column has the type that
	// Types wants, if its values are of it; else it is int64 or date32 if all its
	// values are, in their one spelling (007 is text); else a string. Codes like
	// %3A are decoded, once, and __HIVE_DEFAULT_PARTITION__ is null. Where the
	// files have a column of that name, the folders win, as in Spark. If some
	// files are in no such folder, it is an error of Scan to ask for the column.
	Hive Hive

	// Folders, if not nil, is what the folders say, in place of Hive.
	Folders *Folders

	// Fill says that a column which a file lacks is null in it.
	Fill bool

	// Reject, if not nil, is called for each file that cannot be opened, by
	// OpenFiles, and for each that lacks a column that a scan is asked for, has
	// it with a type that does not fit, or cannot be read to its end, by Scan:
	// in the order of the names, and before the first split. No row of such a
	// file is in the scan. Files are read twice for this. Trouble with the store
	// is an error all the same. Standard input cannot be read twice.
	Reject func(RejectedFile)

	// Only, if not nil, returns those of the files found that are wanted, in the
	// same order.
	Only func([]store.Object) ([]store.Object, error)

	// Warn, if not nil, is told what is doubtful about the files, each once.
	Warn func(msg string)

	// BatchRows is the most rows of a batch, by default DefaultBatchRows. Wide tables
	// have fewer.
	BatchRows int

	// settled are types that were found when more of the files were open, and
	// surveys is what was seen in the files then.
	settled map[string]arrow.DataType
	surveys *surveyCache
	warned  *sync.Map
}

// warn tells what is doubtful, unless that was told before.
func (o *Options) warn(msg string) {
	if o.Warn == nil || o.warned == nil {
		return
	}
	if _, known := o.warned.LoadOrStore(msg, true); !known {
		o.Warn(msg)
	}
}

// DefaultBatchRows is how many rows a batch has, unless Options says otherwise.
const DefaultBatchRows = 8192

// openers is how many files are opened at once to learn what they hold.
func (o *Options) openers() int {
	if o.Remote {
		return 32
	}
	return 2 * runtime.GOMAXPROCS(0)
}

// OpenFiles opens the files that the patterns match as one Source. Their rows
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
func OpenFiles(ctx context.Context, globs []string, opt Options) (Source, error) {
	if opt.Opener == nil {
		opt.Opener = localFiles{}
	}
	if opt.BatchRows <= 0 {
		opt.BatchRows = DefaultBatchRows
	}
	opt.warned = &sync.Map{}
	if slices.Contains(globs, stdinName) {
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
	var src Source
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

func openFormat(ctx context.Context, objects []store.Object, opt Options) (Source, error) {
	if opt.Format == CSV || opt.Format == JSON {
		s := newTextSource(opt.Opener, objects, opt)
		return s, s.openText(ctx, opt)
	}
	src, err := openTyped(ctx, objects, opt)
	if err != nil {
		return nil, err
	}
	return &utf8Source{src, objects[0].Name}, nil
}

func openTyped(ctx context.Context, objects []store.Object, opt Options) (Source, error) {
	switch opt.Format {
	case Parquet:
		return openParquet(ctx, opt.Opener, objects, opt)
	case Arrow, ArrowStream:
		return openArrow(ctx, opt.Opener, objects, opt)
	case Leap, LeapBinary:
		return openLeap(ctx, opt.Opener, objects, opt)
	case Avro:
		return openAvro(ctx, opt.Opener, objects, opt)
	}
	return nil, fmt.Errorf("format %q, want one of %q", opt.Format, filetype.Readable())
}

// findFiles returns the files sorted by name, with the fixed parts of the
// patterns that found them, and settles their format.
func findFiles(ctx context.Context, globs []string, opt *Options) ([]store.Object, map[string]string, error) {
	if len(globs) == 0 {
		return nil, nil, fmt.Errorf("%w: no pattern given", ErrNoFiles)
	}
	var all []store.Object
	roots := make(map[string]string)
	for _, g := range globs {
		found, err := Find(ctx, opt.Opener, g, opt.Rules)
		if err != nil {
			return nil, nil, err
		}
		if len(found) == 0 {
			return nil, nil, fmt.Errorf("%w: %s", ErrNoFiles, g)
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
			return nil, nil, ErrNoneLeft
		}
	}
	return all, roots, settleFormat(all, opt)
}

// settleFormat takes the format from the names, unless it is given.
func settleFormat(files []store.Object, opt *Options) error {
	if opt.Format != "" {
		return nil
	}
	var first string
	for _, o := range files {
		f := formatOf(o.Name)
		switch {
		case f == "":
			return &FileError{Name: o.Name, Err: errors.New("its name tells no format, as .parquet or .csv would; give the format")}
		case opt.Format == "":
			opt.Format, first = f, o.Name
		case f != opt.Format:
			return &FileError{Name: o.Name, Err: fmt.Errorf("is %s, but %s is %s; read them apart", f, first, opt.Format)}
		}
	}
	return nil
}

// dataFiles drops what lies beside the data in a folder and is of no known
// format, unless it was named or there is nothing else.
func dataFiles(pattern string, found []store.Object, format Format) []store.Object {
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
func FormatOf(name string) Format { return formatOf(name) }

// formatOf tells the format from a name, or returns "".
func formatOf(name string) Format {
	if t, _ := filetype.Of(name); t.Readable {
		return Format(t.Name)
	}
	return ""
}

// project returns the fields of cols.
func project(s *arrow.Schema, cols []string) ([]arrow.Field, error) {
	fields := make([]arrow.Field, len(cols))
	for i, c := range cols {
		f, ok := s.FieldsByName(c)
		if !ok {
			return nil, fmt.Errorf("no column %q", c)
		}
		fields[i] = f[0]
	}
	return fields, nil
}

// readable is project for files that have columns which cannot be read: errs says why.
func readable(s *arrow.Schema, errs map[string]error, cols []string) ([]arrow.Field, error) {
	fields, err := project(s, cols)
	if err != nil {
		return nil, err
	}
	for _, c := range cols {
		if err := errs[c]; err != nil {
			return nil, err
		}
	}
	return fields, nil
}

// planScan is a Scan whose splits are known from the start.
type planScan struct {
	splits []Split
	rows   int64
	next   atomic.Int64
}

func (s *planScan) Next() (Split, error) {
	i := s.next.Add(1) - 1
	if i >= int64(len(s.splits)) {
		return Split{}, io.EOF
	}
	return s.splits[i], nil
}

func (s *planScan) Rows() int64 { return s.rows }

func (s *planScan) Close() error { return nil }
