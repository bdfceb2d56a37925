package job

import (
	"strconv"
	"strings"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/internal/rows"
	"leapscore/models"
	"leapscore/sinks"
	"leapscore/sources"
)

// about explains a key of a Spec to people.
type about struct {
	group    string // under which the help shows it
	value    string // a word for its value, if the kind of value does not say enough
	help     string
	standard string   // the default, as text
	words    []string // values
	also     []string // other spellings of them
	open     bool     // other values are fine
	commas   bool     // of a list: one text may hold several, separated by commas
	pair     string   // of a mapping: how one is written
	apart    bool     // what rows and files look like does not depend on it
}

// The groups of keys, as the help shows them. A group begins with what is needed most.
const (
	groupCommon  = "Most used"
	groupInput   = "Input"
	groupModels  = "Boosters"
	groupColumns = "Columns"
	groupOutput  = "Output"
	groupFailing = "Rows and files that fail"
	groupRuns    = "Runs"
	groupGates   = "Gates and drift"
	groupWatch   = "Monitoring"
	groupLimits  = "Speed, memory and stores"
)

// Groups returns the names of the groups of keys in the order of the help.
func Groups() []string {
	return []string{groupCommon, groupModels, groupInput, groupColumns, groupOutput, groupFailing, groupRuns, groupGates, groupWatch, groupLimits}
}

// table is the one place that says what keys mean: the help of the flags, their
// defaults and the JSON Schema are made of it.
//
// Keys that are apart say where things are, which stands elsewhere in the record of
// a run, or how the work is done. All others are noted in the record, and a run that
// is to go on from another one must have the same.
var table = map[string]about{
	"model": {group: groupCommon, apart: true, pair: "[name=]model", help: "model, by path or URL: a bundle (folder or zip), or a file of XGBoost, LightGBM or CatBoost; NAME=BUNDLE, repeated, scores several models in one pass, with columns prefixed NAME_"},

	"then":              {group: groupModels, apart: true, pair: "[name=]file", help: "booster that reads what the bundle makes: its features by name, or the one vector that the bundle ends with; NAME=FILE behind one of several models"},
	"features":          {group: groupModels, commas: true, help: "columns that are the features of a booster, in its order, instead of the names in its file; with --then, the name of the vector"},
	"iterations":        {group: groupModels, value: "A:B", help: "score with the rounds of boosting from A to before B only; B alone is the first B"},
	"xgboost-predictor": {group: groupModels, words: []string{models.PredictorXGBoost, models.PredictorH2O}, help: "which of MLeap's implementations of XGBoost runs a bundle: xgboost, its own library (default), or h2o, xgboost-predictor, which MLeap can be configured to use"},
	"threshold":         {group: groupModels, value: "P", help: "add the column label to a binary booster: its second class if the probability is above P"},

	"input":           {group: groupCommon, value: "GLOB", apart: true, help: "files: globs, files, folders or URLs, of Parquet, CSV, JSON lines, Arrow, Avro or leap frames; - is stdin; may be repeated"},
	"input-format":    {group: groupInput, words: rows.Formats, help: strings.Join(rows.Formats, ", ") + " (default: by name)"},
	"as-files":        {group: groupInput, apart: true, help: "read the files of Delta, Iceberg, Hudi and other tables as they are, with removed and replaced rows"},
	"require-success": {group: groupInput, apart: true, help: "refuse inputs whose folder has no _SUCCESS, or has _temporary: the job that writes them may be unfinished"},
	"csv-delimiter":   {group: groupInput, value: "CHAR", help: "character between the fields of CSV, such as ';' or tab (default: a comma; tab in .tsv; or what the header shows)"},
	"csv-quote":       {group: groupInput, value: "CHAR", help: "character around fields of CSV (default: \"), or none"},
	"csv-escape":      {group: groupInput, value: "CHAR", help: "character before a quote within quotes of CSV, such as \\ (default: the quote, twice)"},
	"csv-header":      {group: groupInput, standard: "true", help: "the first line of CSV has the names of the columns; if false they are column0, column1, ..."},
	"csv-null":        {group: groupInput, value: "TEXT", help: "text of CSV that stands for a missing value, such as NA, besides an empty field; may be repeated"},
	"csv-encoding":    {group: groupInput, words: rows.Encodings, open: true, help: strings.Join(rows.Encodings, ", ") + " (default: utf-8, or utf-16 by its byte order mark)"},
	"sql":             {group: groupCommon, value: "QUERY", apart: true, help: "query that selects the rows, run by DuckDB in this process"},
	"sql-file":        {group: groupInput, value: "FILE", apart: true, help: "file with the query"},
	"db":              {group: groupInput, value: "FILE", apart: true, help: "DuckDB database file for the query, opened read-only"},
	"param":           {group: groupInput, apart: true, pair: "name=value", help: "bound to $name in the query; may be repeated"},
	"retry-rejects":   {group: groupInput, value: "GLOB", apart: true, help: "tables of rejected rows to score again, with another model or other rules, instead of other inputs; rows that pass are appended"},
	"provenance":      {group: groupInput, help: "keep the columns with the reason and the origin of rejected rows"},
	"timezone":        {group: groupInput, value: "ZONE", help: "time zone of the query, such as UTC or Europe/Berlin: of current_date, and of times without a zone (default: that of the process)"},
	"limit":           {group: groupInput, value: "N", help: "only the first N rows, after --sample; little more is read"},
	"sample":          {group: groupInput, value: "SHARE", help: "only a share of the rows, such as 1%, by a hash of --sample-key: the same rows each time, and part of every larger sample"},
	"sample-key":      {group: groupInput, commas: true, help: "columns whose values decide which rows are in the sample"},

	"outputs": {group: groupColumns, commas: true, standard: "[final]", words: []string{"final", "all"}, open: true, help: "final, all, or names of columns that the pipeline adds"},
	"explain": {group: groupColumns, words: []string{"all", "sum"}, open: true, help: "why the model predicts it, for models of trees: Shapley values of the features, which add up to the margin. " +
		"all: a column a feature; sum: a column for each source column; top=5: the five largest of each row"},
	"keep": {group: groupCommon, commas: true, standard: "[extra]", words: []string{"extra", "all", "none"}, open: true, help: "extra (source columns that the model does not read), all, none, or names"},
	"map":  {group: groupColumns, pair: "input=column", help: "the source column for an input of the model; may be repeated"},
	"input-default": {group: groupColumns, pair: "input=value", help: "the value of an input of the model if the table has no such column, such as bathrooms=1; " +
		"nulls of a column that is there stay; may be repeated"},
	"rename": {group: groupColumns, pair: "from=to", help: "another name for a column of the output table; may be repeated"},
	"cast":   {group: groupColumns, standard: "widen", words: []string{"widen", "mleap"}, help: "widen: only lossless conversions; mleap: every conversion that MLeap makes"},
	"vectors": {group: groupColumns, standard: "list", words: names(engine.VectorList, engine.VectorColumns, engine.VectorUDT, engine.VectorSparse),
		help: "vectors that the pipeline adds: list, columns (NAME_0, NAME_1, ...), udt (Spark's vectors) or sparse (size, indices, values)"},
	"lineage": {group: groupColumns, standard: "metadata", words: []string{"columns", "metadata", "none"},
		help: "how tables note model and run: columns (_model_name, _model_version, _model_sha256, _run_id, _scored_at), metadata (of the files, the model alone) or none"},

	"output": {group: groupCommon, value: "TABLE", apart: true, help: "folder of the table, one file such as NAME.parquet or NAME.csv.gz, or - for stdout"},
	"mode": {group: groupCommon, apart: true, standard: "error", words: names(sinks.ModeError, sinks.ModeOverwrite, sinks.ModeAppend, sinks.ModeIgnore, sinks.ModeOverwritePartitions),
		help: "if the output exists: error, overwrite, overwrite-partitions, append or ignore"},
	"output-format": {group: groupOutput, words: names(sinks.FormatParquet, sinks.FormatCSV, sinks.FormatJSON, sinks.FormatArrow, sinks.FormatArrowStream),
		help: "parquet, csv, json (lines), arrow or arrows (Arrow IPC, file or stream); default: by the name of --output, a folder is parquet, - is arrows"},
	"compression": {group: groupOutput, words: []string{"snappy", "none", "gzip", "zstd", "lz4", "brotli"}, also: []string{"lz4_raw", "uncompressed"},
		help: "snappy (default for Parquet), none (default otherwise), gzip, zstd, lz4 or brotli"},
	"file-rows": {group: groupOutput, standard: strconv.Itoa(sinks.DefaultFileRows),
		help: "about how many rows go into one file of a folder; --resume continues after whole files"},
	"partition-by": {group: groupOutput, commas: true, help: "columns of the output table whose values become folders, as a=1/b=x, named as by Spark"},
	"partition": {group: groupOutput, value: "key=value", help: "key=value of the partition that --mode overwrite-partitions replaces, rows or no rows, such as ds=2026-11-28; " +
		"a row of another partition fails the run"},
	"sweep-after": {group: groupOutput, apart: true, standard: sinks.DefaultSweepAfter.String(),
		help: "on object stores: delete files of runs that gave no sign of life for this long, 3s or more"},
	"table-format":     {group: groupOutput, standard: "files", words: []string{"files", "delta", "iceberg"}, help: "format of the table in the folder of the output: files, delta or iceberg"},
	"overwrite-schema": {group: groupOutput, apart: true, help: "with --mode overwrite and a delta table: replace its schema too"},
	"iceberg-catalog": {group: groupOutput, value: "URL", help: "SQL catalog of the iceberg table, as sqlite:///catalog.db " +
		"(default: none, the folder names the current metadata, in Hadoop style)"},
	"iceberg-catalog-name": {group: groupOutput, value: "NAME", standard: "default", help: "the name of the catalog in its database"},
	"iceberg-table":        {group: groupOutput, value: "NAME", help: "name of the table in the catalog: NAMESPACE.NAME"},

	"on-error":      {group: groupCommon, standard: "fail", words: failOrReject, help: "rows that the model refuses: fail or reject"},
	"on-file-error": {group: groupFailing, standard: "fail", words: failOrReject, help: "inputs that cannot be read or do not fit: fail, or reject the whole file (each is then read twice)"},
	"rejects":       {group: groupCommon, value: "FOLDER", apart: true, help: "folder of the table of rejected rows, which has all columns of the source"},
	"max-errors":    {group: groupCommon, value: "N|SHARE", apart: true, help: "with reject: the most rows, or the largest share (0.5%), that may be rejected"},

	"run-id": {group: groupRuns, value: "ID", apart: true, help: "the run's id, such as a scheduler's: a finished run is not repeated, and another job with its id is an error (default: derived from the time)"},
	"resume": {group: groupRuns, apart: true, help: "continue the run --run-id after its last finished file, or start it; a failure keeps finished files"},
	"shard": {group: groupRuns, value: "I/N", apart: true, help: "score only shard I of N, counted from 0, of the run --run-id, such as 3/16, and stage it: leapscore commit publishes all N as one table; " +
		"auto/N takes I from the environment of a Kubernetes indexed Job, an AWS Batch or Slurm array, or Cloud Run"},
	"rerun": {group: groupRuns, apart: true, help: "repeat the run --run-id if it has finished, and replace its rows; rows of other runs stay"},
	"incremental": {group: groupRuns, apart: true,
		help: "score only the files of --input that are new since the last run into the table (by name, size and etag), and append them"},
	"skip-exit-code": {group: groupRuns, apart: true, help: "exit code if --incremental finds nothing new, such as 99 for Airflow"},
	"record":         {group: groupRuns, value: "FILE", apart: true, help: "JSON file for the record of the run, failed or not; a finished run has it in _leapscore, in or beside its table, too"},
	"model-version": {group: groupRuns, value: "VERSION", help: "how the model's version is called in _model_version, records, metrics and lineage, such as 2026-11; " +
		"NAME=VERSION, repeated, for several models (default: the first 12 digits of the SHA-256 of the bundle)"},
	"scored-at": {group: groupRuns, value: "TIME", apart: true, help: "the time in _scored_at and in the record of the run, such as 2026-01-31T00:00:00Z (default: now)"},

	"allow-empty": {group: groupGates, apart: true, help: "let a result without rows replace a table, or the partition of --partition"},
	"min-rows":    {group: groupGates, value: "N|SHARE", apart: true, help: "the fewest rows that the run must write, or their share (90%) of the last run into the table; with fewer nothing is published"},

	"summary": {group: groupGates, apart: true, standard: "outputs", words: []string{"outputs", "all", "none"},
		help: "columns that the run's record summarizes: outputs (those of the model), all or none"},
	"drift-reference": {group: groupGates, value: "RECORD|TABLE", apart: true, help: "record of a run, or its table: the new record notes how far the columns have moved from it (PSI)"},
	"drift-max":       {group: groupGates, value: "PSI", apart: true, help: "PSI above which the run fails and publishes nothing, such as 0.2"},
	"drift-columns":   {group: groupGates, apart: true, commas: true, help: "columns of the output to compare (default: those of the model)"},
	"drift-first-run": {group: groupGates, apart: true, standard: "fail", words: []string{"fail", "pass"},
		help: "if there is no --drift-reference yet: fail or pass; a reference that cannot be read always fails"},

	"job-name":      {group: groupWatch, value: "NAME", apart: true, help: "name of the job for metrics and lineage (default: the name of the output)"},
	"metrics-file":  {group: groupWatch, value: "FILE", apart: true, help: "file NAME.prom for the textfile collector of Prometheus' node_exporter"},
	"pushgateway":   {group: groupWatch, value: "URL", apart: true, help: "URL of a Prometheus Pushgateway"},
	"metrics-label": {group: groupWatch, apart: true, pair: "label=value", help: "another label of the metrics, and of the group that is pushed; may be repeated"},
	"openlineage":   {group: groupWatch, value: "URL|FILE", apart: true, help: "URL of an OpenLineage server, or a file for events, one a line (default: $OPENLINEAGE_URL)"},
	"nominal-time":  {group: groupWatch, value: "TIME", apart: true, help: "time that the job was scheduled for, START or START/END as RFC 3339, for lineage"},

	"workers":    {group: groupLimits, apart: true, standard: strconv.Itoa(here.Workers()), help: "goroutines that score; by default as many as the process has CPUs, of those that its container may use"},
	"memory":     {group: groupLimits, value: "SIZE", apart: true, standard: here.MemoryText(), help: "ceiling for the memory of the process; by default 2GiB, or four fifths of what the container or the machine has, if that is less"},
	"batch-rows": {group: groupLimits, apart: true, standard: strconv.Itoa(sources.DefaultBatchRows), help: "rows that go through the pipeline at a time"},
	"io-timeout": {group: groupLimits, apart: true, standard: store.DefaultTimeout.String(),
		help: "how long an object store may be silent, or fail again and again, before that is an error"},
	"max-model-size": {group: groupLimits, value: "SIZE", apart: true, help: "load bundles of up to this size unpacked, such as 4GiB, however small the zip is (default: 2GiB, 512MiB a file, 200 times the zip)"},
}

var failOrReject = []string{"fail", "reject"}

func names[T any](of ...T) []string {
	var list []string
	for _, w := range of {
		list = append(list, text(w))
	}
	return list
}
