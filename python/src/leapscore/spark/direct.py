"""`score_files`: leapscore reads the files by itself, in Spark's tasks."""

from __future__ import annotations

import io
import os
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from leapscore import flags as command_flags
from leapscore.errors import UsageError, error_for
from leapscore.process import Process
from leapscore.spark import scoring
from leapscore.spark.files import WorkerFile, driver_path, share
from leapscore.spark.schema import to_arrow
from leapscore.spark.worker import set_binary

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Schemes that Spark reads and leapscore does not.
_NOT_READ = ("hdfs:", "dbfs:", "viewfs:", "har:")


def score_files(
    spark: SparkSession,
    files: str | Sequence[str],
    model: str | os.PathLike[str],
    outputs: str | Sequence[str] | None = None,
    keep: str | Sequence[str] | None = None,
    *,
    map: Mapping[str, str] | None = None,  # noqa: A002 (the name of the flag)
    input_default: Mapping[str, Any] | None = None,
    rename: Mapping[str, str] | None = None,
    cast: str | None = None,
    vectors: str | None = None,
    workers: int | None = None,
    memory: str | None = None,
    max_model_size: str | None = None,
    binary: str | os.PathLike[str] | None = None,
    ship: bool = True,
) -> DataFrame:
    """Scores Parquet files, as `score(spark.read.parquet(files), model)` does, but each task lets leapscore read its files.

    Rows do not go from the JVM to Python, which takes most of the time of `score`. One file is the least that a task
    reads. All workers must reach the files by the paths or URLs that Spark tells. A row that the model refuses fails its task.

    Args:
        files: paths or URLs, as `spark.read.parquet` takes them. The others are those of `score`.

    Raises:
        UsageError: also for files on HDFS, which leapscore does not read.
        ModelError, ContractError, BinaryNotFound: as `score`.
    """
    source = spark.read.parquet(*([files] if isinstance(files, str) else files))
    paths = source.inputFiles()
    wrong = next((p for p in paths if p.startswith(_NOT_READ)), None)
    if wrong is not None:
        raise UsageError(f"{wrong}: leapscore reads local files and object stores; score(spark.read.parquet(...), model) reads all that Spark does")
    columns = {"outputs": outputs, "map": map, "input_default": input_default, "cast": cast, "vectors": vectors or "udt"}
    own = {k: v for k, v in {"max_model_size": max_model_size, "memory": memory}.items() if v is not None}
    options = {k: v for k, v in columns.items() if v is not None}
    path = driver_path(os.fspath(model))
    plan = scoring.planned(path, source.schema, options, keep, rename, own, binary)
    schema = plan.schema("fail", "", source.schema)
    given = {**own, **options, "keep": keep, "rename": rename, "workers": workers or scoring.task_cpus(spark)}
    function: Any = Reading(
        model=share(spark, path, ship),
        binary=None if binary is None else share(spark, os.fspath(binary), ship),
        arguments=command_flags.arguments(given),
        schema=to_arrow(schema),
    )
    session: Any = spark
    names: DataFrame = session.createDataFrame([(p,) for p in paths], "path string")
    return names.repartition(max(1, len(paths))).mapInArrow(function, schema)


def readable(rows: DataFrame) -> bool:
    """Reports whether leapscore reads the files of a DataFrame by itself."""
    return not any(p.startswith(_NOT_READ) for p in rows.inputFiles())


def pattern(path: str) -> str:
    """Returns a pattern that matches the one file and begins at its first folder `key=value`: folders of a pattern are columns."""
    return re.sub(r"/([^/=])([^/=]*=[^/]*)/", r"/[\1]\2/", path, count=1)


@dataclass
class Reading:
    """A function from names of files to their scored rows, as `DataFrame.mapInArrow` takes it."""

    model: WorkerFile
    binary: WorkerFile | None
    arguments: list[str]
    schema: pa.Schema

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for path in batch.column(0).to_pylist():
                yield from self.rows(path)

    def rows(self, path: str) -> Iterator[pa.RecordBatch]:
        """Yields the scored rows of a file. It raises the error of the command, if it fails."""
        set_binary(self.binary)
        command = ["score", "--model", self.model.find(), "--input", pattern(path), "--output", "-", "--output-format", "arrows", "--quiet", *self.arguments]
        process = Process(command).start()
        out, err = process.popen.stdout, process.popen.stderr
        assert out is not None and err is not None  # they are pipes
        ended = False
        try:
            try:
                for batch in pa.ipc.open_stream(io.BufferedReader(typing.cast("io.RawIOBase", out), 1 << 20)):
                    yield self.typed(batch)
            except (pa.ArrowInvalid, OSError):
                pass  # nothing came, or not all: the exit code says why
            said = err.read().decode("utf-8", "replace").strip()
            code, ended = process.wait(), True
        finally:
            if not ended:
                process.popen.kill()
                process.wait()
        if code != 0:
            raise error_for(code, said or f"leapscore score ended with exit code {code}")

    def typed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Returns a batch with the types that Spark was told."""
        arrays = [a if a.type == f.type else a.cast(f.type) for a, f in zip(batch.columns, self.schema)]
        return pa.RecordBatch.from_arrays(arrays, names=self.schema.names)
