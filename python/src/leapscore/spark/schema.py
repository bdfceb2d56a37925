"""Schemas of Spark as Arrow's, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from leapscore.errors import ContractError

if TYPE_CHECKING:
    from pyspark.sql.types import DataType, StructField, StructType


def to_arrow(schema: StructType) -> pa.Schema:
    """Returns the schema that the batches of a DataFrame have. Times with a zone are in UTC.

    It raises `ContractError` for two columns of one name, and for a type that Arrow lacks.
    """
    names = [f.name for f in schema]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise ContractError(f"the DataFrame has two columns {', '.join(map(repr, twice))}: give one another name or drop it")
    return pa.schema([_to_field(f) for f in schema])


def _to_field(field: StructField) -> pa.Field:
    from pyspark.sql.pandas.types import to_arrow_type

    try:
        return pa.field(field.name, to_arrow_type(_plain(field.dataType)), nullable=field.nullable)
    except Exception as e:
        raise ContractError(
            f"column {field.name!r} is {field.dataType.simpleString()}, which Arrow does not have: drop it, or cast it to string",
            column=field.name,
        ) from e


def _plain(t: DataType) -> DataType:
    """Returns a type with the storage of user-defined types in their place: vectors are structs."""
    from pyspark.sql.types import ArrayType, MapType, StructField, StructType, UserDefinedType

    if isinstance(t, UserDefinedType):
        return _plain(t.sqlType())
    if isinstance(t, ArrayType):
        return ArrayType(_plain(t.elementType), t.containsNull)
    if isinstance(t, MapType):
        return MapType(_plain(t.keyType), _plain(t.valueType), t.valueContainsNull)
    if isinstance(t, StructType):
        return StructType([StructField(f.name, _plain(f.dataType), f.nullable, f.metadata) for f in t])
    return t


def to_spark(field: pa.Field, vectors: bool) -> StructField:
    """Returns the column of Spark for an output. With `vectors`, Spark's vectors are VectorUDT."""
    from pyspark.sql.pandas.types import from_arrow_type
    from pyspark.sql.types import StructField

    if vectors and is_vector(field.type):
        from pyspark.ml.linalg import VectorUDT

        return StructField(field.name, VectorUDT(), field.nullable)
    kind: Any = from_arrow_type(field.type)
    return StructField(field.name, kind, field.nullable)


def is_vector(t: pa.DataType) -> bool:
    """Reports whether a type is laid out as Spark's vectors are."""
    return pa.types.is_struct(t) and [t.field(i).name for i in range(t.num_fields)] == ["type", "size", "indices", "values"]
