"""Scores the blocks of engines: Arrow tables, pandas frames and dicts of NumPy arrays, each answered in its kind.

Only the columns that the model reads go to the process. The kept columns of
an answer are those of the block itself: their types, whatever they are, stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, Union

import pyarrow as pa
import pyarrow.compute as pc

from . import arrays
from .client import Scorer, Stream
from .errors import BadRowError, Crashed, UsageError
from .parcel import Parcel

#: Columns as one name, a word such as ``final`` or ``extra``, or several names.
Columns = Union[str, Sequence[str], None]

ROWS = 65_536  # of a batch on the wire
FORMS = 64  # schemas whose plans are kept: types may change from block to block
ATTEMPTS = 3  # of a block whose process dies: a host that is short of memory kills twice in a row

_T = TypeVar("_T")


@dataclass(frozen=True)
class Request:
    """How blocks are scored: the arguments of a scorer, as they travel to workers.

    Attributes:
        model: a path or URL on the machine that scores, or the bundle itself.
        outputs, keep: as ``--outputs`` and ``--keep`` have them.
        on_error: ``fail`` raises for the first bad row, ``column`` adds the column ``_error``.
        rename: new names, by the names of kept columns and outputs.
        flags: other flags of ``leapscore stream``, such as ``cast`` and ``memory``.
    """

    model: Union[str, Parcel]
    outputs: Columns = None
    keep: Columns = None
    on_error: str = "fail"
    rename: Mapping[str, str] = field(default_factory=lambda: {})
    flags: Mapping[str, Any] = field(default_factory=lambda: {})

    def __post_init__(self) -> None:
        if self.on_error not in ("fail", "column"):
            raise UsageError(f"on_error {self.on_error!r}: want 'fail', which raises for the first bad row, or 'column', which adds a column of errors")

    def of(self, model: Union[str, Parcel]) -> Request:
        """The same request of another model."""
        return replace(self, model=model)


@dataclass(frozen=True)
class Plan:
    """What is sent and what comes back for blocks of one schema.

    Attributes:
        sent: the columns that the model reads.
        kept: the kept columns: their names in the block, and in the answer.
        outputs: the schema of the outputs, with the column of errors if it was asked for.
        answer: the schema of the whole answer.
    """

    sent: Sequence[str]
    kept: Sequence[tuple[str, str]]
    outputs: pa.Schema
    answer: pa.Schema


class BlockScorer:
    """Scores blocks by one process, which is kept until ``close``, and started again if it dies.

    Safe for threads; calls wait for each other.
    """

    def __init__(self, request: Request, workers: int) -> None:
        model = request.model
        path = model.unpack() if isinstance(model, Parcel) else model
        self._request = request
        self._stream = Stream(path, workers=workers, **request.flags)
        self._plans: dict[pa.Schema, Plan] = {}
        self._scorers: dict[pa.Schema, Scorer] = {}

    def close(self) -> None:
        self._stream.close()

    def plan(self, schema: pa.Schema) -> Plan:
        """Returns the plan for blocks of a schema.

        Raises:
            ContractError: a column is missing, or has a type that does not fit.
            UsageError: an output or a column to keep is not there.
        """
        schema = schema.remove_metadata()
        if schema not in self._plans:
            if len(self._plans) >= FORMS:
                self._plans.clear()
            self._plans[schema] = _again(lambda: self._plan(schema))
        return self._plans[schema]

    def plan_of(self, block: Any) -> Plan:
        """Returns the plan for blocks such as this one."""
        return self.plan(arrays.block(block).schema())

    def score(self, block: Any) -> Any:
        """Returns the kept columns and the outputs of a block, in its kind and with as many rows.

        Raises:
            BadRowError: a row is refused and on_error is ``fail``; its ``row`` counts from 0 in the block.
            ContractError: block and model do not fit.
            Crashed: the process died three times over this block.
        """
        kind = arrays.block(block)
        plan = self.plan(kind.schema())
        table = kind.table(plan.sent)
        return kind.joined(plan.kept, _again(lambda: self._answer(table, plan)))

    def _plan(self, schema: pa.Schema) -> Plan:
        """Asks the process, since only it knows which columns the model reads, and which names clash."""
        request = self._request
        answer = self._ask(schema, keep=request.keep, rename=dict(request.rename) or None)
        outputs = len(self._ask(schema, keep="none"))
        old_names = {new: old for old, new in request.rename.items()}
        kept = [(old_names.get(name, name), name) for name in answer.names[:-outputs]]
        errors = 1 if request.on_error == "column" else 0
        scored = list(answer)[-outputs:][: outputs - 1 + errors]
        fields = [schema.field(old).with_name(new) for old, new in kept]
        return Plan(self._read_by_model(schema, outputs), kept, pa.schema(scored), pa.schema(fields + scored))

    def _read_by_model(self, schema: pa.Schema, outputs: int) -> Sequence[str]:
        """The columns that are not extra. One is sent in any case: it has the number of rows."""
        try:
            extra = set(self._ask(schema, keep="extra").names[:-outputs])
        except UsageError:  # an extra column has the name of an output
            return schema.names
        return [name for name in schema.names if name not in extra] or schema.names[:1]

    def _ask(self, schema: pa.Schema, **options: Any) -> pa.Schema:
        return self._open(schema, options).schema.remove_metadata()

    def _answer(self, table: pa.Table, plan: Plan) -> pa.Table:
        """The outputs of a table, and the error of each row if it was asked for."""
        if table.schema not in self._scorers:
            if len(self._scorers) >= FORMS:
                self._scorers.clear()
            self._scorers[table.schema] = self._open(table.schema, {"keep": "none"})
        scorer = self._scorers[table.schema]
        batches = list(scorer.score_all(table.to_batches(max_chunksize=ROWS)))
        answer = pa.Table.from_batches(batches, scorer.schema)
        if self._request.on_error == "fail":
            _raise_first(answer.column(answer.num_columns - 1))
        return pa.table(answer.columns[: len(plan.outputs)], schema=plan.outputs)

    def _open(self, schema: pa.Schema, options: Mapping[str, Any]) -> Scorer:
        given = {"outputs": self._request.outputs, **options, "on_error": "column"}
        return self._stream.open(schema, **{name: value for name, value in given.items() if value is not None})


def _raise_first(errors: pa.ChunkedArray) -> None:
    """Raises for the first row that has an error."""
    if errors.null_count == len(errors):
        return
    row = pc.index(errors.is_valid(), True).as_py()
    error = errors.slice(row, 1).to_pylist()[0]
    message = f"row {row} of a block: {error['message']} ({error['code']})"
    raise BadRowError(message, code=error["code"], row=row, node=error["node"], op=error["op"], column=error["column"])


def _again(do: Callable[[], _T]) -> _T:
    """Does it again if the process died: the same rows have the same answer."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return do()
        except Crashed:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")
