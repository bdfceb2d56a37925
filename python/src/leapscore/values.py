"""Makes Arrow arrays of what is in tables, frames and dicts, in types that the process reads."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Optional, Union, cast

import pyarrow as pa

from .errors import ContractError
from .schema import Column

__all__ = ["array_of", "present", "readable", "readable_column", "target"]

_BASES = {
    "boolean": pa.bool_(),
    "byte": pa.int8(),
    "short": pa.int16(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
    "byte_string": pa.binary(),
}
_SPARSE = pa.struct([("size", pa.int32()), ("indices", pa.list_(pa.int32())), ("values", pa.list_(pa.float64()))])
_ERRORS = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, TypeError, ValueError)


def target(column: Column) -> Optional[pa.DataType]:
    """Returns the Arrow type of a column of a model, or None if values must speak for themselves."""
    base = _BASES.get(column.base)
    if base is None or column.kind == "map" or (column.shape is not None and len(column.shape) > 1):
        return None
    return base if column.kind == "scalar" else pa.list_(base)


def readable(kind: pa.DataType) -> pa.DataType:
    """Returns the type in which the process reads values of a type. Most are read as they are."""
    t = pa.types
    if t.is_dictionary(kind) or t.is_run_end_encoded(kind):
        return readable(kind.value_type)
    if isinstance(kind, pa.FixedShapeTensorType):
        return readable(kind.storage_type)
    if t.is_string_view(kind):
        return pa.large_string()
    if t.is_binary_view(kind):
        return pa.large_binary()
    if getattr(t, "is_decimal32", _never)(kind) or getattr(t, "is_decimal64", _never)(kind):
        return pa.decimal128(kind.precision, kind.scale)
    if t.is_list_view(kind) or t.is_large_list_view(kind):
        return pa.large_list(readable(kind.value_type))
    if t.is_large_list(kind):
        return pa.large_list(readable(kind.value_type))
    if t.is_list(kind):
        return pa.list_(readable(kind.value_type))
    if t.is_fixed_size_list(kind):
        return pa.list_(readable(kind.value_type), kind.list_size)
    return kind


def _never(_: Any) -> bool:
    return False


def readable_column(column: Any, name: str) -> Any:
    """Returns an array or a chunked array in a type that the process reads.

    Raises:
        ContractError: it cannot be converted.
    """
    if isinstance(column.type, pa.BaseExtensionType) and not isinstance(column.type, pa.FixedShapeTensorType):
        # Its values would be read as those that it is stored as, such as the numbers of periods.
        raise ContractError(f"input column {name!r} is {column.type}, which no model reads: convert it first", column=name, code="wrong_type", exit_code=4)
    kind = readable(column.type)
    if kind.equals(column.type):
        return column
    if isinstance(column.type, pa.FixedShapeTensorType):
        stored = pa.chunked_array([c.storage for c in column.chunks], column.type.storage_type) if isinstance(column, pa.ChunkedArray) else column.storage
        return readable_column(stored, name)
    try:
        if pa.types.is_run_end_encoded(column.type):
            import pyarrow.compute as pc

            return readable_column(pc.run_end_decode(column), name)
        return column.cast(kind)
    except _ERRORS as failure:
        raise ContractError(
            f"input column {name!r} of type {column.type} cannot be read: {failure}", column=name, code="wrong_type", exit_code=4
        ) from failure


def present(values: Iterable[Any], wanted: Optional[pa.DataType]) -> list[Any]:
    """Returns the values with None for those that are missing.

    NaN is NaN among numbers, as in an array of floats. Among strings, lists
    and others, and where a string is wanted, it can only stand for a missing
    value: pandas makes it of a missing string.
    """
    found = [None if type(value).__name__ in ("NAType", "NaTType") else value for value in values]  # of pandas
    is_text = wanted is not None and pa.types.is_string(wanted)
    if not is_text and all(value is None or isinstance(value, numbers.Number) for value in found):
        return found
    return [None if isinstance(value, numbers.Number) and value != value else value for value in found]


def array_of(values: Any, name: str, wanted: Optional[pa.DataType]) -> Union[pa.Array, pa.ChunkedArray]:
    """Returns the array of Python values.

    Python has one type of integers and one of floats: they become the type
    that the model wants, if they fit into it. All others become what they
    are, and the process decides.

    Raises:
        ContractError: the values are of several types, or of one that Arrow does not have.
    """
    try:
        return _fitted(pa.array(values), wanted)
    except _ERRORS as failure:
        vectors = _vectors(list(values))
        if vectors is not None:
            return pa.array(vectors, _SPARSE)
        raise ContractError(
            f"input column {name!r} cannot be read, its values must be of one type: {failure}", column=name, code="wrong_type", exit_code=4
        ) from failure


def _fitted(array: Any, wanted: Optional[pa.DataType]) -> Any:
    """Returns the array in the type that is wanted, if only numbers become others that are the same, or nearest."""
    if wanted is None or array.type.equals(wanted) or not _may_fit(array.type, wanted):
        return array
    try:
        fitted = array.cast(wanted)  # refuses integers that would become others
    except _ERRORS:
        return array
    if pa.types.is_float32(wanted) and pa.types.is_float64(array.type):
        import pyarrow.compute as pc

        if pc.any(pc.and_(pc.is_finite(array), pc.is_inf(fitted))).as_py():
            return array
    return fitted


def _may_fit(found: pa.DataType, wanted: pa.DataType) -> bool:
    t = pa.types
    if t.is_null(found):
        return True
    if t.is_list(found) and t.is_list(wanted):
        return not t.is_floating(found.value_type) and _may_fit(found.value_type, wanted.value_type)
    if t.is_integer(found):
        return t.is_integer(wanted) or t.is_floating(wanted)
    return t.is_floating(found) and t.is_floating(wanted)


def _vectors(values: Sequence[Any]) -> Optional[list[Optional[Mapping[str, Any]]]]:
    """Returns vectors of Spark and rows of sparse matrices of SciPy as structs, or None if there are others."""
    found: list[Optional[Mapping[str, Any]]] = []
    for value in values:
        vector = _vector(value)
        if vector is None and value is not None:
            return None
        found.append(vector)
    return found


def _vector(value: Any) -> Optional[Mapping[str, Any]]:
    if hasattr(value, "toArray") and hasattr(value, "size") and hasattr(value, "values"):  # of pyspark.ml.linalg
        if hasattr(value, "indices"):
            return {"size": int(value.size), "indices": value.indices, "values": value.values}
        return {"size": int(value.size), "indices": None, "values": value.toArray()}
    if hasattr(value, "tocoo") and (len(value.shape) == 1 or value.shape[0] == 1):  # a row of a matrix
        row = value.tocsr() if len(value.shape) == 2 else value.reshape(1, -1).tocsr()
        row.sort_indices()
        return {"size": int(row.shape[1]), "indices": row.indices, "values": row.data}
    if isinstance(value, (list, tuple)) or type(value).__name__ == "ndarray":
        dense = [float(v) for v in cast("Sequence[Any]", value)]
        return {"size": len(dense), "indices": None, "values": dense}
    return None
