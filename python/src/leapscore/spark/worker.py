"""Scores the batches of a partition in a Python worker of Spark.

Nothing here needs a session: `Scoring` is pickled on the driver and called on a worker.
"""

from __future__ import annotations

import os
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pyarrow as pa

import leapscore.binary
from leapscore.client import Stream
from leapscore.errors import BadRowError, BinaryNotFound
from leapscore.spark.files import WorkerFile, added_path

# A worker that scores with one model and then another, as in a notebook, keeps the processes of the last few.
_KEPT = 2
_streams: OrderedDict[str, Stream] = OrderedDict()

# The columns that a table of rejects has after those of the source, as leapscore score writes it.
REJECT_FIELDS = [
    pa.field("_error_code", pa.string()),
    pa.field("_error_node", pa.string()),
    pa.field("_error_op", pa.string()),
    pa.field("_error_column", pa.string()),
    pa.field("_error_message", pa.string()),
    pa.field("_source_file", pa.string()),
    pa.field("_source_row", pa.int64()),
]


def set_binary(binary: WorkerFile | None) -> None:
    """Sets the binary of this worker: the given one, or a file named leapscore that was added to the session if no
    wheel is installed here. It raises `BinaryNotFound` if there is none."""
    if binary is not None:
        os.environ["LEAPSCORE_BINARY"] = runnable(binary.find())
        return
    try:
        leapscore.binary.find()
    except BinaryNotFound:
        added = added_path("leapscore")
        if added is None or not os.path.exists(added):
            raise
        os.environ["LEAPSCORE_BINARY"] = runnable(added)


def runnable(path: str) -> str:
    """Makes a file executable: stores and archives may lose that."""
    if not os.access(path, os.X_OK):
        os.chmod(path, 0o755)
    return path


def stream(model: WorkerFile, binary: WorkerFile | None, flags: dict[str, Any]) -> Stream:
    """Returns the process of this worker for a model. It is kept for the next tasks, and ends with the worker."""
    key = repr((model, binary, sorted(flags.items())))
    if key in _streams:
        _streams.move_to_end(key)
        return _streams[key]
    while len(_streams) >= _KEPT:
        _streams.popitem(last=False)[1].close()
    set_binary(binary)
    _streams[key] = Stream(model.find(), **flags)
    return _streams[key]


@dataclass
class Scoring:
    """A function from the batches of a partition to scored ones, as `DataFrame.mapInArrow` takes it.

    Batches go to the process without their kept columns, which are joined with the answer: the rows of an
    answer are those of its batch, in the same order.
    """

    model: WorkerFile
    binary: WorkerFile | None
    flags: dict[str, Any]
    options: dict[str, Any]
    columns: list[str]  # of the batches, by position
    inputs: list[str]
    kept: list[str]
    names: list[str]  # of the result: kept columns, then outputs, then perhaps the error
    on_error: str
    rejects: list[str] = field(default_factory=list[str])  # columns of the source, in a reject

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        named = (pa.RecordBatch.from_arrays(batch.columns, names=self.columns) for batch in batches)
        first = next(named, None)
        if first is None:
            return
        pending: deque[pa.RecordBatch] = deque()

        def sent() -> Iterator[pa.RecordBatch]:
            for batch in chain([first], named):
                pending.append(batch)
                yield batch.select(self.inputs)

        scorer = stream(self.model, self.binary, self.flags).open(first.select(self.inputs).schema, **self.options)
        row = 0
        for answer in scorer.score_all(sent()):
            batch = pending.popleft()
            yield self.joined(batch, answer, row)
            row += batch.num_rows

    def joined(self, batch: pa.RecordBatch, answer: pa.RecordBatch, row: int) -> pa.RecordBatch:
        """Returns kept columns and outputs. `row` is the number of the batch's first row in its partition.

        Rows that the model leaves out by its own rule are left out, unless errors are a column.
        """
        columns = [batch.column(name) for name in self.kept] + answer.columns
        errors = columns.pop()
        if self.on_error == "column":
            columns.append(errors)
        elif self.on_error == "reject":
            columns.append(self.rejected(batch, errors, row))
        if self.on_error == "column" or errors.null_count == len(errors):
            return pa.RecordBatch.from_arrays(columns, names=self.names)
        skipped = [code == "skipped" for code in errors.field("code").to_pylist()]
        if self.on_error == "fail":
            at = next((i for i, skip in enumerate(skipped) if errors[i].is_valid and not skip), None)
            if at is not None:
                raise bad_row(errors[at].as_py(), row + at)
        left = pa.array([not skip for skip in skipped])
        return pa.RecordBatch.from_arrays(columns, names=self.names).filter(left)

    def rejected(self, batch: pa.RecordBatch, errors: pa.StructArray, row: int) -> pa.StructArray:
        """Returns the rejects of a batch: the source's row with the reason, or null where the row is good."""
        arrays = [batch.column(name) for name in self.rejects]
        arrays += [errors.field(name) for name in ("code", "node", "op", "column", "message")]
        arrays.append(pa.array([place()] * len(errors), pa.string()))
        arrays.append(pa.array(range(row, row + len(errors)), pa.int64()))
        names = self.rejects + [f.name for f in REJECT_FIELDS]
        fields = [pa.field(n, a.type) for n, a in zip(names, arrays)]
        return pa.StructArray.from_arrays(arrays, fields=fields, mask=errors.is_null())


def place() -> str:
    """Names the partition that this task scores."""
    from pyspark import TaskContext

    context = TaskContext.get()
    return "partition" if context is None else f"partition {context.partitionId()}"


def bad_row(error: dict[str, str | None], row: int) -> BadRowError:
    """Returns the error of a row that the model refuses, worded as by leapscore score."""
    text = f"{place()}: row {row}"
    if error["node"]:
        text += f": node {error['node']} ({error['op']})"
    if error["column"]:
        text += f': column "{error["column"]}"'
    text += f": {error['message']} [{error['code']}]"
    return BadRowError(text, code=error["code"], row=row, node=error["node"], op=error["op"], column=error["column"])
