"""Scores the blocks of engines: what ``Model.predict`` takes, and dicts of NumPy arrays. Each is answered in its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Optional, TypeVar, Union, cast

import pyarrow as pa

from .errors import Crashed, UsageError
from .kinds import Data, Kept, Wanted
from .model import Model
from .parcel import Parcel
from .values import array_of, present, readable_column

__all__ = ["ATTEMPTS", "BlockScorer"]

ATTEMPTS = 3
"""How often a block is scored whose process dies. A machine that is short of memory may kill twice in a row."""

_T = TypeVar("_T")


class BlockScorer:
    """Scores blocks by one process, which is kept until ``close``, and started again if it dies.

    Safe for threads; calls wait for each other.

    Args:
        model: a path or URL on this machine, or the bundle itself.
        workers: threads of the process.
        on_error: as of ``Model.predict``.
        flags: as of ``leapscore.load``.
    """

    def __init__(self, model: Union[str, Parcel], workers: int, on_error: str = "raise", **flags: Any) -> None:
        if on_error not in ("raise", "column", "null", "drop"):
            raise UsageError(f"on_error {on_error!r}: want raise, column, null or drop", exit_code=2)
        path = model.unpack() if isinstance(model, Parcel) else model
        self._on_error: Any = on_error
        self._model = Model(path, workers=workers, **flags)
        mapped: Mapping[str, str] = flags.get("map") or {}
        self.renamed: Mapping[str, str] = flags.get("rename") or {}
        #: The columns that the model reads.
        self.read = {mapped.get(c.name, c.name) for c in self._model.schema.inputs}

    def close(self) -> None:
        self._model.close()

    def score(self, block: Any) -> Any:
        """Returns the answer of ``Model.predict`` to a block. A block whose process dies is scored again: it has the same answer.

        Raises:
            BadRowError: a row is refused and on_error is ``raise``; its ``row`` counts from 0 in the block.
            ContractError: block and model do not fit.
            Crashed: the process died three times over this block.
        """
        if isinstance(block, Mapping):
            block = Arrays(cast("Mapping[str, Any]", block))
        elif isinstance(block, pa.Table):
            block = self._without_tensors(block)
        return _again(lambda: self._model.predict(block, on_error=self._on_error))

    def answer_schema(self, schema: pa.Schema) -> pa.Schema:
        """Returns the schema of the answers to tables of a schema."""
        return self.score(schema.empty_table()).schema

    def _without_tensors(self, table: pa.Table) -> pa.Table:
        """Tensors of Ray that the model reads become the lists that they are stored as. Others are kept."""
        for at, field in enumerate(table.schema):
            if field.name in self.read and isinstance(field.type, pa.BaseExtensionType) and type(field.type).__name__.startswith("ArrowTensorType"):
                stored = pa.chunked_array([chunk.storage for chunk in table.column(at).chunks], field.type.storage_type)
                table = table.set_column(at, field.name, stored)
        return table


class Arrays(Data):
    """A dict of NumPy arrays. The first axis of each is the rows, further ones are lists."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self._arrays = arrays
        self.names = list(arrays)
        self.rows = max((len(values) for values in arrays.values()), default=0)

    def needed(self, wanted: Wanted) -> pa.Table:
        names = [name for name in self.names if name in wanted]
        if not names:
            return pa.table({"_": pa.nulls(self.rows)})
        return pa.table({name: readable_column(_column(self._arrays[name], name, wanted[name]), name) for name in names})

    def joined(self, answer: pa.Table, kept: Kept, good: Any) -> dict[str, Any]:
        mask: Any = slice(None) if good is None else good.to_numpy(zero_copy_only=False)
        found = {name: self._arrays[source][mask] for name, source in kept}
        for name, column in zip(answer.column_names, answer.columns):
            found[name] = column.to_numpy()
        return found


def _column(values: Any, name: str, wanted: Optional[pa.DataType]) -> Any:
    if values.dtype == object:
        return array_of(present(values, wanted), name, wanted)
    column = array_of(values.reshape(-1), name, None)
    for length in reversed(values.shape[1:]):
        column = pa.FixedSizeListArray.from_arrays(column, length)
    return column


def _again(do: Callable[[], _T]) -> _T:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return do()
        except Crashed:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")
