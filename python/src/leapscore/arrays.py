"""The kinds of blocks that engines have, as Arrow tables and back."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

import pyarrow as pa

from .errors import UsageError

Kept = Sequence[tuple[str, str]]  # names in the block, names in the answer


class Block(Protocol):
    """A block of one kind."""

    def schema(self) -> pa.Schema:
        """The types of all columns."""
        ...

    def table(self, names: Sequence[str]) -> pa.Table:
        """Some of the columns, of types that every reader of Arrow knows."""
        ...

    def joined(self, kept: Kept, outputs: pa.Table) -> Any:
        """Columns of the block, and the outputs, as a block of this kind."""
        ...


def block(data: Any) -> Block:
    """Returns the block that data is.

    Raises:
        UsageError: data is of no kind that is known.
    """
    if isinstance(data, (pa.Table, pa.RecordBatch)):
        return ArrowBlock(data)
    if isinstance(data, Mapping):
        return NumpyBlock(cast("Mapping[str, Any]", data))
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(data, pandas.DataFrame):
        return PandasBlock(data)
    raise UsageError(f"a block is a {type(data).__module__}.{type(data).__name__}: want a pyarrow.Table, a pandas.DataFrame or a dict of NumPy arrays")


class ArrowBlock:
    """A table or a record batch."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def schema(self) -> pa.Schema:
        return plain_schema(self._data.schema)

    def table(self, names: Sequence[str]) -> pa.Table:
        return pa.table({name: plain(self._data.column(name)) for name in names})

    def joined(self, kept: Kept, outputs: pa.Table) -> Any:
        fields = [self._data.schema.field(old).with_name(new) for old, new in kept]
        columns = [self._data.column(old) for old, _ in kept]
        schema = pa.schema([*fields, *outputs.schema])
        table = pa.table([*columns, *outputs.columns], schema=schema)
        return table if isinstance(self._data, pa.Table) else table.combine_chunks().to_batches()[0]


class PandasBlock:
    """A frame. The answer has its index."""

    def __init__(self, data: Any) -> None:
        odd = [name for name in data.columns if not isinstance(name, str)]
        if odd:
            raise UsageError(f"the frame has columns whose names are no text, such as {odd[0]!r}: rename them")
        if not data.columns.is_unique:
            raise UsageError(f"the frame has two columns {data.columns[data.columns.duplicated()][0]!r}: rename one")
        self._data = data

    def schema(self) -> pa.Schema:
        return plain_schema(pa.schema([(name, _type(self._data[name])) for name in self._data.columns]))

    def table(self, names: Sequence[str]) -> pa.Table:
        return pa.table({name: plain(_from_pandas(self._data[name])) for name in names})

    def joined(self, kept: Kept, outputs: pa.Table) -> Any:
        import pandas

        arrow = any(isinstance(kind, pandas.ArrowDtype) for kind in self._data.dtypes)
        frame = outputs.to_pandas(types_mapper=pandas.ArrowDtype if arrow else _nullable)
        answer = self._data[[old for old, _ in kept]].set_axis([new for _, new in kept], axis="columns")
        for name in frame.columns:
            answer[name] = frame[name].array  # by position: an index may hold a value twice
        return answer


class NumpyBlock:
    """A dict of arrays of the same length. The first axis of each is the rows."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    def schema(self) -> pa.Schema:
        return pa.schema([(name, _numpy_type(values)) for name, values in self._data.items()])

    def table(self, names: Sequence[str]) -> pa.Table:
        return pa.table({name: _from_numpy(self._data[name]) for name in names})

    def joined(self, kept: Kept, outputs: pa.Table) -> Any:
        answer = {new: self._data[old] for old, new in kept}
        for name, column in zip(outputs.column_names, outputs.columns):
            answer[name] = column.to_numpy()
        return answer


def plain_schema(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_type(_storage(field.type)) for field in schema])


def plain(column: Any) -> Any:
    """A column whose type is no extension, such as the tensors of Ray."""
    if not isinstance(column.type, pa.BaseExtensionType):
        return column
    if isinstance(column, pa.ChunkedArray):
        return pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    return column.storage


def _storage(kind: pa.DataType) -> pa.DataType:
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind


def _type(series: Any) -> pa.DataType:
    """The type of a column of a frame. That of Python objects shows in its values only, so it is left open."""
    if series.dtype == object:
        return pa.null()
    return _from_pandas(series.iloc[:0]).type


def _from_pandas(series: Any) -> Any:
    try:
        return pa.array(series)  # NaN is null, as pandas means it
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise UsageError(f"column {series.name!r} is no Arrow column: {error}", column=series.name) from error


def _nullable(kind: pa.DataType) -> Any:
    """The types of pandas that have nulls, so that a column has one type in all blocks."""
    import pandas

    known = {
        pa.bool_(): pandas.BooleanDtype(),
        pa.int8(): pandas.Int8Dtype(),
        pa.int16(): pandas.Int16Dtype(),
        pa.int32(): pandas.Int32Dtype(),
        pa.int64(): pandas.Int64Dtype(),
    }
    return known.get(kind)


def _numpy_type(values: Any) -> pa.DataType:
    return pa.null() if values.dtype == object else _from_numpy(values[:0]).type


def _from_numpy(values: Any) -> pa.Array:
    """An array whose further axes are lists."""
    if values.dtype == object:
        return pa.array(list(values), from_pandas=True)
    column = pa.array(values.reshape(-1))
    for length in reversed(values.shape[1:]):
        column = pa.FixedSizeListArray.from_arrays(column, length)
    return column
