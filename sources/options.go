package sources

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	"leapscore/internal/filetype"
)

// ErrNoFiles is wrapped by files.Open when a pattern matches no file.
var ErrNoFiles = errors.New("no files match")

// ErrNoneLeft is returned by files.Open if Options.Only leaves no file.
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

// The formats that files.Open reads.
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

// Hive says whether folders named key=value are columns.
type Hive string

const (
	// HiveAuto takes the folders below the fixed part of the patterns as columns.
	HiveAuto Hive = ""
	// HiveOn takes all folders of the names, and it is an error if there are none.
	HiveOn Hive = "on"
	// HiveOff takes none.
	HiveOff Hive = "off"
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

	// CSV says how CSV is written.
	CSV Dialect

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
	// files.Open, and for each that lacks a column that a scan is asked for, has
	// it with a type that does not fit, or cannot be read to its end, by Scan:
	// in the order of the names, and before the first split. No row of such a
	// file is in the scan. Files are read twice for this. Trouble with the store
	// is an error all the same. Standard input cannot be read twice.
	Reject func(RejectedFile)

	// BadRows has rows of text that cannot be read handed over as Batch.Bad. Without
	// it they end the scan, or the opening of a file whose rows tell the columns.
	BadRows bool

	// Only, if not nil, returns those of the files found that are wanted, in the
	// same order.
	Only func([]store.Object) ([]store.Object, error)

	// Shard, if not nil, has scans yield the rows of one shard of the files. The schema
	// is that of all files. It does not go with Reject, and not with a stream.
	Shard *Shard

	// Warn, if not nil, is told what is doubtful about the files, each once.
	Warn func(msg string)

	// BatchRows is the most rows of a batch, by default 8192. Wide tables
	// have fewer.
	BatchRows int

	// Settled, if not nil, is the columns that were found when more of the files
	// were open. Formats that find columns and types in their rows take these.
	Settled *arrow.Schema

	// Seen, if not nil, keeps what a format has learnt from reading whole files, by
	// keys of types of its own, for the next time that they are opened.
	Seen *sync.Map
}

// Dialect is how CSV is written. The zero value is RFC 4180 in UTF-8 with a header, where
// names of files, headers and byte order marks tell nothing else.
type Dialect struct {
	// Delimiter stands between fields. Left out, it is a comma, a tab in files named
	// .tsv, or the one of ; tab and | that gives the header columns of Types where a
	// comma gives one column.
	Delimiter byte
	// Quote stands around fields, by default ". NoQuote, which is no byte of text in
	// UTF-8, is for none.
	Quote byte
	// Escape stands before a quote, or itself, within quotes. A quote before another
	// is that quote in any case.
	Escape byte
	// NoHeader says that the first line is a row. The columns are then column0,
	// column1 and so on, with as many digits as the last needs.
	NoHeader bool
	// Nulls are fields that are nulls, besides the empty one. In quotes they are so
	// in columns that are no text.
	Nulls []string
	// Encoding is one of Encodings, or empty for UTF-8, or for UTF-16 in files that
	// begin with its byte order mark.
	Encoding string
}

// NoQuote is the quote of CSV without quotes.
const NoQuote = 0xff

// The encodings of text.
const (
	UTF8        = "utf-8"
	Latin1      = "latin1"
	Windows1252 = "windows-1252"
	UTF16       = "utf-16" // the low byte first, unless a byte order mark says otherwise
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
)

// Encodings are the values of Dialect.Encoding.
var Encodings = []string{UTF8, Latin1, Windows1252, UTF16, UTF16LE, UTF16BE}

// IsZero reports whether nothing is said.
func (d Dialect) IsZero() bool {
	return d.Delimiter == 0 && d.Quote == 0 && d.Escape == 0 && !d.NoHeader && len(d.Nulls) == 0 && d.Encoding == ""
}

// RejectedFile is a file that a source leaves out.
type RejectedFile struct {
	Name string
	Err  error
	// Rows is how many rows the file says it has, or -1 if that is not known.
	Rows int64
}

// Rules say which files are rows.
type Rules struct {
	// AsFiles takes files for what they are, whatever table they belong to.
	AsFiles bool

	// RequireSuccess refuses files of which no _SUCCESS says that their job is done.
	RequireSuccess bool

	// Warn, if not nil, is told what is doubtful.
	Warn func(msg string)
}

// StreamName is what the rows of a stream come from.
const StreamName = "-"

// ErrReadOnce is the error of a second pass over a stream.
var ErrReadOnce = errors.New("standard input can be read once")

// DefaultBatchRows is the most rows of a batch, unless Options says otherwise.
const DefaultBatchRows = 8192
