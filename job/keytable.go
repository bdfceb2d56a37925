package job

import (
	"runtime"
	"strconv"
	"strings"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/internal/rows"
	"leapscore/sinks"
	"leapscore/sources"
)

// about explains a key of a Spec to people.
type about struct {
	help     string
	standard string   // the default, as text
	words    []string // values
	also     []string // other spellings of them
	open     bool     // other values are fine
	commas   bool     // of a list: one text may hold several, separated by commas
	pair     string   // of a mapping: how one is written
	apart    bool     // what rows and files look like does not depend on it
}

// table is the one place that says what keys mean: the help of the flags, their
// defaults and the JSON Schema are made of it.
//
// Keys that are apart say where things are, which stands elsewhere in the record of
// a run, or how the work is done. All others are noted in the record, and a run that
// is to go on from another one must have the same.
var table = map[string]about{
	"model": {apart: true, pair: "[name=]bundle", help: "bundle: a folder or a zip, by path or URL; NAME=BUNDLE, repeated, scores several models in one pass, with columns prefixed NAME_"},

	"input":           {apart: true, help: "files: globs, files, folders or URLs, of Parquet, CSV, JSON lines, Arrow, Avro or leap frames; - is stdin; may be repeated"},
	"input-format":    {words: rows.Formats, help: strings.Join(rows.Formats, ", ") + " (default: by name)"},
	"as-files":        {apart: true, help: "read the files of Delta, Iceberg, Hudi and other tables as they are, with removed and replaced rows"},
	"require-success": {apart: true, help: "refuse inputs whose folder has no _SUCCESS, or has _temporary: the job that writes them may be unfinished"},
	"sql":             {apart: true, help: "query that selects the rows, run by DuckDB in this process"},
	"sql-file":        {apart: true, help: "file with the query"},
	"db":              {apart: true, help: "DuckDB database file for the query, opened read-only"},
	"param":           {apart: true, pair: "name=value", help: "bound to $name in the query; may be repeated"},
	"retry-rejects":   {apart: true, help: "tables of rejected rows to score again, with another model or other rules, instead of other inputs; rows that pass are appended"},
	"provenance":      {help: "keep the columns with the reason and the origin of rejected rows"},
	"limit":           {help: "only the first N rows, after --sample; little more is read"},
	"sample":          {help: "only a share of the rows, such as 1%, by a hash of --sample-key: the same rows each time, and part of every larger sample"},
	"sample-key":      {commas: true, help: "columns whose values decide which rows are in the sample"},

	"outputs": {commas: true, standard: "[final]", words: []string{"final", "all"}, open: true, help: "final, all, or names of columns that the pipeline adds"},
	"keep":    {commas: true, standard: "[extra]", words: []string{"extra", "all", "none"}, open: true, help: "extra (source columns that the model does not read), all, none, or names"},
	"map":     {pair: "input=column", help: "the source column for an input of the model; may be repeated"},
	"rename":  {pair: "from=to", help: "another name for a column of the output table; may be repeated"},
	"cast":    {standard: "widen", words: []string{"widen", "mleap"}, help: "widen: only lossless conversions; mleap: every conversion that MLeap makes"},
	"vectors": {standard: "list", words: names(engine.VectorList, engine.VectorColumns, engine.VectorUDT, engine.VectorSparse),
		help: "vectors that the pipeline adds: list, columns (NAME_0, NAME_1, ...), udt (Spark's vectors) or sparse (size, indices, values)"},
	"lineage": {standard: "metadata", words: []string{"columns", "metadata", "none"},
		help: "how tables note model and run: columns (_model_name, _model_version, _model_sha256, _run_id, _scored_at), metadata (of the files, the model alone) or none"},

	"output": {apart: true, help: "folder of the table, one file such as NAME.parquet or NAME.csv.gz, or - for stdout"},
	"mode": {apart: true, standard: "error", words: names(sinks.ModeError, sinks.ModeOverwrite, sinks.ModeAppend, sinks.ModeIgnore, sinks.ModeOverwritePartitions),
		help: "if the output exists: error, overwrite, overwrite-partitions, append or ignore"},
	"output-format": {words: names(sinks.FormatParquet, sinks.FormatCSV, sinks.FormatJSON, sinks.FormatArrow, sinks.FormatArrowStream),
		help: "parquet, csv, json (lines), arrow or arrows (Arrow IPC, file or stream); default: by the name of --output, a folder is parquet, - is arrows"},
	"compression": {words: names(sinks.CompressionSnappy, sinks.CompressionNone, sinks.CompressionGzip, sinks.CompressionZstd, sinks.CompressionLZ4Raw, sinks.CompressionBrotli), also: []string{"lz4", "uncompressed"},
		help: "snappy (default for Parquet), none (default otherwise), gzip, zstd, lz4 or brotli"},
	"file-rows": {standard: strconv.Itoa(sinks.DefaultFileRows),
		help: "about how many rows go into one file of a folder; --resume continues after whole files"},
	"partition-by": {commas: true, help: "columns of the output table whose values become folders, as a=1/b=x, named as by Spark"},
	"partition": {help: "`key=value` of the partition that --mode overwrite-partitions replaces, rows or no rows, such as ds=2026-11-28; " +
		"a row of another partition fails the run"},
	"sweep-after": {apart: true, standard: sinks.DefaultSweepAfter.String(),
		help: "on object stores: delete files of runs that gave no sign of life for this long, 3s or more"},
	"table-format":     {standard: "files", words: []string{"files", "delta", "iceberg"}, help: "format of the table in the folder of the output: files, delta or iceberg"},
	"overwrite-schema": {apart: true, help: "with --mode overwrite and a delta table: replace its schema too"},
	"iceberg-catalog": {help: "SQL catalog of the iceberg table, as sqlite:///catalog.db " +
		"(default: none, the folder names the current metadata, in Hadoop style)"},
	"iceberg-catalog-name": {standard: "default", help: "the name of the catalog in its database"},
	"iceberg-table":        {help: "name of the table in the catalog: NAMESPACE.NAME"},

	"on-error":      {standard: "fail", words: failOrReject, help: "rows that the model refuses: fail or reject"},
	"on-file-error": {standard: "fail", words: failOrReject, help: "inputs that cannot be read or do not fit: fail, or reject the whole file (each is then read twice)"},
	"rejects":       {apart: true, help: "folder of the table of rejected rows, which has all columns of the source"},
	"max-errors":    {apart: true, help: "with reject: the most rows, or the largest share (0.5%), that may be rejected"},

	"run-id": {apart: true, help: "the run's id, such as a scheduler's: a finished run is not repeated, and another job with its id is an error (default: derived from the time)"},
	"resume": {apart: true, help: "continue the run --run-id after its last finished file, or start it; a failure keeps finished files"},
	"rerun":  {apart: true, help: "repeat the run --run-id if it has finished, and replace its rows; rows of other runs stay"},
	"incremental": {apart: true,
		help: "score only the files of --input that are new since the last run into the table (by name, size and etag), and append them"},
	"skip-exit-code": {apart: true, help: "exit code if --incremental finds nothing new, such as 99 for Airflow"},
	"record":         {apart: true, help: "JSON file for the record of the run, failed or not; a folder has it as _leapscore/RUN-ID.json too"},
	"scored-at":      {apart: true, help: "the time in _scored_at and in the record of the run, such as 2026-01-31T00:00:00Z (default: now)"},

	"allow-empty": {apart: true, help: "let a result without rows replace a table, or the partition of --partition"},
	"min-rows":    {apart: true, help: "the fewest rows that the run must write, or their share (90%) of the last run into the table; with fewer nothing is published"},

	"summary": {apart: true, standard: "outputs", words: []string{"outputs", "all", "none"},
		help: "columns that the run's record summarizes: outputs (those of the model), all or none"},
	"drift-reference": {apart: true, help: "record of a run, or its table: the new record notes how far the columns have moved from it (PSI)"},
	"drift-max":       {apart: true, help: "PSI above which the run fails and publishes nothing, such as 0.2"},
	"drift-columns":   {apart: true, commas: true, help: "columns of the output to compare (default: those of the model)"},
	"drift-first-run": {apart: true, standard: "fail", words: []string{"fail", "pass"},
		help: "if there is no --drift-reference yet: fail or pass; a reference that cannot be read always fails"},

	"job-name":      {apart: true, help: "name of the job for metrics and lineage (default: the name of the output)"},
	"metrics-file":  {apart: true, help: "file NAME.prom for the textfile collector of Prometheus' node_exporter"},
	"pushgateway":   {apart: true, help: "URL of a Prometheus Pushgateway"},
	"metrics-label": {apart: true, pair: "label=value", help: "another label of the metrics, and of the group that is pushed; may be repeated"},
	"openlineage":   {apart: true, help: "URL of an OpenLineage server, or a file for events, one a line (default: $OPENLINEAGE_URL)"},
	"nominal-time":  {apart: true, help: "time that the job was scheduled for, START or START/END as RFC 3339, for lineage"},

	"workers":    {apart: true, standard: strconv.Itoa(runtime.NumCPU()), help: "goroutines that score"},
	"memory":     {apart: true, standard: "2GiB", help: "ceiling for the memory of the process"},
	"batch-rows": {apart: true, standard: strconv.Itoa(sources.DefaultBatchRows), help: "rows that go through the pipeline at a time"},
	"io-timeout": {apart: true, standard: store.DefaultTimeout.String(),
		help: "how long an object store may be silent, or fail again and again, before that is an error"},
}

var failOrReject = []string{"fail", "reject"}

func names[T any](of ...T) []string {
	var list []string
	for _, w := range of {
		list = append(list, text(w))
	}
	return list
}
