// Package runs has the record of a run, which lies beside the rows that it
// wrote, and the conclusions that later runs draw from it.
//
// A committed run leaves _leapscore/<run id>.json in the folder of its table,
// where readers of tables do not look. It is written with the commit: a failed
// run has none. The records of a table are linked by Previous, from the run that
// _SUCCESS names back to the first; History follows the links.
//
// The package scores nothing and writes no tables: engine fills in the counts,
// sinks the files.
package runs

import (
	"fmt"
	"time"

	"leapscore/engine/summary"
)

// FormatV1 is the value of Record.Format.
const FormatV1 = "leapscore-run/1"

// Record is the record of one run. Names in it are as the user wrote them, and it
// holds no values of parameters.
type Record struct {
	Format   string `json:"format"`
	RunID    string `json:"run_id"`
	Status   Status `json:"status"`
	ExitCode int    `json:"exit_code"`
	Error    string `json:"error,omitempty"` // why it failed

	// Times are RFC 3339 in UTC. ScoredAt is the moment that the run gives as
	// that of its scores, which a repeated run may give again.
	Started  string             `json:"started"`
	Finished string             `json:"finished,omitempty"`
	ScoredAt string             `json:"scored_at"`
	Seconds  map[string]float64 `json:"seconds"` // by stage
	Resumed  *Resumed           `json:"resumed,omitempty"`

	Version  string `json:"leapscore_version"`
	Go       string `json:"go_version"`
	Platform string `json:"platform"` // such as linux/amd64

	// Limits are what the run could take. Timezone is the zone of its query and of the
	// process, empty if it has no name.
	Limits   *Limits `json:"limits,omitempty"`
	Timezone string  `json:"timezone,omitempty"`

	// Previous is the run that was committed into the table before this one, be
	// it that this one replaced its rows: empty for the first.
	Previous string `json:"previous,omitempty"`

	// LastOK is set in the record of a run that failed: the record, from the same
	// file, of the last run that did not. Comparisons with the last run use it.
	LastOK *Record `json:"last_ok,omitempty"`

	// Incremental says which part of its inputs the run has scored, if it left out
	// those that were in the table. Retried says that its rows are rejects of
	// other runs.
	Incremental *Incremental `json:"incremental,omitempty"`
	Retried     bool         `json:"retried,omitempty"`

	// Redone says that the run was in the table already, and was done again in its
	// place.
	Redone *Redone `json:"redone,omitempty"`

	// Shards are the processes that have scored the run, if it was scored in shards.
	// Seconds are then those of all of them.
	Shards []Shard `json:"shards,omitempty"`

	// Token tells the commit of the run from those of when it was done before.
	Token string `json:"token,omitempty"`

	// Warnings say what may be wrong with the models, a node each.
	Warnings []string `json:"warnings,omitempty"`

	Models  []Model           `json:"models"`
	Source  Source            `json:"source"`
	Options map[string]string `json:"options"` // flags that shape the rows, by name
	Counts  Counts            `json:"counts"`
	Output  Output            `json:"output"`
	Rejects *Rejects          `json:"rejects,omitempty"` // nil if rows are not rejected

	Plan    *Plan            `json:"plan,omitempty"`
	Summary *summary.Summary `json:"summary,omitempty"` // of columns of the output
	Drift   *summary.Drift   `json:"drift,omitempty"`   // from those of another run

	// LeftOut says why both are missing, if they could not be written.
	LeftOut string `json:"left_out,omitempty"`
}

// Shard is what one shard of a run has scored.
type Shard struct {
	Shard    int                `json:"shard"`
	Owner    string             `json:"owner"` // process and host
	Started  string             `json:"started"`
	Finished string             `json:"finished"`
	Seconds  map[string]float64 `json:"seconds"`
	Counts
	Files int `json:"files"`
}

// Limits are what a run may take.
type Limits struct {
	Workers   int       `json:"workers"`
	Memory    int64     `json:"memory_bytes"`
	Container Container `json:"container"`
}

// Container has the limits of the cgroups around a process. Zero is none.
type Container struct {
	CPUs   float64 `json:"cpus,omitempty"`
	Memory int64   `json:"memory_bytes,omitempty"`
}

// String shows limits in a line.
func (l Limits) String() string {
	around := "none"
	switch c := l.Container; {
	case c.CPUs > 0 && c.Memory > 0:
		around = fmt.Sprintf("%.3g CPUs, %d MiB", c.CPUs, c.Memory>>20)
	case c.CPUs > 0:
		around = fmt.Sprintf("%.3g CPUs", c.CPUs)
	case c.Memory > 0:
		around = fmt.Sprintf("%d MiB", c.Memory>>20)
	}
	return fmt.Sprintf("%d workers, %d MiB of memory (limits of the container: %s)", l.Workers, l.Memory>>20, around)
}

// Status says how a run ended.
type Status string

// A table holds records of runs that are OK only. Failed runs have one where
// the user asked for it.
const (
	OK     Status = "ok"
	Failed Status = "failed"
)

// Model is a model that a run scored with.
type Model struct {
	Label string `json:"label,omitempty"` // that tells several models of a run apart
	Path  string `json:"path"`
	Identity
}

// Identity identifies a bundle.
type Identity struct {
	Name    string `json:"name"`
	Version string `json:"version"` // of the model: as it was called, else the beginning of SHA256
	UID     string `json:"uid"`
	SHA256  string `json:"sha256"`
	Writer  string `json:"written_by,omitempty"` // such as MLeap 0.25.2
}

// Source is where the rows came from.
type Source struct {
	Kind SourceKind `json:"kind"`

	// Query is the text of a query, as it was given, and Database the file that
	// it ran over. Params are the names of its parameters; ParamsSHA256 is a hash
	// of names and values.
	Query        string   `json:"query,omitempty"`
	QuerySHA256  string   `json:"query_sha256,omitempty"`
	Database     string   `json:"database,omitempty"`
	Params       []string `json:"params,omitempty"`
	ParamsSHA256 string   `json:"params_sha256,omitempty"`

	Patterns []string `json:"patterns,omitempty"` // that were given as input

	// Files are those that were read, in order. FilesKnown is false for
	// queries whose files only the query engine knows, and for standard input.
	FilesKnown bool   `json:"files_known"`
	Files      []File `json:"files,omitempty"`
}

// SourceKind is how the rows were asked for.
type SourceKind string

// The kinds of sources.
const (
	Files SourceKind = "files"
	Query SourceKind = "query"
	Stdin SourceKind = "stdin"
)

// File is a file that was read. A file whose size or tag has changed has another
// content; the tag is empty if the storage gives none.
type File struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	ETag string `json:"etag,omitempty"`

	// SHA256 is known of rejects that were retried.
	SHA256 string `json:"sha256,omitempty"`
}

// Counts are of rows: In = Out + Skipped + Rejected.
type Counts struct {
	In       int64 `json:"rows_in"`
	Out      int64 `json:"rows_out"`
	Skipped  int64 `json:"rows_skipped"`
	Rejected int64 `json:"rows_rejected"`
}

// Output is the table that was written.
type Output struct {
	Path    string    `json:"path"`
	Mode    string    `json:"mode"`
	Columns []Column  `json:"columns"`
	Files   []Written `json:"files"` // that the run wrote
}

// Column is a column of the output table.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // as Arrow names it
	// From are the columns of the source that a column of the output is made of:
	// one that is Kept is the same.
	From []string `json:"from,omitempty"`
	Kept bool     `json:"kept,omitempty"`
}

// Written is a finished data file.
type Written struct {
	Name string `json:"name"` // relative to the table's folder

	// Partition has the value of each column that the table is partitioned by.
	// Nil is null.
	Partition map[string]*string `json:"partition,omitempty"`

	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Rejects describes the rows that a model refused.
type Rejects struct {
	Path   string           `json:"path"`
	Rows   int64            `json:"rows"`
	Codes  map[string]int64 `json:"codes"`            // rows by code
	Causes []Cause          `json:"causes,omitempty"` // and by code, node and column, the most frequent first
	Files  []Written        `json:"files"`
	Kept   *Kept            `json:"kept,omitempty"` // of a run that failed
}

// Kept are some of the rejected rows of a run that failed, with the reasons, for people
// to look at: its table of rejects was not published.
type Kept struct {
	Path string `json:"path"`
	Rows int64  `json:"rows"`
}

// Plan is the pipeline that was run: its steps in order, and the nodes of the
// model that no wanted output needed.
type Plan struct {
	Read   []Column `json:"columns_read"`
	Steps  []Step   `json:"steps"`
	Pruned []string `json:"pruned_nodes,omitempty"`
}

// Step is one node of the pipeline with the columns that it reads and adds.
type Step struct {
	Node  string   `json:"node"`
	Op    string   `json:"op"`
	Reads []string `json:"reads"`
	Adds  []string `json:"adds"`
}

// Redone counts the repetitions of a run, and links it to its first time.
type Redone struct {
	Times    int    `json:"times"`              // that it was done again
	Previous string `json:"previous,omitempty"` // Record.Previous of the first time
}

// Resumed counts the files that a run took over from killed attempts.
type Resumed struct {
	Files int   `json:"files"` // of the output table
	Rows  int64 `json:"rows"`  // in them
}

// Took is how long the run took from start to end, if both are known.
func (r *Record) Took() (time.Duration, bool) {
	start, err := time.Parse(time.RFC3339Nano, r.Started)
	if err != nil {
		return 0, false
	}
	end, err := time.Parse(time.RFC3339Nano, r.Finished)
	return end.Sub(start), err == nil
}

// Good returns the last run of the record that did not fail: its own, or the one
// that was in its place before. It is nil if there is none.
func (r *Record) Good() *Record {
	if r.Status == OK {
		return r
	}
	return r.LastOK
}
