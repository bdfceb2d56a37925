"""The keys of a job that leapscore-spark takes, and why it refuses the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leapscore.errors import UsageError

# Keys that score() takes.
_COLUMNS = ("outputs", "map", "input-default", "rename", "cast", "workers", "memory", "max-model-size")

TAKEN = frozenset((
    "model", "input", "input-format", "sql", "sql-file", "param", "timezone", "limit",
    "keep", "vectors", *_COLUMNS,
    "output", "mode", "output-format", "compression", "file-rows", "partition-by", "partition",
    "table-format", "overwrite-schema", "iceberg-table", "iceberg-catalog-name",
    "on-error", "rejects", "max-errors", "allow-empty", "min-rows",
    "run-id", "record", "job-name",
))  # fmt: skip

_CSV = "Spark reads CSV by its own rules: name the file in the query, FROM csv.`PATH`, or make a view of it"
_RUNS = "Spark's committer keeps no record of the files of a run"
_WATCH = "Spark has its own listeners and metrics"
_DRIFT = "run leapscore compare or leapscore report over the table"

_WHY = {
    "db": "the query runs in Spark SQL, not in DuckDB",
    "as-files": "Spark reads tables of Delta and Iceberg by their own formats: name the table in the query",
    "require-success": "Spark does not look at _SUCCESS of its inputs",
    "csv-delimiter": _CSV, "csv-quote": _CSV, "csv-escape": _CSV, "csv-header": _CSV, "csv-null": _CSV, "csv-encoding": _CSV,
    "retry-rejects": "run leapscore score --retry-rejects over the rejects",
    "provenance": "run leapscore score --retry-rejects over the rejects",
    "sample": "use TABLESAMPLE in the query", "sample-key": "use TABLESAMPLE in the query",
    "lineage": "add columns in the query",
    "model-version": "add a column in the query",
    "scored-at": "add a column in the query",
    "sweep-after": "Spark's committer removes its own files",
    "iceberg-catalog": "catalogs are Spark's configuration, spark.sql.catalog.NAME: name it by iceberg-catalog-name",
    "on-file-error": "set spark.sql.files.ignoreCorruptFiles",
    "resume": _RUNS, "rerun": _RUNS, "incremental": _RUNS, "skip-exit-code": _RUNS,
    "summary": _DRIFT, "drift-reference": _DRIFT, "drift-max": _DRIFT, "drift-columns": _DRIFT, "drift-first-run": _DRIFT,
    "metrics-file": _WATCH, "pushgateway": _WATCH, "metrics-label": _WATCH, "openlineage": _WATCH, "nominal-time": _WATCH,
    "batch-rows": "set spark.sql.execution.arrow.maxRecordsPerBatch",
    "io-timeout": "Spark reads and writes the tables",
}  # fmt: skip

_MODES = ("error", "overwrite", "overwrite-partitions", "append", "ignore")
_FORMATS = ("parquet", "csv", "json")


def check(job: Mapping[str, Any]) -> None:
    """Raises `UsageError` with all that is wrong with a job."""
    wrong = [f"{k}: not in Spark: {_WHY.get(k, 'this key has no meaning there')}" for k in job if k not in TAKEN]
    wrong += _check_rows(job) + _check_table(job) + _check_failing(job)
    if wrong:
        raise UsageError(wrong[0] if len(wrong) == 1 else f"{len(wrong)} mistakes:\n  " + "\n  ".join(wrong))


def options(job: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the arguments of `score` that a job holds."""
    taken = {k.replace("-", "_"): job[k] for k in _COLUMNS if k in job}
    return {**taken, "keep": job.get("keep"), "vectors": job.get("vectors", "list")}


def _check_rows(job: Mapping[str, Any]) -> list[str]:
    wrong: list[str] = []
    if not isinstance(job.get("model"), str):
        wrong.append("model: want one bundle" if "model" in job else "model: missing")
    given = [k for k in ("input", "sql", "sql-file") if k in job]
    if len(given) != 1:
        wrong.append("want one of input, sql and sql-file" + (f", not {' and '.join(given)}" if given else ""))
    if job.get("input-format", "parquet") != "parquet":
        wrong.append(f"input-format {job['input-format']}: of --input Spark reads Parquet; name other files in the query, FROM {job['input-format']}.`PATH`")
    if "param" in job and "input" in job:
        wrong.append("param: belongs to a query")
    return wrong


def _check_table(job: Mapping[str, Any]) -> list[str]:
    wrong: list[str] = []
    form, mode = job.get("table-format", "files"), job.get("mode", "error")
    if mode not in _MODES:
        wrong.append(f"mode {mode!r}: want one of {', '.join(_MODES)}")
    if job.get("output-format", "parquet") not in _FORMATS:
        wrong.append(f"output-format {job['output-format']}: Spark writes {', '.join(_FORMATS)}")
    if form == "iceberg":
        if "iceberg-table" not in job:
            wrong.append("table-format iceberg needs iceberg-table, the name of a table in a catalog of Spark")
        if "output" in job:
            wrong.append("output: the table of iceberg is named by iceberg-table")
    elif "output" not in job:
        wrong.append("output: missing")
    elif str(job["output"]) == "-":
        wrong.append("output -: Spark writes tables; want a folder or a URL")
    if form != "files" and "output-format" in job:
        wrong.append(f"output-format: tables of {form} are Parquet")
    if form != "delta" and "overwrite-schema" in job:
        wrong.append("overwrite-schema: belongs to table-format delta")
    if mode == "overwrite-partitions" and not job.get("partition-by") and form == "files":
        wrong.append("mode overwrite-partitions needs partition-by")
    if "partition" in job and mode != "overwrite-partitions":
        wrong.append("partition: belongs to mode overwrite-partitions")
    if "run-id" in job and mode == "append" and form == "files":
        wrong.append(
            "run-id: with mode append, files of a try that was killed could be there twice: "
            "use table-format delta or iceberg, or mode overwrite-partitions"
        )
    return wrong


def _check_failing(job: Mapping[str, Any]) -> list[str]:
    wrong: list[str] = []
    reject = job.get("on-error", "fail") == "reject"
    if reject != ("rejects" in job):
        wrong.append("on-error reject needs rejects" if reject else "rejects: needs on-error reject")
    if "max-errors" in job and not reject:
        wrong.append("max-errors: needs on-error reject")
    if "min-rows" in job and not str(job["min-rows"]).isdigit():
        wrong.append(f"min-rows {job['min-rows']}: want a number of rows; a share of the last run needs the records of leapscore score")
    if "max-errors" in job and most_errors(job, 0) is None:
        wrong.append(f"max-errors {job['max-errors']}: want a number of rows or a share such as 0.5%")
    wrong += [f"partition {p}: want KEY=VALUE" for p in names(job, "partition") if "=" not in p]
    return wrong


def most_errors(job: Mapping[str, Any], rows: int) -> float | None:
    """Returns how many of so many rows may be rejected; None if the job's text is none."""
    text = str(job.get("max-errors", rows))
    try:
        return rows * float(text[:-1]) / 100 if text.endswith("%") else int(text)
    except ValueError:
        return None


def names(job: Mapping[str, Any], key: str) -> Sequence[str]:
    """Returns the list of a key, which may be one text or left out."""
    value: Any = job.get(key) or ()
    return [value] if isinstance(value, str) else list(value)
