"""The kinds of data that a model scores. Each gives the columns that the model reads, and joins the answer to the columns that are kept."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Optional, cast

import pyarrow as pa

from .values import array_of, present, readable_column
from .errors import UsageError

__all__ = ["Data", "Kept", "data_of"]

Kept = Sequence[tuple[str, str]]
"""Columns that are kept: their names in the result, and in the data."""

Wanted = Mapping[str, Optional[pa.DataType]]
"""The columns that the model reads, with the types that it wants."""


class Data:
    """Data of some kind. ``names`` are its columns, ``rows`` how many rows it has."""

    names: Sequence[str]
    rows: int

    def needed(self, wanted: Wanted) -> pa.Table:
        """Returns the columns that are wanted, as far as they are there, as the process reads them."""
        raise NotImplementedError

    def joined(self, answer: pa.Table, kept: Kept, good: Any) -> Any:
        """Returns columns of the data, and the answer, as the kind that it is.

        ``good`` is a mask of the rows that are kept, or None for all; the
        answer has the rows of the mask only.
        """
        raise NotImplementedError


class _Table(Data):
    """A table of pyarrow."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.names = table.column_names
        self.rows = table.num_rows

    def needed(self, wanted: Wanted) -> pa.Table:
        _once(self.names, wanted)
        names = [n for n in self.names if n in wanted]
        columns = [readable_column(self._table.column(n), n) for n in names]
        return _table(columns, names, self.rows)

    def joined(self, answer: pa.Table, kept: Kept, good: Any) -> Any:
        table = self._table.select([source for _, source in kept])
        if good is not None:
            table = table.filter(good)
        fields = [f.with_name(name) for f, (name, _) in zip(table.schema, kept)]
        schema = pa.schema([*fields, *answer.schema], self._table.schema.metadata)
        return pa.Table.from_arrays([*table.columns, *answer.columns], schema=schema)


class _Batch(_Table):
    """A record batch."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        super().__init__(pa.Table.from_batches([batch]))

    def joined(self, answer: pa.Table, kept: Kept, good: Any) -> Any:
        table = super().joined(answer, kept, good)
        arrays = [c.combine_chunks() if c.num_chunks != 1 else c.chunk(0) for c in table.columns]
        return pa.RecordBatch.from_arrays(arrays, schema=table.schema)


class _Pandas(Data):
    """A DataFrame of pandas. NaN is a missing value there, as when the frame is written to Parquet."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self.names = [str(c) for c in frame.columns]
        self.rows = len(frame)

    def needed(self, wanted: Wanted) -> pa.Table:
        _once(self.names, wanted)
        names = [n for n in self.names if n in wanted]
        return _table([self._array(n, wanted[n]) for n in names], names, self.rows)

    def _array(self, name: str, wanted: Optional[pa.DataType]) -> Any:
        series = self._frame.iloc[:, self.names.index(name)]
        if series.dtype == object:
            # NaN stays what it is within a list.
            values = [None if missing else value for value, missing in zip(series, series.isna())]
            return readable_column(array_of(values, name, wanted), name)
        if hasattr(series, "sparse") and type(series.dtype).__name__ == "SparseDtype":
            series = series.sparse.to_dense()
        return readable_column(pa.array(series, from_pandas=True), name)

    def joined(self, answer: pa.Table, kept: Kept, good: Any) -> Any:
        import pandas

        pd: Any = pandas
        _once(self.names, [source for _, source in kept])
        frame = self._frame.iloc[:, [self.names.index(source) for _, source in kept]]
        if good is not None:
            frame = frame[good.to_numpy(zero_copy_only=False)]
        renamed = [name if name != source else label for (name, source), label in zip(kept, frame.columns)]
        added = pd.DataFrame({i: _series(pd, c) for i, c in enumerate(answer.columns)}, index=pd.RangeIndex(answer.num_rows))
        added.index = frame.index
        result = pd.concat([frame, added], axis=1)
        result.columns = pd.Index([*renamed, *answer.column_names], dtype=None if renamed else "object")
        return result


def _series(pd: Any, column: pa.ChunkedArray) -> Any:
    """Returns a Series whose integers and booleans stay such where there are nulls."""
    nullable = {
        pa.int8(): "Int8Dtype",
        pa.int16(): "Int16Dtype",
        pa.int32(): "Int32Dtype",
        pa.int64(): "Int64Dtype",
        pa.bool_(): "BooleanDtype",
    }
    name = nullable.get(column.type) if column.null_count else None
    if name is not None:
        return pd.Series(pd.array(column.to_pylist(), dtype=getattr(pd, name)()))
    return column.to_pandas()


class _Polars(Data):
    """A DataFrame of polars."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self.names = list(frame.columns)
        self.rows = int(frame.height)

    def needed(self, wanted: Wanted) -> pa.Table:
        names = [n for n in self.names if n in wanted]
        table = self._frame.select(names).to_arrow()
        return _table([readable_column(table.column(n), n) for n in names], names, self.rows)

    def joined(self, answer: pa.Table, kept: Kept, good: Any) -> Any:
        import polars

        pl: Any = polars
        frame = self._frame.select([source for _, source in kept])
        if good is not None:
            frame = frame.filter(pl.from_arrow(good))
        frame.columns = [name for name, _ in kept]
        added = pl.from_arrow(answer)
        return added if not kept else frame.hstack(added)


class _Rows(Data):
    """A list of dicts. Its values are kept as they are."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for at, row in enumerate(rows):
            if not isinstance(row, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"a list of dicts is wanted, and element {at} is a {type(row).__name__}")
        self._rows = rows
        self.rows = len(rows)
        self.names = list(dict.fromkeys(str(name) for row in rows for name in row)) if len(rows) != 1 else [str(n) for n in rows[0]]

    def needed(self, wanted: Wanted) -> pa.Table:
        if not self.rows:  # no row says which columns there are
            return _table([pa.array([], kind or pa.null()) for kind in wanted.values()], list(wanted), 0)
        names = [n for n in self.names if n in wanted]
        columns = [array_of(present((row.get(n) for row in self._rows), wanted[n]), n, wanted[n]) for n in names]
        return _table(columns, names, self.rows)

    def joined(self, answer: pa.Table, kept: Kept, good: Any) -> Any:
        rows = self._rows if good is None else [row for row, keep in zip(self._rows, good.to_pylist()) if keep]
        answers: list[dict[str, Any]] = answer.to_pylist() or [{} for _ in rows]  # without columns there are no rows
        found: list[dict[str, Any]] = []
        for row, added in zip(rows, answers):
            found.append({**{name: row[source] for name, source in kept if source in row}, **added})
        return found


class _Row(_Rows):
    """One dict."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        super().__init__([row])

    def joined(self, answer: pa.Table, kept: Kept, good: Any) -> Any:
        rows = super().joined(answer, kept, good)
        return rows[0] if rows else None


def data_of(data: Any) -> Data:
    """Returns the data of a table, record batch, frame, list of dicts, or dict.

    Raises:
        TypeError: it is of another kind.
    """
    if isinstance(data, Data):
        return data
    if isinstance(data, pa.Table):
        return _Table(data)
    if isinstance(data, pa.RecordBatch):
        return _Batch(data)
    if isinstance(data, Mapping):
        return _Row(cast("Mapping[str, Any]", data))
    if isinstance(data, (list, tuple)):
        return _Rows(cast("Sequence[Mapping[str, Any]]", data))
    for module, kind in (("pandas", _Pandas), ("polars", _Polars)):
        loaded: Any = sys.modules.get(module)  # what is not imported has made no frame
        if loaded is not None and isinstance(data, loaded.DataFrame):
            return kind(data)
    raise TypeError(
        f"a {type(data).__module__}.{type(data).__name__} cannot be scored: want a Table, RecordBatch or RecordBatchReader of pyarrow, "
        "a DataFrame of pandas or polars, a LazyFrame of polars, a list of dicts, or a dict"
    )


def _table(columns: Sequence[Any], names: Sequence[str], rows: int) -> pa.Table:
    """Returns a table of columns; without any, one that has the rows nevertheless."""
    if columns:
        return pa.Table.from_arrays(columns, names=list(names))
    return pa.Table.from_arrays([pa.array([None] * rows, pa.null())], names=["_"])


def _once(names: Sequence[str], wanted: Any) -> None:
    """Refuses columns that are wanted and there twice: nothing says which is meant."""
    for name in wanted:
        if sum(n == name for n in names) > 1:
            raise UsageError(f"the data has {sum(n == name for n in names)} columns of the name {name!r}: rename or remove all but one", column=name, exit_code=2)
