package job

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"leapscore/internal/memory"
	"leapscore/job/internal/drift"
	"leapscore/job/internal/lake"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
)

// checkRun checks which run this is.
func (s Spec) checkRun(wrong *mistakes) {
	r := s.Run
	if s.Output.FileRows < 1 {
		wrong.addf("file-rows", "--file-rows must be at least 1")
	}
	if r.Rerun && r.ID == "" {
		wrong.addf("rerun", "--rerun needs --run-id: it does the run of that id again")
	}
	if r.ID != "" || s.given["run-id"] {
		if err := runs.CheckID(r.ID); err != nil {
			wrong.addf("run-id", "run-id: %w", err)
		}
	}
	if s.retries() && slices.Contains(s.Input.Retry, "-") && r.ID == "" {
		wrong.addf("run-id", "rejects from stdin need --run-id: by it the table knows that they were retried before")
	}
	if r.ScoredAt != "" {
		if _, err := time.Parse(time.RFC3339Nano, r.ScoredAt); err != nil {
			wrong.addf("scored-at", "scored-at %q: want a time with its zone, such as 2026-01-31T00:00:00Z", r.ScoredAt)
		}
	}
	switch s.Columns.Lineage {
	case "columns", "metadata", "none":
	default:
		wrong.addf("lineage", "lineage %q: want columns, metadata or none", s.Columns.Lineage)
	}
	s.checkResume(wrong)
	s.checkShard(wrong)
	s.checkIncremental(wrong)
}

// checkResume refuses resume where no part of a run can be told from another.
func (s Spec) checkResume(wrong *mistakes) {
	if !s.Run.Resume {
		return
	}
	if s.Input.Limit > 0 {
		wrong.addf("limit", "--limit and --resume exclude each other: how many rows are left shows only when those before are read again")
	}
	switch {
	case s.Run.ID == "":
		wrong.addf("resume", "--resume needs --run-id: it goes on with the run of that id")
	case !place.IsFolder(s.Output.Path):
		wrong.addf("resume", "--resume needs a folder as --output: %s is written in one piece", s.Output.Path)
	case s.Output.TableFormat != lake.Files:
		wrong.addf("resume", "--resume goes with --table-format files: a run into a %s table starts over", s.Output.TableFormat)
	}
}

func (s Spec) checkIncremental(wrong *mistakes) {
	r := s.Run
	switch {
	case r.SkipExitCode < 0 || r.SkipExitCode > 255:
		wrong.addf("skip-exit-code", "skip-exit-code %d: want 0 to 255", r.SkipExitCode)
	case !r.Incremental && r.SkipExitCode != 0:
		wrong.addf("skip-exit-code", "--skip-exit-code goes with --incremental")
	}
	if !r.Incremental {
		return
	}
	switch {
	case s.retries():
		wrong.addf("incremental", "incremental and retry-rejects exclude each other: the table knows which rejects were retried")
	case r.Rerun:
		wrong.addf("incremental", "--rerun and --incremental exclude each other: what was new then is known to be in the table now; score those inputs without --incremental")
	case s.query() || slices.Contains(s.Input.Files, "-"):
		wrong.addf("incremental", "--incremental needs files as --input: of other sources nobody knows what is new")
	case !place.IsFolder(s.Output.Path) || s.Output.TableFormat != lake.Files:
		wrong.addf("incremental", "--incremental needs a folder of files as --output, which it appends to")
	}
	switch s.Output.Mode {
	case sinks.ModeAppend.String(), sinks.ModeOverwrite.String(), sinks.ModeOverwritePartitions.String():
		return
	}
	wrong.addf("mode", "--incremental with --mode %s: want append (the default), overwrite or overwrite-partitions", s.Output.Mode)
}

func (s Spec) checkDrift(wrong *mistakes) {
	d := s.Drift
	switch {
	case !slices.Contains([]string{"outputs", "all", "none"}, d.Summary):
		wrong.addf("summary", "summary %q: want outputs, all or none", d.Summary)
	case !slices.Contains([]string{"fail", "pass"}, d.FirstRun):
		wrong.addf("drift-first-run", "drift-first-run %q: want fail or pass", d.FirstRun)
	case d.Max < 0 || math.IsNaN(d.Max) || math.IsInf(d.Max, 0) || d.Max == drift.NoMax && s.given["drift-max"]:
		wrong.addf("drift-max", "drift-max %v: want a positive number, such as 0.2", d.Max)
	case d.Reference == "" && (d.Max != drift.NoMax || len(d.Columns) > 0):
		wrong.addf("drift-reference", "--drift-max and --drift-columns need --drift-reference RECORD")
	case d.Reference == "" && s.given["drift-first-run"]:
		wrong.addf("drift-first-run", "--drift-first-run needs --drift-reference RECORD")
	case d.Reference != "" && d.Summary == "none":
		wrong.addf("drift-reference", "--drift-reference needs summaries: leave out --summary none")
	}
}

func (s Spec) checkGates(wrong *mistakes) {
	least, err := s.Gates.least()
	wrong.add("min-rows", err)
	switch {
	case !least.isShare:
	case place.IsStream(s.Output.Path):
		wrong.addf("min-rows", "--min-rows with a share needs a table as --output: of stdout no last run is known")
	}
}

var labelName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (s Spec) checkWatch(wrong *mistakes) {
	w := s.Watch
	for name := range w.Labels {
		if !labelName.MatchString(name) || name == "job" || name == "pipeline" || strings.HasPrefix(name, "__") {
			wrong.addf("metrics-label", "metrics-label %q: want a name of letters, digits and _, other than job and pipeline", name)
		}
	}
	if len(w.Labels) > 0 && w.MetricsFile == "" && w.Pushgateway == "" {
		wrong.addf("metrics-label", "--metrics-label needs --metrics-file or --pushgateway")
	}
	if w.Pushgateway != "" && !strings.HasPrefix(w.Pushgateway, "http://") && !strings.HasPrefix(w.Pushgateway, "https://") {
		wrong.addf("pushgateway", "pushgateway %q: want a URL, http://HOST:9091", w.Pushgateway)
	}
	if _, _, err := w.nominalTimes(); err != nil {
		wrong.add("nominal-time", err)
	}
}

// watchKeys are the keys that checkWatch checks.
var watchKeys = []string{"metrics-label", "pushgateway", "nominal-time"}

// checkLake checks what kind of table the output is.
func (s Spec) checkLake(wrong *mistakes, o sinks.Options) {
	out := s.Output
	if !slices.Contains([]string{lake.Files, lake.Delta, lake.Iceberg}, out.TableFormat) {
		wrong.addf("table-format", "table-format %q: want files, delta or iceberg", out.TableFormat)
		return
	}
	switch {
	case out.OverwriteSchema && out.TableFormat != lake.Delta:
		wrong.addf("overwrite-schema", "--overwrite-schema goes with --table-format delta")
	case out.OverwriteSchema && o.Mode != sinks.ModeOverwrite:
		wrong.addf("overwrite-schema", "--overwrite-schema goes with --mode overwrite")
	case (out.Catalog != "" || out.CatalogTable != "") && out.TableFormat != lake.Iceberg:
		wrong.addf("iceberg-catalog", "--iceberg-catalog and --iceberg-table go with --table-format iceberg")
	case (out.Catalog == "") != (out.CatalogTable == ""):
		wrong.addf("iceberg-table", "--iceberg-catalog and --iceberg-table go together")
	case out.Catalog != "" && !strings.HasPrefix(out.Catalog, "sqlite://"):
		wrong.addf("iceberg-catalog", "iceberg-catalog %q: want sqlite:///path/to/catalog.db; other catalogs are not written to", out.Catalog)
	case out.CatalogTable != "" && !strings.Contains(strings.Trim(out.CatalogTable, "."), "."):
		wrong.addf("iceberg-table", "iceberg-table %q: want NAMESPACE.NAME", out.CatalogTable)
	case out.TableFormat == lake.Files:
	case !place.IsFolder(out.Path):
		wrong.addf("table-format", "--table-format %s needs a folder as --output, not %s", out.TableFormat, out.Path)
	case o.Format != sinks.FormatParquet:
		wrong.addf("output-format", "--output-format %s: the files of a %s table are parquet", o.Format, out.TableFormat)
	}
}

// checkPlaces checks that the kind of the output allows what is asked of it.
func (s Spec) checkPlaces(wrong *mistakes, o sinks.Options) {
	out := s.Output
	if o.Mode == sinks.ModeAppend && place.IsFile(out.Path) && !s.Run.Incremental { // which has said so
		wrong.addf("mode", "--mode append needs a folder as --output: rows cannot be appended to a file")
	}
	switch {
	case out.SweepAfter <= 0:
		wrong.addf("sweep-after", "sweep-after %v: want a time such as 24h", out.SweepAfter)
	case o.Mode == sinks.ModeOverwritePartitions && len(out.PartitionBy) == 0:
		wrong.addf("partition-by", "--mode overwrite-partitions needs --partition-by: it replaces the partitions that the run writes")
	case len(out.PartitionBy) > 0 && !place.IsFolder(out.Path):
		wrong.addf("partition-by", "--partition-by needs a folder as --output: one file has no partitions")
	}
}

// checkLimits checks the limits, and returns the memory.
func (s Spec) checkLimits(wrong *mistakes) int64 {
	mem, err := memory.Parse(s.Limits.Memory)
	wrong.add("memory", err)
	if err == nil && mem < memory.MinQuery && s.query() {
		hint := ""
		if s.Limits.Memory == here.MemoryText() {
			hint = ", and the limit of the container leaves no more: raise it"
		}
		wrong.addf("memory", "memory %q: a query wants at least 256MiB%s", s.Limits.Memory, hint)
	}
	if s.Limits.Workers < 1 || s.Limits.BatchRows < 1 {
		wrong.addf("workers", "--workers and --batch-rows must be at least 1")
	}
	if s.Limits.IOTimeout <= 0 {
		wrong.addf("io-timeout", "io-timeout %v: want more than 0, as in 30s", s.Limits.IOTimeout)
	}
	return mem
}
