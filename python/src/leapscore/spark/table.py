"""The table of a job: files, Delta or Iceberg, written by Spark's own writers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leapscore.errors import OutputError
from leapscore.spark.keys import names

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_MODES = {"error": "errorifexists", "overwrite": "overwrite", "overwrite-partitions": "overwrite", "append": "append", "ignore": "ignore"}


def place(job: Mapping[str, Any]) -> str:
    """Returns the path or the name of the table of a job."""
    if job.get("table-format") == "iceberg":
        catalog = job.get("iceberg-catalog-name")
        return f"{catalog}.{job['iceberg-table']}" if catalog else str(job["iceberg-table"])
    return str(job["output"])


def write(rows: DataFrame, job: Mapping[str, Any]) -> None:
    """Writes the table. It raises `OutputError` if there is one and the mode is error."""
    if job.get("table-format") == "iceberg":
        _write_iceberg(rows, job)
    else:
        _write_folder(rows, job)


def write_rejects(rows: DataFrame, job: Mapping[str, Any]) -> None:
    """Writes the rejected rows beside those of other runs if the table gets new rows, or in their place."""
    mode = str(job.get("mode", "error"))
    mode = {"ignore": "error", "overwrite-partitions": "append"}.get(mode, mode)
    _save(rows.write.format("parquet").mode(_MODES[mode]), str(job["rejects"]))


def _write_folder(rows: DataFrame, job: Mapping[str, Any]) -> None:
    mode = job.get("mode", "error")
    delta = job.get("table-format") == "delta"
    writer = rows.write.format("delta" if delta else job.get("output-format", "parquet")).mode(_MODES[mode])
    if mode == "overwrite-partitions":
        writer = writer.option("partitionOverwriteMode", "dynamic")
    elif mode == "overwrite" and not delta:
        writer = writer.option("partitionOverwriteMode", "static")
    if "compression" in job:
        writer = writer.option("compression", job["compression"])
    if "file-rows" in job:
        writer = writer.option("maxRecordsPerFile", job["file-rows"])
    if job.get("output-format") == "csv":
        writer = writer.option("header", "true")
    if job.get("overwrite-schema"):
        writer = writer.option("overwriteSchema", "true")
    if delta and "run-id" in job:  # Delta drops a write that it has committed before
        writer = writer.option("txnAppId", f"leapscore:{job['run-id']}").option("txnVersion", 1)
    if names(job, "partition-by"):
        writer = writer.partitionBy(*names(job, "partition-by"))
    _save(writer, str(job["output"]))


def _save(writer: Any, path: str) -> None:
    from pyspark.errors import AnalysisException

    try:
        writer.save(path)
    except AnalysisException as e:
        if any(word in str(e) for word in ("ALREADY_EXISTS", "already exists", "DELTA_PATH_EXISTS", "already existent")):
            raise OutputError(f"{path}: output exists; --mode overwrite, overwrite-partitions or append changes it", exit_code=6) from e
        raise


def _write_iceberg(rows: DataFrame, job: Mapping[str, Any]) -> None:
    from pyspark.sql import functions as F

    name, mode = place(job), job.get("mode", "error")
    writer = rows.writeTo(name).using("iceberg")
    if "run-id" in job:
        writer = writer.option("snapshot-property.leapscore.run-id", job["run-id"])
    if "compression" in job:
        writer = writer.option("compression-codec", job["compression"])
    if not rows.sparkSession.catalog.tableExists(name):
        by = [F.col(c) for c in names(job, "partition-by")]
        (writer.partitionedBy(*by) if by else writer).create()
    elif mode == "error":
        raise OutputError(f"{name}: output exists; --mode overwrite, overwrite-partitions or append changes it", exit_code=6)
    elif mode == "overwrite":
        writer.overwrite(F.lit(True))
    elif mode == "overwrite-partitions":
        writer.overwritePartitions()
    elif mode == "append":
        writer.append()


def has_run(spark: SparkSession, job: Mapping[str, Any]) -> bool:
    """Reports whether the run has committed into an Iceberg table, which notes it in the snapshot."""
    name = place(job)
    if not spark.catalog.tableExists(name):
        return False
    session: Any = spark
    snapshots = session.sql(f"SELECT summary['leapscore.run-id'] AS id FROM {name}.snapshots")
    return not snapshots.where(snapshots.id == job["run-id"]).isEmpty()
