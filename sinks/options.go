package sinks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks/internal/format"
	"leapscore/sinks/internal/partition"
	"leapscore/sinks/internal/unwritable"
)

// Options says how to write a table. The zero value of every field but Schema
// and RunID is the default.
type Options struct {
	// Schema is the schema of the table. Fields that are not nullable refuse
	// nulls.
	Schema *arrow.Schema

	// RunID names the attempt and, hashed, its files: equal rows under equal
	// options give the same files with the same bytes.
	RunID string

	Mode        Mode
	Format      Format
	Compression Compression

	// VectorUDT says that columns laid out as Spark's VectorUDT must be vectors to
	// Spark. In Parquet files they are, unless a column has a type that Spark
	// does not know: that is an error then.
	VectorUDT bool

	// Metadata is written into each file as key-value pairs, in the order of
	// the keys. Version is the version of the writing program.
	Metadata map[string]string
	Version  string

	// FileRows is about how many rows go into one file; a single file takes
	// all. GroupRows is how many go into one row group.
	FileRows  int64
	GroupRows int

	// Plan is the record of the run as far as it is known before it starts. With
	// it, Create returns a Resumable, and ErrRunDone if the run was committed
	// last. Resume continues a killed attempt of the run, which must have had the
	// same plan. A partitioned table cannot be resumed, since its files are written
	// at the end.
	Plan   *runs.Record
	Resume bool

	// After, if not nil, is the run that must be the last one that was committed,
	// or empty if there must be none: Create returns a *MovedError otherwise.
	After *string

	// Once returns ErrRunDone too, of a table that is not Resumable.
	Once bool

	// Redo, if it is not nil, is the record of the run RunID, which is in the table
	// already: its files are replaced, and those of other runs stay. A *GoneError
	// says that they are not all there.
	Redo *runs.Record

	// Token, if there is one, is kept with the commit, so that CommittedFiles and
	// its like can tell it from all others. With Pending, the table may wait for
	// another one's commit: see CommitTogether.
	Token   string
	Pending bool

	// Stage writes a shard of the run, which is not published. Adopt publishes what
	// shards have written.
	Stage *Stage
	Adopt *Adopted

	// Buffer is how many bytes of finished rows may wait for earlier parts. Each
	// open part takes up to about 64 MiB more, and much less if rows are small.
	// In a partitioned table, as much again is used for rows that wait for more
	// of their partition, and for encoded ones; so there, row groups depend on
	// it.
	Buffer int64

	// PartitionBy are the columns whose values are folders, as a=1/b=x, and
	// not in the files. Names are escaped, and values written, as Spark does.
	PartitionBy []string

	// Partitions are what ModeOverwritePartitions replaces, rows or no rows: the
	// partitions that have all these values. A row of another one is an
	// *OtherPartitionError. If there are none, the partitions of the rows are
	// replaced.
	Partitions []partition.Value

	// SweepAfter is how long a run on an object store may not renew its marker
	// before another run deletes its files. The run's own value sets how often it
	// renews the marker, each second at most, and three renewals may always be
	// missed: values below 3 s make no difference.
	SweepAfter time.Duration
}

// Defaults of Options. GroupRows is the size that sources cut splits to.
const (
	DefaultFileRows  = 4 << 20
	DefaultGroupRows = 122_880
	DefaultBuffer    = 256 << 20

	DefaultSweepAfter = 24 * time.Hour
)

// encoding returns the options of the files.
func (o Options) encoding() format.Options {
	return format.Options{
		Schema: o.Schema, Format: o.Format, Compression: o.Compression, VectorUDT: o.VectorUDT, Metadata: o.Metadata, Version: o.Version,
	}
}

// partitions returns how rows go to partitions, nil without, and the schema of files.
func (o Options) partitions() (*partition.Set, *arrow.Schema, error) {
	return partition.Split(o.Schema, o.PartitionBy, o.Partitions)
}

// WithDefaults checks the options, and sets those that have a default.
func (o Options) WithDefaults() (Options, error) {
	if o.Schema == nil || o.Schema.NumFields() == 0 {
		return o, errors.New("a table needs at least one column")
	}
	if o.RunID == "" {
		return o, errors.New("a table needs a run id")
	}
	if err := unwritable.CheckNames(o.Schema.Fields()); err != nil {
		return o, err
	}
	if o.Metadata != nil { // which readers take for UTF-8
		o.Metadata = maps.Clone(o.Metadata)
		for k, v := range o.Metadata {
			o.Metadata[k] = strings.ToValidUTF8(v, "\uFFFD")
		}
	}
	if o.FileRows <= 0 {
		o.FileRows = DefaultFileRows
	}
	if o.GroupRows <= 0 {
		o.GroupRows = DefaultGroupRows
	}
	if o.Buffer <= 0 {
		o.Buffer = DefaultBuffer
	}
	if o.SweepAfter <= 0 {
		o.SweepAfter = DefaultSweepAfter
	}
	if o.Mode == ModeOverwritePartitions && len(o.PartitionBy) == 0 {
		return o, errors.New("mode overwrite-partitions needs columns to partition by")
	}
	if err := partition.Check(o.Schema, o.PartitionBy, o.Partitions); err != nil {
		return o, err
	}
	return o, nil
}

// Mode says what to do with a table that is already there.
type Mode uint8

// The modes. ModeError is the default, as in Spark.
const (
	ModeError     Mode = iota // fail with ErrOutputExists
	ModeOverwrite             // replace it
	ModeAppend                // add to it
	ModeIgnore                // leave it, and say so with ErrIgnored

	// ModeOverwritePartitions replaces the partitions that the run writes, and keeps
	// the others: what Spark calls dynamic partition overwrite.
	ModeOverwritePartitions
)

var modeNames = [...]string{"error", "overwrite", "append", "ignore", "overwrite-partitions"}

func (m Mode) String() string { return modeNames[m] }

// ParseMode is the inverse of Mode.String.
func ParseMode(s string) (Mode, error) {
	for i, name := range modeNames {
		if s == name {
			return Mode(i), nil
		}
	}
	return 0, fmt.Errorf("mode %q, want one of %s", s, strings.Join(modeNames[:], ", "))
}

// SuccessName is the name of the manifest in a table's folder.
const SuccessName = "_SUCCESS"

// ReadManifest returns the manifest of the last run that was committed into the
// table at path. The error is store.ErrNotExist if there is none.
func ReadManifest(ctx context.Context, st *store.Store, path string) (*Manifest, error) {
	if _, ok := st.Folders(); !ok {
		if m, err := readChain(ctx, st, path); !errors.Is(err, store.ErrNotExist) {
			return m, err
		}
	}
	m, err := readManifest(ctx, st, store.Join(path, SuccessName))
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		// Spark and others write an empty _SUCCESS.
		return nil, fmt.Errorf("%s: is no manifest: %w", st.URL(store.Join(path, SuccessName)), store.ErrNotExist)
	}
	return m, err
}
