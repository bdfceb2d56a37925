"""`score` and `split`: DataFrames with the outputs of a model."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from leapscore.client import Stream
from leapscore.errors import UsageError
from leapscore.spark.files import driver_path, share
from leapscore.spark.schema import to_arrow, to_spark
from leapscore.spark.worker import REJECT_FIELDS, Scoring, runnable

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructField, StructType

# Columns of answers and of DataFrames that are not returned.
_ERROR, _REJECT = "_leapscore_error", "_leapscore_reject"
_ON_ERROR = ("fail", "column", "reject")


def score(
    df: DataFrame,
    model: str | os.PathLike[str],
    outputs: str | Sequence[str] | None = None,
    keep: str | Sequence[str] | None = None,
    rejects: str | None = None,
    *,
    on_error: str | None = None,
    error_column: str = "_error",
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
    """Scores the rows of a DataFrame, and returns kept columns and the outputs of the model.

    The model is loaded once here, to learn the columns of the result; rows are scored when the result is
    used. Classic sessions and those of Spark Connect are taken, and streams.

    Args:
        df: the rows. Columns are matched by name; vectors may be arrays of doubles or VectorUDT.
        model: a bundle: a path or URL. A file or folder of the driver is sent to the workers, unless `ship` is false.
        outputs: "final" (default), "all", or names of columns that the pipeline adds.
        keep: "extra" (default: columns that the model does not read), "all", "none", or names.
        rejects: a folder to which Spark writes the rows that the model refuses, as Parquet. The rows are scored at
            once and kept by `persist`; the result has the others.
        on_error: what becomes of rows that the model refuses: "fail" (default) fails the task with the row, node and
            column; "column" nulls their outputs and adds a column `error_column`; "reject" (with `rejects`).
        error_column: the name of that column, a struct of code, message, node, op and column; null where the row is good.
        map, input_default, rename, cast: as `leapscore score` takes them.
        vectors: "udt" (default: VectorUDT), "list", "columns" or "sparse".
        workers, memory, max_model_size: for the process of each Python worker; `workers` is `spark.task.cpus` by default.
        binary: the leapscore of the workers: a path there, a file here that is sent to them, or the name of a file of
            `--files` or `--archives`. By default that of the wheel that is installed there, or a file named `leapscore`.
        ship: whether files of this machine are sent to the workers.

    Raises:
        UsageError: an argument that does not make sense, or a name that does not exist.
        ModelError: the model cannot be loaded.
        ContractError: columns and model do not fit; the message lists all that is missing.
        BinaryNotFound: there is no leapscore binary.
    """
    on_error = _checked(df, on_error, rejects)
    result = scored(
        df, os.fspath(model), on_error=on_error, outputs=outputs, keep=keep, error_column=error_column, map=map,
        input_default=input_default, rename=rename, cast=cast, vectors=vectors or "udt", workers=workers, memory=memory,
        max_model_size=max_model_size, binary=binary, ship=ship,
    )  # fmt: skip
    return result if rejects is None else _write_rejects(result, rejects)


def scored(
    df: DataFrame,
    model: str,
    *,
    on_error: str,
    keep: str | Sequence[str] | None = None,
    rename: Mapping[str, str] | None = None,
    error_column: str = "_error",
    workers: int | None = None,
    memory: str | None = None,
    max_model_size: str | None = None,
    binary: str | os.PathLike[str] | None = None,
    ship: bool = True,
    **columns: Any,
) -> DataFrame:
    """Returns the scored rows, good and bad: with on_error="reject" `parted` takes them apart."""
    spark = df.sparkSession
    flags = {k: v for k, v in {"max_model_size": max_model_size, "memory": memory}.items() if v is not None}
    options = {k: v for k, v in columns.items() if v is not None}
    path = driver_path(model)
    plan = planned(path, df.schema, options, keep, rename, flags, binary)
    rejects = [c for c in df.columns if c not in {f.name for f in REJECT_FIELDS}] if on_error == "reject" else []
    scoring = Scoring(
        model=share(spark, path, ship),
        binary=None if binary is None else share(spark, os.fspath(binary), ship),
        flags={**flags, "workers": workers or task_cpus(spark)},
        options={**options, "keep": ["none"], "on_error": "column"},
        columns=[c for c in df.columns if c in {*rejects, *plan.inputs, *plan.kept}],
        inputs=plan.inputs,
        kept=plan.kept,
        names=plan.names(on_error, error_column),
        on_error=on_error,
        rejects=rejects,
    )
    # mapInArrow of classic sessions does not quote names: a column has its number in place of its name.
    read = df.select([df[quoted(c)].alias(f"c{i}") for i, c in enumerate(scoring.columns)])
    function: Any = scoring  # a function of iterators, as Spark calls it, not of what can be iterated
    return read.mapInArrow(function, plan.schema(on_error, error_column, df.schema))


def parted(rows: DataFrame) -> tuple[DataFrame, DataFrame | None]:
    """Returns the good rows of `scored`, and the rejects if it was told to keep them."""
    from pyspark.sql import functions as F

    if _REJECT not in rows.columns:
        return rows, None
    return rows.where(F.col(_REJECT).isNull()).drop(_REJECT), rows.where(F.col(_REJECT).isNotNull()).select(f"{_REJECT}.*")


def split(scored: DataFrame, error_column: str = "_error") -> tuple[DataFrame, DataFrame]:
    """Splits the result of `score(..., on_error="column")` into good rows, without the column of errors, and bad rows.

    Nothing is computed here. Use `scored.persist()` first, or rows are scored once for each of the two.
    """
    from pyspark.sql import functions as F

    if error_column not in scored.columns:
        raise UsageError(f'the DataFrame has no column {error_column}: score with on_error="column"')
    error = F.col(quoted(error_column))
    return scored.where(error.isNull()).drop(error_column), scored.where(error.isNotNull())


@dataclass
class Plan:
    """Which columns are read, sent and returned."""

    inputs: list[str]  # columns that the model reads
    kept: list[str]  # columns of the source that are returned, by their names there
    answer: pa.Schema  # of the result: kept columns, outputs and the error, by their last names
    columns: list[StructField]  # those of the answer but for the error

    def names(self, on_error: str, error_column: str) -> list[str]:
        """Returns the names of the result's columns."""
        names = [f.name for f in self.columns]
        last = {"column": [error_column], "reject": [_REJECT], "fail": []}[on_error]
        if set(last) & set(names):
            raise UsageError(f"the result would have two columns {error_column!r}: name the one of errors with error_column, or rename the other")
        return names + last

    def schema(self, on_error: str, error_column: str, source: StructType) -> StructType:
        """Returns the result's schema, with the column that on_error adds."""
        from pyspark.sql.types import StructField, StructType

        fields = list(self.columns)
        if on_error == "column":
            fields.append(to_spark(self.answer.field(len(self.answer) - 1).with_name(error_column), vectors=False))
        elif on_error == "reject":
            own = {f.name for f in REJECT_FIELDS}
            reject = [StructField(f.name, f.dataType, True) for f in source if f.name not in own]
            fields.append(StructField(_REJECT, StructType(reject + [to_spark(f, vectors=False) for f in REJECT_FIELDS])))
        return StructType(fields)


def planned(
    model: str,
    source: StructType,
    options: dict[str, Any],
    keep: str | Sequence[str] | None,
    rename: Mapping[str, str] | None,
    flags: dict[str, Any],
    binary: str | os.PathLike[str] | None,
) -> Plan:
    """Returns which columns are read and returned, as a process on the driver tells."""
    with _binary_of_driver(binary), Stream(model, error_column=_ERROR, **flags) as stream:
        return _plan(stream, source, options, keep, dict(rename or {}))


def _plan(
    stream: Stream,
    source: StructType,
    options: dict[str, Any],
    keep: str | Sequence[str] | None,
    rename: dict[str, str],
) -> Plan:
    """Asks the process for the columns of the result, by streams without batches."""
    from pyspark.sql.types import StructField

    have = to_arrow(source)

    def answer(**more: Any) -> pa.Schema:
        return stream.open(have, **{**options, **more}).schema

    outputs = answer(keep=["none"])
    # An extra column with the name of an output would be a clash: here only the names of extra columns count.
    away = {name: f"_leapscore_{i}" for i, name in enumerate(outputs.names) if name in have.names}
    back = {to: name for name, to in away.items()}
    extra = answer(keep=["extra"], rename=away)
    others = {back.get(n, n) for n in extra.names[: len(extra) - len(outputs)]}
    whole = answer(keep=["extra"] if keep is None else [keep] if isinstance(keep, str) else list(keep), rename=rename)
    count = len(whole) - len(outputs)
    renamed = {to: name for name, to in rename.items() if name in have.names}
    kept = [renamed.get(n, n) for n in whole.names[:count]]
    fields = [StructField(n, source[k].dataType, source[k].nullable, source[k].metadata) for n, k in zip(whole.names, kept)]
    vectors = options["vectors"] == "udt"
    fields += [to_spark(whole.field(i), vectors) for i in range(count, len(whole) - 1)]
    # A batch without columns would have no rows: a model of constants gets one that it does not read.
    inputs = [n for n in have.names if n not in others] or have.names[:1]
    return Plan(inputs, kept, whole, fields)


def _checked(df: DataFrame, on_error: str | None, rejects: str | None) -> str:
    """Returns how refused rows are treated."""
    if on_error is None:
        on_error = "fail" if rejects is None else "reject"
    if on_error not in _ON_ERROR:
        raise UsageError(f"on_error {on_error!r}: want one of {', '.join(_ON_ERROR)}")
    if on_error == "reject" and rejects is None:
        raise UsageError('on_error="reject" needs rejects="FOLDER"; on_error="column" and split() give rejected rows as a DataFrame')
    if on_error != "reject" and rejects is not None:
        raise UsageError(f'rejects={rejects!r} needs on_error="reject", not {on_error!r}')
    if rejects is not None and df.isStreaming:
        raise UsageError('a stream cannot write rejects at once: score with on_error="column", or inside foreachBatch')
    return on_error


def _write_rejects(rows: DataFrame, path: str) -> DataFrame:
    """Scores all rows, writes the refused ones, and returns the others."""
    rows = rows.persist()
    good, bad = parted(rows)
    assert bad is not None
    try:
        bad.write.parquet(path)
    except BaseException:
        rows.unpersist()
        raise
    return good


@contextlib.contextmanager
def _binary_of_driver(binary: str | os.PathLike[str] | None) -> Generator[None, None, None]:
    """Lets the given binary be started here, if it is here and not only on the workers."""
    path = None if binary is None else driver_path(os.fspath(binary))
    if path is None or not os.path.isfile(path):
        yield
        return
    before = os.environ.get("LEAPSCORE_BINARY")
    os.environ["LEAPSCORE_BINARY"] = runnable(path)
    try:
        yield
    finally:
        if before is None:
            del os.environ["LEAPSCORE_BINARY"]
        else:
            os.environ["LEAPSCORE_BINARY"] = before


def task_cpus(spark: Any) -> int:
    """Returns how many threads a task has."""
    return max(1, int(spark.conf.get("spark.task.cpus", "1")))


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
