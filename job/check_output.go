package job

import (
	"slices"

	"leapscore/job/internal/lake"
	"leapscore/job/internal/memory"
	"leapscore/job/internal/place"
	"leapscore/sinks"
)

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
	case out.OverwriteSchema && o.Mode != sinks.Overwrite:
		wrong.addf("overwrite-schema", "--overwrite-schema goes with --mode overwrite")
	case (out.Catalog != "" || out.CatalogTable != "") && out.TableFormat != lake.Iceberg:
		wrong.addf("iceberg-catalog", "--iceberg-catalog and --iceberg-table go with --table-format iceberg")
	case (out.Catalog == "") != (out.CatalogTable == ""):
		wrong.addf("iceberg-table", "--iceberg-catalog and --iceberg-table go together")
	case out.TableFormat == lake.Files:
	case !place.IsFolder(out.Path):
		wrong.addf("table-format", "--table-format %s needs a folder as --output, not %s", out.TableFormat, out.Path)
	case o.Format != sinks.Parquet:
		wrong.addf("output-format", "--output-format %s: the files of a %s table are parquet", o.Format, out.TableFormat)
	}
}

// checkPlaces checks that the kind of the output allows what is asked of it.
func (s Spec) checkPlaces(wrong *mistakes, o sinks.Options) {
	out := s.Output
	if o.Mode == sinks.Append && place.IsFile(out.Path) {
		wrong.addf("mode", "--mode append needs a folder as --output: rows cannot be appended to a file")
	}
	switch {
	case out.SweepAfter <= 0:
		wrong.addf("sweep-after", "sweep-after %v: want a time such as 24h", out.SweepAfter)
	case o.Mode == sinks.OverwritePartitions && len(out.PartitionBy) == 0:
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
		wrong.addf("memory", "memory %q: a query wants at least 256MiB", s.Limits.Memory)
	}
	if s.Limits.Workers < 1 || s.Limits.BatchRows < 1 {
		wrong.addf("workers", "--workers and --batch-rows must be at least 1")
	}
	if s.Limits.IOTimeout <= 0 {
		wrong.addf("io-timeout", "io-timeout %v: want more than 0, as in 30s", s.Limits.IOTimeout)
	}
	return mem
}
