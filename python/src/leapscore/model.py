"""A model that scores tables, frames and dicts, by one process that stays."""

from __future__ import annotations

import json
import os
import warnings
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Optional, TypeVar, Union, overload

import pyarrow as pa

from . import flags as _flags
from .values import target
from .client import Scorer, Stream
from .errors import BadRowError, RunError
from .kinds import Data, Kept, data_of
from .process import run
from .schema import Column, Schema

if TYPE_CHECKING:
    import pandas
    import polars

    Frame = TypeVar("Frame", pa.Table, pa.RecordBatch, pa.RecordBatchReader, "pandas.DataFrame", "polars.DataFrame", "polars.LazyFrame")

__all__ = ["Model", "ModelWarning", "load"]

OnError = Literal["raise", "column", "null", "drop"]
Names = Union[str, Sequence[str]]

BATCH_ROWS = 65536
BATCH_BYTES = 8 << 20
INSPECTED = ("max-model-size", "io-timeout", "config", "then", "features", "iterations", "threshold", "xgboost-predictor")  # flags of inspect
PLANS = 64  # that are remembered
SKIPPED = "skipped"  # the code of a row that the model leaves out by its own rule


class ModelWarning(UserWarning):
    """A value of the model was lost when it was exported: MLeap predicts without it, and so does leapscore."""


def load(path: Union[str, os.PathLike[str]], **flags: Any) -> Model:
    """Loads a model: a bundle, or a file of XGBoost, LightGBM or CatBoost.

    Args:
        path: the zip or folder of a bundle, or the file, by path or URL (``s3://``, ``gs://``, ``azblob://``, ``https://``).
        flags: those of ``leapscore stream``, such as ``workers=2``, ``memory="1GiB"``, ``max_model_size="4GiB"``;
            ``outputs``, ``keep``, ``map``, ``input_default``, ``rename``, ``cast`` and ``vectors`` become the defaults of ``predict``.

    Raises:
        ModelError: the bundle cannot be loaded. The message names the nodes that are to blame.
        BinaryNotFound: the program is missing.

    Warns:
        ModelWarning: the exporter has lost values of the model.
    """
    return Model(path, **flags)


class Model:
    """A model, made by ``load``. It has one process, which starts once and stays.

    It may be used by several threads, which take turns; after a fork, where
    the child starts its own process; and pickled, which takes path and flags
    along: the bundle is loaded again where it arrives. The process ends by
    ``close``, at the end of a ``with``, or with the model.
    """

    def __init__(self, path: Union[str, os.PathLike[str]], **flags: Any) -> None:
        self.path = os.fspath(path)
        self.flags = flags
        self._stream = Stream(path, **flags)
        self._plans: OrderedDict[Any, _Plan] = OrderedDict()
        self._stream.start()  # it loads the bundle meanwhile
        of_inspect = {n: v for n, v in flags.items() if _flags.key(n) in INSPECTED}
        try:
            self._inspection = run(["inspect", self.path, *_flags.arguments(of_inspect)]) or {}
        except BaseException:
            self._stream.close()
            raise
        self._prepare()
        for warning in self._inspection.get("warnings") or ():
            warnings.warn(f"{self.path}: {_warning(warning)}", ModelWarning, stacklevel=3)

    def _prepare(self) -> None:
        inspection = self._inspection
        self.schema = Schema(tuple(map(Column.of, inspection.get("inputs") or ())), tuple(map(Column.of, inspection.get("outputs") or ())))
        self._targets = {c.name: target(c) for c in self.schema.inputs}

    def __reduce__(self) -> tuple[Any, ...]:
        return _model_again, (self.path, self.flags, self._inspection)

    def __enter__(self) -> Model:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process. Another ``predict`` starts a new one."""
        self._stream.close()

    def inspect(self) -> dict[str, Any]:
        """Returns what ``leapscore inspect --json`` says: name, uid, sha256, nodes, inputs, outputs, warnings, and the query that the model needs."""
        return json.loads(json.dumps(self._inspection))

    @property
    def pid(self) -> Optional[int]:
        """The process, or None while there is none."""
        return self._stream.pid

    @property
    def name(self) -> str:
        """The name of the bundle."""
        return str(self._inspection.get("name", ""))

    def __repr__(self) -> str:
        inputs, results = len(self.schema.inputs), ", ".join(c.name for c in self.schema.final)
        return f"<leapscore.Model {self.name!r} of {self.path!r}: {inputs} input{'s' * (inputs != 1)}, adds {results or 'nothing'}>"

    def _repr_html_(self) -> str:
        from .drawing import drawing

        return drawing(self._inspection)

    @overload
    def predict(
        self,
        data: Frame,
        *,
        outputs: Optional[Names] = ...,
        keep: Optional[Names] = ...,
        map: Optional[Mapping[str, str]] = ...,
        input_default: Optional[Mapping[str, Any]] = ...,
        rename: Optional[Mapping[str, str]] = ...,
        cast: Optional[Literal["widen", "mleap"]] = ...,
        vectors: Optional[Literal["list", "columns", "udt", "sparse"]] = ...,
        on_error: OnError = ...,
        error_column: Optional[str] = ...,
    ) -> Frame: ...
    @overload
    def predict(self, data: Sequence[Mapping[str, Any]], *, on_error: OnError = ..., **options: Any) -> list[dict[str, Any]]: ...
    @overload
    def predict(self, data: Mapping[str, Any], *, on_error: OnError = ..., **options: Any) -> Optional[dict[str, Any]]: ...

    def predict(self, data: Any, *, on_error: OnError = "raise", **options: Any) -> Any:
        """Scores rows, and returns them as the kind of data that came.

        Args:
            data: a ``Table``, ``RecordBatch`` or ``RecordBatchReader`` of pyarrow, a ``DataFrame`` of pandas or polars,
                a ``LazyFrame`` of polars, a list of dicts, or one dict. A reader gives a reader, and a LazyFrame
                a LazyFrame: rows are scored as they are read. The index of pandas stays. NaN is null in pandas.
            outputs: ``"final"`` (default), ``"all"``, or names of columns that the pipeline adds.
            keep: ``"extra"`` (default: columns that the model does not read), ``"all"``, ``"none"``, or names.
            map: columns for inputs of other names, ``{"input": "column"}``.
            input_default: values of inputs that the data lacks, ``{"bathrooms": 1}``.
            rename: other names for columns of the result, ``{"from": "to"}``.
            cast: ``"widen"`` (default: only lossless conversions) or ``"mleap"`` (all that MLeap makes).
            vectors: ``"list"`` (default), ``"columns"``, ``"udt"`` or ``"sparse"``.
            on_error: for rows that the model refuses:

                - ``"raise"``: an error for the first one;
                - ``"column"``: their outputs are null, and a last column ``_error`` has code, message, node, op and column;
                - ``"null"``: their outputs are null;
                - ``"drop"``: they are left out.

                Rows that the model leaves out by its own rule (``handle_invalid`` is skip) are left out by
                "raise" and "drop", and are bad rows to the others.
            error_column: another name for ``_error``.

        Returns:
            The kept columns, then the outputs: n rows for n rows, in their order, unless some are left out.
            Of one dict that is left out, None.

        Raises:
            BadRowError: ``row`` (from 0), ``code``, ``node``, ``op`` and ``column`` say which row and why.
            ContractError: the data does not fit the model; ``column`` says where.
            UsageError: an option is wrong, such as an output that does not exist.
            Crashed: the process died. The next call starts another one.
            TypeError: the data is of another kind.
        """
        if on_error not in ("raise", "column", "null", "drop"):
            raise ValueError(f"on_error {on_error!r}: want raise, column, null or drop")
        if isinstance(data, pa.RecordBatchReader):
            return self._read(data, on_error, options)
        if _is_lazy(data):
            from .lazy import lazily

            return lazily(self, data, on_error, options)
        return self._score(data_of(data), on_error, options)

    def _score(self, data: Data, on_error: OnError, options: Mapping[str, Any]) -> Any:
        table = data.needed(self._wanted(options))
        plan = self._plan(data.names, table.schema, options)
        answers: list[pa.RecordBatch] = []
        masks: list[Any] = []
        first = 0
        for answer in plan.answers(table):
            bad = _bad(answer, first, on_error)
            first += answer.num_rows
            masks.append(bad)
            answers.append(plan.without_bad(answer, bad, on_error))
        good = None
        if on_error in ("raise", "drop") and any(m is not None for m in masks):
            import pyarrow.compute as pc

            sizes = [b.num_rows for b in _pieces(table)]
            good = pa.chunked_array([pa.array([True] * n) if m is None else pc.invert(m) for m, n in zip(masks, sizes)]).combine_chunks()
            if isinstance(good, pa.ChunkedArray):
                good = good.chunk(0)
        return data.joined(pa.Table.from_batches(answers, plan.schema(on_error)), plan.kept, good)

    def _wanted(self, options: Mapping[str, Any]) -> dict[str, Optional[pa.DataType]]:
        """Returns the columns that the model reads, by their names in the data."""
        mapped: Mapping[str, str] = options.get("map") or self.flags.get("map") or {}
        return {mapped.get(name, name): kind for name, kind in self._targets.items()}

    def _plan(self, names: Sequence[str], schema: pa.Schema, options: Mapping[str, Any], stream: Optional[Stream] = None) -> _Plan:
        key = (tuple(names), schema.remove_metadata(), json.dumps(options, sort_keys=True, default=_flags.words))
        plan = self._plans.get(key) if stream is None else None
        if plan is None:
            plan = _Plan.of(stream or self._stream, names, schema, options, {c.name for c in self.schema.outputs})
            if stream is None:
                self._plans[key] = plan
                while len(self._plans) > PLANS:
                    self._plans.popitem(last=False)
        return plan

    def _read(self, reader: pa.RecordBatchReader, on_error: OnError, options: Mapping[str, Any]) -> pa.RecordBatchReader:
        """Scores batches as they are read, by a process of its own: meanwhile others may use that of the model."""
        empty = data_of(pa.Table.from_batches([], reader.schema))
        wanted = self._wanted(options)
        schema = empty.needed(wanted).schema
        plan = self._plan(empty.names, schema, options)
        result = empty.joined(pa.Table.from_batches([], plan.schema(on_error)), plan.kept, None)

        def batches() -> Iterator[pa.RecordBatch]:
            with Stream(self.path, **self.flags) as stream:
                own = self._plan(empty.names, schema, options, stream)
                pieces: list[pa.RecordBatch] = []  # that are not answered yet

                def sent() -> Iterator[pa.RecordBatch]:
                    for batch in reader:
                        for piece in _cut(batch):
                            pieces.append(piece)
                            yield data_of(piece).needed(wanted).to_batches()[0] if piece.num_rows else _no_rows(schema)

                first = 0
                for answer in own.scorer.score_all(sent()):
                    piece = pieces.pop(0)
                    bad = _bad(answer, first, on_error)
                    first += answer.num_rows
                    good = None if bad is None or on_error not in ("raise", "drop") else _inverted(bad)
                    table = pa.Table.from_batches([own.without_bad(answer, bad, on_error)])
                    yield data_of(piece).joined(table, own.kept, good)

        return pa.RecordBatchReader.from_batches(result.schema, batches())


@dataclass
class _Plan:
    """How data of some columns is scored: what is sent, and what becomes of the answer."""

    scorer: Scorer
    kept: Kept
    outputs: int  # columns of the answer before that of the errors

    @classmethod
    def of(cls, stream: Stream, names: Sequence[str], schema: pa.Schema, options: Mapping[str, Any], added: set[str]) -> _Plan:
        # The process says what it would keep of all columns, and refuses names that clash.
        # Only those that the model reads are sent: the others are here already.
        stand_in = pa.int8()
        columns = {**dict.fromkeys(names, stand_in), **{f.name: f.type for f in schema if f.name in names or f.name != "_"}}
        whole = stream.open(pa.schema(list(columns.items())), **{**options, "on_error": "column"}).schema.names
        renamed: Mapping[str, str] = options.get("rename") or stream.flags.get("rename") or {}
        of_outputs = {old: new for old, new in renamed.items() if old not in names or old in added}
        keep = "none" if added else "all"  # an answer has a column at least
        scorer = stream.open(schema, **{**options, "keep": keep, "rename": of_outputs, "on_error": "column"})
        outputs = len(scorer.schema) - 1 if added else 0
        sources = {new: old for old, new in renamed.items() if old in names}
        kept = [(name, sources.get(name, name)) for name in whole[: len(whole) - outputs - 1]]
        return cls(scorer, kept, outputs)

    def schema(self, on_error: OnError) -> pa.Schema:
        """Returns the schema of the answers, as they are joined."""
        fields = list(self.scorer.schema)
        return pa.schema([*fields[: self.outputs], *(fields[-1:] if on_error == "column" else ())])

    def answers(self, table: pa.Table) -> Iterable[pa.RecordBatch]:
        pieces = _pieces(table)
        if len(pieces) == 1:
            return [self.scorer.score(pieces[0])]
        return self.scorer.score_all(pieces)

    def without_bad(self, answer: pa.RecordBatch, bad: Any, on_error: OnError) -> pa.RecordBatch:
        """Returns an answer whose bad rows are null or left out, and whose errors are shown only as a column."""
        if bad is not None and on_error in ("raise", "drop"):
            answer = answer.filter(_inverted(bad))
        columns = [*answer.columns[: self.outputs], *(answer.columns[-1:] if on_error == "column" else ())]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema(on_error))


def _bad(answer: pa.RecordBatch, first: int, on_error: OnError) -> Any:
    """Returns a mask of the bad rows of an answer, or None if there are none.

    Raises:
        BadRowError: there is one, if that is wanted.
        RunError: the batch failed as a whole.
    """
    errors = answer.columns[-1]
    if errors.null_count == answer.num_rows:
        return None
    for row, why in enumerate(errors.to_pylist()):
        if why is None or on_error == "column":
            continue
        if why["code"] == "failed":
            raise RunError(f"rows {first} to {first + answer.num_rows - 1}: {why['message']}", code="failed", exit_code=1)
        if on_error == "raise" and why["code"] != SKIPPED:
            raise _bad_row(first + row, why)
    return errors.is_valid()


def _bad_row(row: int, why: Mapping[str, Any]) -> BadRowError:
    message = f"row {row}"
    if why["node"]:
        message += f": node {why['node']} ({why['op']})"
    if why["column"]:
        message += f": column {json.dumps(why['column'])}"
    message += f": {why['message']} [{why['code']}]"
    return BadRowError(message, code=why["code"], exit_code=1, row=row, node=why["node"], op=why["op"], column=why["column"])


def _inverted(mask: Any) -> Any:
    import pyarrow.compute as pc

    return pc.invert(mask)


def _pieces(table: pa.Table) -> list[pa.RecordBatch]:
    """Cuts a table into batches, in its order: large enough that messages cost little, small enough that several are scored at once."""
    if table.num_rows == 0:
        return [_no_rows(table.schema)]
    chunks = max((c.num_chunks for c in table.columns), default=1)
    if chunks > 1 and table.num_rows // chunks < 4096:
        table = table.combine_chunks()
    return table.to_batches(max_chunksize=_rows(table.nbytes, table.num_rows))


def _cut(batch: pa.RecordBatch) -> list[pa.RecordBatch]:
    rows = _rows(batch.nbytes, batch.num_rows)
    return [batch.slice(at, rows) for at in range(0, batch.num_rows, rows)] or [batch]


def _rows(size: int, rows: int) -> int:
    return max(1, min(BATCH_ROWS, BATCH_BYTES * max(rows, 1) // max(size, 1)))


def _no_rows(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], f.type) for f in schema], schema=schema)


def _is_lazy(data: Any) -> bool:
    return type(data).__name__ == "LazyFrame" and type(data).__module__.split(".")[0] == "polars"


def _warning(said: Mapping[str, Any]) -> str:
    return f"node {said['node']} ({said['op']}): {said['detail']}"


def _model_again(path: str, flags: dict[str, Any], inspection: dict[str, Any]) -> Model:
    model = Model.__new__(Model)
    model.path, model.flags = path, flags
    model._stream, model._plans, model._inspection = Stream(path, **flags), OrderedDict(), inspection  # pyright: ignore[reportPrivateUsage]
    model._prepare()  # pyright: ignore[reportPrivateUsage]
    return model


