package files

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// TableError says that files belong to a table whose rows are not those of its files.
type TableError struct {
	Folder string // of the table
	Kind   string // such as "a Delta table"
	Sign   string // what shows it
	Advice string
}

func (e *TableError) Error() string {
	return fmt.Sprintf("%s: is %s, as %s shows, and the rows of such a table are not those of all its files; %s, or give --as-files to read the files as they are",
		e.Folder, e.Kind, e.Sign, e.Advice)
}

// UnfinishedError says that the job that writes files may not be done.
type UnfinishedError struct{ msg string }

func (e *UnfinishedError) Error() string { return e.msg }

// tableKind is how a kind of table is known: by a folder and, if other folders may have
// that name too, by a name in it.
type tableKind struct {
	mark   string
	holds  func(base string) bool // nil if the folder alone says it, as it does to the kind's own readers
	also   []string               // other folders that are there
	kind   string
	advice string
}

// tableKinds are the tables of others whose folders have files that are no rows.
var tableKinds = []tableKind{
	{mark: "_delta_log/", kind: "a Delta table",
		advice: "write what it holds to Parquet first, with Spark, deltalake or DuckDB's delta_scan, and read that"},
	{mark: ".hoodie/", kind: "a Hudi table",
		advice: "write what it holds to Parquet first, with Spark or Hudi's tools, and read that"},
	{mark: "metadata/", holds: isIcebergMetadata, kind: "an Iceberg table",
		advice: "write what it holds to Parquet first, with Spark, pyiceberg or DuckDB's iceberg_scan, and read that"},
	{mark: "_spark_metadata/", kind: "the output of a Spark stream",
		advice: "write what spark.read gives of it to Parquet first, and read that"},
	{mark: "snapshot/", holds: isPaimonSnapshot, also: []string{"manifest/", "schema/"}, kind: "a Paimon table",
		advice: "write what it holds to Parquet first, with Spark or Flink, and read that"},
	{mark: "_versions/", holds: isLanceVersion, kind: "a Lance table",
		advice: "write what it holds to Parquet first, and read that"},
}

func isIcebergMetadata(base string) bool {
	base = strings.ToLower(base)
	return strings.HasSuffix(base, ".metadata.json") || strings.HasSuffix(base, ".metadata.json.gz") ||
		strings.HasSuffix(base, ".metadata.json.zst") || base == "version-hint.text"
}

func isPaimonSnapshot(base string) bool {
	base = strings.ToLower(base)
	return base == "latest" || base == "earliest" || strings.HasPrefix(base, "snapshot-")
}

func isLanceVersion(base string) bool { return strings.HasSuffix(strings.ToLower(base), ".manifest") }

// alien returns the error for files of a folder that is a table of others, or nil.
func (g *guard) alien(ctx context.Context, folder string, marks []string) (*TableError, error) {
	for _, kind := range tableKinds {
		at := findFold(marks, kind.mark)
		if at < 0 || slices.ContainsFunc(kind.also, func(m string) bool { return findFold(marks, m) < 0 }) {
			continue
		}
		base, err := g.around.Any(ctx, folder+marks[at], func(base string) bool { return kind.holds == nil || kind.holds(base) })
		if err != nil {
			return nil, err
		}
		if base != "" || kind.holds == nil {
			return &TableError{g.display(folder), kind.kind, marks[at] + base, kind.advice}, nil
		}
	}
	return g.uncommitted(ctx, folder, marks)
}

func findFold(marks []string, mark string) int {
	return slices.IndexFunc(marks, func(m string) bool { return strings.EqualFold(m, mark) })
}

// display is how a folder is shown.
func (g *guard) display(folder string) string {
	if shown := strings.TrimSuffix(g.around.Store.URL(folder), "/"); shown != "" {
		return shown
	}
	return "/"
}

// Names of what Databricks leaves beside files: which transactions have started, and
// what those that were committed have added and removed.
const (
	startedMark   = "_started_"
	committedMark = "_committed_"
)

// transaction finds the id of a transaction in the name of a file that it wrote.
var transaction = regexp.MustCompile(`^part-\d+-tid-(\d+)-`)

// uncommitted looks for transactions of Databricks that were not committed, and for
// files that are none of those that were.
func (g *guard) uncommitted(ctx context.Context, folder string, marks []string) (*TableError, error) {
	committed := map[string]bool{}
	started := ""
	for _, m := range marks {
		if id, ok := strings.CutPrefix(m, committedMark); ok {
			committed[id] = true
		}
	}
	for _, m := range marks {
		if id, ok := strings.CutPrefix(m, startedMark); ok {
			if !committed[id] {
				return g.transactions(folder, m), nil
			}
			started = m
		}
	}
	if started == "" && len(committed) == 0 {
		return nil, nil
	}
	removed, err := g.removed(ctx, folder, committed)
	if err != nil {
		return nil, err
	}
	for _, o := range g.s.Found {
		dir, base := path.Split(g.spelled(o.Name))
		id := transaction.FindStringSubmatch(base)
		if dir == folder && (removed[base] || id != nil && !committed[id[1]]) {
			return g.transactions(folder, base), nil
		}
	}
	return nil, nil
}

func (g *guard) transactions(folder, sign string) *TableError {
	return &TableError{g.display(folder), "a folder with files of a transaction of Databricks that was not committed, or that a later one removed", sign,
		"let Databricks end it or clear up with its VACUUM, or write what Databricks reads of it elsewhere"}
}

// removed reads which files committed transactions have removed.
func (g *guard) removed(ctx context.Context, folder string, committed map[string]bool) (map[string]bool, error) {
	removed := map[string]bool{}
	for id := range committed {
		name := folder + committedMark + id
		data, err := g.around.Store.ReadFile(ctx, name)
		if err != nil {
			return nil, err
		}
		var c struct{ Removed []string }
		if json.Unmarshal(data, &c) != nil {
			continue // such as the notes of VACUUM
		}
		for _, base := range c.Removed {
			removed[base] = true
		}
	}
	return removed, nil
}

// sparkPart is how Spark, and nobody else, calls the files of a job.
var sparkPart = regexp.MustCompile(`^part-\d{5,}-(tid-\d+-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// doubt says why files of a folder may not be all that their job is to write. wants
// says whether there is to be a _SUCCESS.
func (f *folder) doubt(name string, wants bool) string {
	name = strings.TrimSuffix(name, "/")
	switch {
	case slices.Contains(f.marks, "_temporary/"):
		return name + ": has a folder _temporary: the job that writes it is not done, or it died, and there may be rows missing"
	case wants && !slices.Contains(f.marks, "_SUCCESS"):
		return name + ": has no _SUCCESS, which the job that writes it leaves at its end: there may be rows missing"
	}
	return ""
}
