"""A whole job in Spark: a query in, a table out."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leapscore.errors import ContractError, GateError
from leapscore.spark import direct, keys, query, scoring, table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# These make a job another one, under the same run id.
_PLACES = {"run-id", "output", "mode", "rejects", "max-errors", "min-rows", "allow-empty", "record", "job-name", "workers", "memory"}


def run(spark: SparkSession, job: Mapping[str, Any], *, binary: str | None = None, ship: bool = True) -> dict[str, Any]:
    """Runs a job in Spark, and returns what became of it.

    Args:
        spark: the session, classic or Connect.
        job: the keys of a job file, as `leapscore check --job FILE --settings` prints them.
        binary, ship: as for `score`.

    Returns:
        A dict of `run_id`, `output`, `rows_in`, `rows_out`, `rejected`, `seconds`, and `skipped` (whether the
        run had finished before, or the mode is ignore and the table exists).

    Raises:
        UsageError: mistakes of the job, all at once, among them keys that mean nothing in Spark.
        ContractError, ModelError, BinaryNotFound: as `score`; also if the run id is that of another job.
        GateError: too many rejects, or too few rows. The table is as it was.
        OutputError: the table exists.
    """
    keys.check(job)
    started = time.monotonic()
    before = _finished(spark, job)
    if before is not None:
        return {**before, "skipped": True}
    scored = _scored(spark, job, binary, ship)
    reject = job.get("on-error") == "reject"
    counted = reject or any(k in job for k in ("min-rows", "partition"))
    if counted:
        scored = scored.persist()
    try:
        result = _publish(scored, job, counted)
    finally:
        if counted:
            scored.unpersist()
    result["seconds"] = round(time.monotonic() - started, 2)
    _note(spark, job, result)
    return result


def _scored(spark: SparkSession, job: Mapping[str, Any], binary: str | None, ship: bool) -> DataFrame:
    rows = query.rows(spark, job)
    model, reject = str(job["model"]), job.get("on-error") == "reject"
    if "input" in job and "limit" not in job and not reject and direct.readable(rows):
        return direct.score_files(spark, keys.names(job, "input"), model, binary=binary, ship=ship, **keys.options(job))
    return scoring.scored(rows, model, on_error="reject" if reject else "fail", binary=binary, ship=ship, **keys.options(job))


def _publish(scored: DataFrame, job: Mapping[str, Any], counted: bool) -> dict[str, Any]:
    """Checks the gates, and writes the table, then the rejects."""
    good, bad = scoring.parted(scored)
    rejected, count = 0, None
    if counted:
        rejected = bad.count() if bad is not None else 0
        count = good.count()
        _check_gates(job, count, rejected)
        _check_partition(good, job)
    elif not job.get("allow-empty") and job.get("mode", "error").startswith("overwrite") and good.isEmpty():
        raise _empty()
    if count is None and job.get("table-format") == "delta" and job.get("run-id"):
        count = good.count()  # Delta may drop the write, as that of a run which is there: nothing would be observed
    if count is None and job.get("mode") != "ignore":  # a write that is left out counts nothing
        good, counter = _observed(good)
        table.write(good, job)
        count = counter()
    else:
        table.write(good, job)
    if bad is not None:
        table.write_rejects(bad, job)
    total = None if count is None else count + rejected
    return {"run_id": job.get("run-id"), "output": table.place(job), "rows_in": total, "rows_out": count, "rejected": rejected, "skipped": False}


def _observed(rows: DataFrame) -> tuple[DataFrame, Any]:
    """Returns rows that are counted while they are written, and a function that returns the count."""
    from pyspark.sql import Observation
    from pyspark.sql import functions as F

    seen = Observation("leapscore")
    try:
        return rows.observe(seen, F.count(F.lit(1)).alias("rows")), lambda: seen.get["rows"]
    except Exception:  # Connect of Spark 3.5 has no observations
        return rows, lambda: None


def _check_gates(job: Mapping[str, Any], count: int, rejected: int) -> None:
    most = keys.most_errors(job, count + rejected)
    if rejected and not count:
        raise GateError(f"all {rejected} rows were rejected; nothing was published", exit_code=5)
    if most is not None and rejected > most:
        raise GateError(f"{rejected} of {count + rejected} rows were rejected, more than max-errors {job['max-errors']}; nothing was published", exit_code=5)
    if count < int(job.get("min-rows", 0)):
        raise GateError(f"the table would have {count} rows, fewer than min-rows {job['min-rows']}; nothing was published", exit_code=5)
    if not count and not job.get("allow-empty") and job.get("mode", "error").startswith("overwrite"):
        raise _empty()


def _empty() -> GateError:
    return GateError("the result has no rows, and would replace a table; nothing was published. --allow-empty permits it", exit_code=5)


def _check_partition(rows: DataFrame, job: Mapping[str, Any]) -> None:
    """Checks that all rows are of the partition that the run replaces."""
    from pyspark.sql import functions as F

    for pair in keys.names(job, "partition"):
        name, value = pair.split("=", 1)
        if name not in rows.columns:
            raise ContractError(f"partition {pair}: the table has no column {name}; it has {', '.join(rows.columns)}", exit_code=4)
        other = rows.where(~F.col(scoring.quoted(name)).cast("string").eqNullSafe(value)).select(name).first()
        if other is not None:
            raise ContractError(f"partition {pair}: a row has {name}={other[0]}; nothing was published", exit_code=4)
    if "partition" in job and rows.isEmpty():
        raise GateError("partition: there are no rows, and Spark's committer cannot empty a partition: delete its folder", exit_code=5)


def _finished(spark: SparkSession, job: Mapping[str, Any]) -> dict[str, Any] | None:
    """Returns the record of the run if it has finished before. It raises `ContractError` if that was another job."""
    if "run-id" not in job:
        return None
    if job.get("table-format") == "iceberg":
        return {"run_id": job["run-id"], "output": table.place(job)} if table.has_run(spark, job) else None
    note = _read_note(spark, _note_path(job))
    if note is None:
        return None
    now = _identity(job)
    other = sorted(k for k in {*now, *note["job"]} if now.get(k) != note["job"].get(k))
    if other:
        raise ContractError(f"run-id {job['run-id']}: a run of this id has finished, and was another job: {', '.join(other)} differ", exit_code=4)
    return note["result"]


def _note(spark: SparkSession, job: Mapping[str, Any], result: dict[str, Any]) -> None:
    """Notes beside the table, through Spark, that the run has finished, and writes the record."""
    if "run-id" in job and job.get("table-format") != "iceberg":
        text = json.dumps({"result": result, "job": _identity(job)})
        spark.createDataFrame([(text,)], "value string").coalesce(1).write.mode("overwrite").text(_note_path(job))
    if "record" in job:
        with open(job["record"], "w", encoding="utf-8") as file:
            json.dump({**result, "job": dict(job)}, file)


def _note_path(job: Mapping[str, Any]) -> str:
    from urllib.parse import quote

    return f"{str(job['output']).rstrip('/')}/_leapscore_spark/{quote(str(job['run-id']), safe='')}"


def _read_note(spark: SparkSession, path: str) -> dict[str, Any] | None:
    from pyspark.errors import AnalysisException

    try:
        lines = spark.read.text(path).collect()
    except AnalysisException as e:
        if "PATH_NOT_FOUND" in str(e) or "does not exist" in str(e):
            return None
        raise
    return json.loads(lines[0].value) if lines else None


def _identity(job: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in json.loads(json.dumps(dict(job))).items() if k not in _PLACES}
