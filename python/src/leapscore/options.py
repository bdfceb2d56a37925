"""The keyword arguments of jobs. Written by tools/options.py from docs/job.schema.json: do not edit."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict, Union

__all__ = ["Options", "Value", "Values"]

Value = Union[str, int, float, bool, datetime.date, "os.PathLike[str]"]
"""One value: text, or what is written as text."""

Values = Union[Value, Sequence[Value]]
"""A value, or several."""


class Options(TypedDict, total=False):
    """The flags of ``leapscore score``, with _ for -. None is as if it were not given."""

    allow_empty: Union[bool, None]
    """let a result without rows replace a table, or the partition of --partition"""
    as_files: Union[bool, None]
    """read the files of Delta, Iceberg, Hudi and other tables as they are, with removed and replaced rows"""
    batch_rows: Union[int, None]
    """rows that go through the pipeline at a time (default 8192)"""
    cast: Union[Literal["widen", "mleap"], None]
    """widen: only lossless conversions; mleap: every conversion that MLeap makes (default "widen")"""
    compression: Union[Literal["snappy", "none", "gzip", "zstd", "lz4", "brotli", "lz4_raw", "uncompressed"], None]
    """snappy (default for Parquet), none (default otherwise), gzip, zstd, lz4 or brotli"""
    csv_delimiter: Union[Value, None]
    """character between the fields of CSV, such as ';' or tab (default: a comma; tab in .tsv; or what the header shows)"""
    csv_encoding: Union[Value, None]
    """utf-8, latin1, windows-1252, utf-16, utf-16le, utf-16be (default: utf-8, or utf-16 by its byte order mark)"""
    csv_escape: Union[Value, None]
    """character before a quote within quotes of CSV, such as \\ (default: the quote, twice)"""
    csv_header: Union[bool, None]
    """the first line of CSV has the names of the columns; if false they are column0, column1, ... (default true)"""
    csv_null: Union[Values, None]
    """text of CSV that stands for a missing value, such as NA, besides an empty field; may be repeated"""
    csv_quote: Union[Value, None]
    """character around fields of CSV (default: "), or none"""
    db: Union[Value, None]
    """DuckDB database file for the query, opened read-only"""
    drift_columns: Union[Values, None]
    """columns of the output to compare (default: those of the model)"""
    drift_first_run: Union[Literal["fail", "pass"], None]
    """if there is no --drift-reference yet: fail or pass; a reference that cannot be read always fails (default "fail")"""
    drift_max: Union[float, None]
    """PSI above which the run fails and publishes nothing, such as 0.2"""
    drift_reference: Union[Value, None]
    """record of a run, or its table: the new record notes how far the columns have moved from it (PSI)"""
    explain: Union[Value, None]
    """why the model predicts it, for models of trees: Shapley values of the features, which add up to the margin. all: a column a feature; sum: a column for each source column; top=5: the five largest of each row"""
    features: Union[Values, None]
    """columns that are the features of a booster, in its order, instead of the names in its file; with --then, the name of the vector"""
    file_rows: Union[int, None]
    """about how many rows go into one file of a folder; --resume continues after whole files (default 4194304)"""
    iceberg_catalog: Union[Value, None]
    """SQL catalog of the iceberg table, as sqlite:///catalog.db (default: none, the folder names the current metadata, in Hadoop style)"""
    iceberg_catalog_name: Union[Value, None]
    """the name of the catalog in its database (default "default")"""
    iceberg_table: Union[Value, None]
    """name of the table in the catalog: NAMESPACE.NAME"""
    incremental: Union[bool, None]
    """score only the files of --input that are new since the last run into the table (by name, size and etag), and append them"""
    input: Union[Values, None]
    """files: globs, files, folders or URLs, of Parquet, CSV, JSON lines, Arrow, Avro or leap frames; - is stdin; may be repeated"""
    input_default: Union[Union[Values, Mapping[str, Value]], None]
    """the value of an input of the model if the table has no such column, such as bathrooms=1; nulls of a column that is there stay; may be repeated"""
    input_format: Union[Literal["parquet", "csv", "json", "arrow", "arrows", "avro", "leap", "leap-binary"], None]
    """parquet, csv, json, arrow, arrows, avro, leap, leap-binary (default: by name)"""
    io_timeout: Union[Value, None]
    """how long an object store may be silent, or fail again and again, before that is an error (default "1m0s")"""
    iterations: Union[Value, None]
    """score with the rounds of boosting from A to before B only; B alone is the first B"""
    job_name: Union[Value, None]
    """name of the job for metrics and lineage (default: the name of the output)"""
    keep: Union[Values, None]
    """extra (source columns that the model does not read), all, none, or names (default ["extra"])"""
    limit: Union[int, None]
    """only the first N rows, after --sample; little more is read"""
    lineage: Union[Literal["columns", "metadata", "none"], None]
    """how tables note model and run: columns (_model_name, _model_version, _model_sha256, _run_id, _scored_at), metadata (of the files, the model alone) or none (default "metadata")"""
    map: Union[Union[Values, Mapping[str, Value]], None]
    """the source column for an input of the model; may be repeated"""
    max_errors: Union[Value, None]
    """with reject: the most rows, or the largest share (0.5%), that may be rejected"""
    max_model_size: Union[Value, None]
    """load bundles of up to this size unpacked, such as 4GiB, however small the zip is (default: 2GiB, 512MiB a file, 200 times the zip)"""
    memory: Union[Value, None]
    """ceiling for the memory of the process; by default 2GiB, or four fifths of what the container or the machine has, if that is less"""
    metrics_file: Union[Value, None]
    """file NAME.prom for the textfile collector of Prometheus' node_exporter"""
    metrics_label: Union[Union[Values, Mapping[str, Value]], None]
    """another label of the metrics, and of the group that is pushed; may be repeated"""
    min_rows: Union[Value, None]
    """the fewest rows that the run must write, or their share (90%) of the last run into the table; with fewer nothing is published"""
    mode: Union[Literal["error", "overwrite", "append", "ignore", "overwrite-partitions"], None]
    """if the output exists: error, overwrite, overwrite-partitions, append or ignore (default "error")"""
    model: Union[Union[Values, Mapping[str, Value]], None]
    """model, by path or URL: a bundle (folder or zip), or a file of XGBoost, LightGBM or CatBoost; NAME=BUNDLE, repeated, scores several models in one pass, with columns prefixed NAME_"""
    model_version: Union[Values, None]
    """how the model's version is called in _model_version, records, metrics and lineage, such as 2026-11; NAME=VERSION, repeated, for several models (default: the first 12 digits of the SHA-256 of the bundle)"""
    nominal_time: Union[Value, None]
    """time that the job was scheduled for, START or START/END as RFC 3339, for lineage"""
    on_error: Union[Literal["fail", "reject"], None]
    """rows that the model refuses: fail or reject (default "fail")"""
    on_file_error: Union[Literal["fail", "reject"], None]
    """inputs that cannot be read or do not fit: fail, or reject the whole file (each is then read twice) (default "fail")"""
    openlineage: Union[Value, None]
    """URL of an OpenLineage server, or a file for events, one a line (default: $OPENLINEAGE_URL)"""
    output: Union[Value, None]
    """folder of the table, one file such as NAME.parquet or NAME.csv.gz, or - for stdout"""
    output_format: Union[Literal["parquet", "csv", "json", "arrow", "arrows"], None]
    """parquet, csv, json (lines), arrow or arrows (Arrow IPC, file or stream); default: by the name of --output, a folder is parquet, - is arrows"""
    outputs: Union[Values, None]
    """final, all, or names of columns that the pipeline adds (default ["final"])"""
    overwrite_schema: Union[bool, None]
    """with --mode overwrite and a delta table: replace its schema too"""
    param: Union[Union[Values, Mapping[str, Value]], None]
    """bound to $name in the query; may be repeated"""
    partition: Union[Values, None]
    """key=value of the partition that --mode overwrite-partitions replaces, rows or no rows, such as ds=2026-11-28; a row of another partition fails the run"""
    partition_by: Union[Values, None]
    """columns of the output table whose values become folders, as a=1/b=x, named as by Spark"""
    provenance: Union[bool, None]
    """keep the columns with the reason and the origin of rejected rows"""
    pushgateway: Union[Value, None]
    """URL of a Prometheus Pushgateway"""
    record: Union[Value, None]
    """JSON file for the record of the run, failed or not; a finished run has it in _leapscore, in or beside its table, too"""
    rejects: Union[Value, None]
    """folder of the table of rejected rows, which has all columns of the source"""
    rename: Union[Union[Values, Mapping[str, Value]], None]
    """another name for a column of the output table; may be repeated"""
    require_success: Union[bool, None]
    """refuse inputs whose folder has no _SUCCESS, or has _temporary: the job that writes them may be unfinished"""
    rerun: Union[bool, None]
    """repeat the run --run-id if it has finished, and replace its rows; rows of other runs stay"""
    resume: Union[bool, None]
    """continue the run --run-id after its last finished file, or start it; a failure keeps finished files"""
    retry_rejects: Union[Values, None]
    """tables of rejected rows to score again, with another model or other rules, instead of other inputs; rows that pass are appended"""
    run_id: Union[Value, None]
    """the run's id, such as a scheduler's: a finished run is not repeated, and another job with its id is an error (default: derived from the time)"""
    sample: Union[Value, None]
    """only a share of the rows, such as 1%, by a hash of --sample-key: the same rows each time, and part of every larger sample"""
    sample_key: Union[Values, None]
    """columns whose values decide which rows are in the sample"""
    scored_at: Union[Value, None]
    """the time in _scored_at and in the record of the run, such as 2026-01-31T00:00:00Z (default: now)"""
    shard: Union[Value, None]
    """score only shard I of N, counted from 0, of the run --run-id, such as 3/16, and stage it: leapscore commit publishes all N as one table; auto/N takes I from the environment of a Kubernetes indexed Job, an AWS Batch or Slurm array, or Cloud Run"""
    skip_exit_code: Union[int, None]
    """exit code if --incremental finds nothing new, such as 99 for Airflow"""
    sql: Union[Value, None]
    """query that selects the rows, run by DuckDB in this process"""
    sql_file: Union[Value, None]
    """file with the query"""
    summary: Union[Literal["outputs", "all", "none"], None]
    """columns that the run's record summarizes: outputs (those of the model), all or none (default "outputs")"""
    sweep_after: Union[Value, None]
    """on object stores: delete files of runs that gave no sign of life for this long, 3s or more (default "24h0m0s")"""
    table_format: Union[Literal["files", "delta", "iceberg"], None]
    """format of the table in the folder of the output: files, delta or iceberg (default "files")"""
    then: Union[Union[Values, Mapping[str, Value]], None]
    """booster that reads what the bundle makes: its features by name, or the one vector that the bundle ends with; NAME=FILE behind one of several models"""
    threshold: Union[Value, None]
    """add the column label to a binary booster: its second class if the probability is above P"""
    timezone: Union[Value, None]
    """time zone of the query, such as UTC or Europe/Berlin: of current_date, and of times without a zone (default: that of the process)"""
    vectors: Union[Literal["list", "columns", "udt", "sparse"], None]
    """vectors that the pipeline adds: list, columns (NAME_0, NAME_1, ...), udt (Spark's vectors) or sparse (size, indices, values) (default "list")"""
    workers: Union[int, None]
    """goroutines that score; by default as many as the process has CPUs, of those that its container may use"""
    xgboost_predictor: Union[Literal["xgboost", "h2o"], None]
    """which of MLeap's implementations of XGBoost runs a bundle: xgboost, its own library (default), or h2o, xgboost-predictor, which MLeap can be configured to use"""
