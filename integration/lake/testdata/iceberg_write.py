"""iceberg_write.py CATALOG.db WAREHOUSE NAMESPACE NAME [PARTITION]: a table of (id, name, score, at, more) by pyiceberg, three rows."""
import datetime
import sys

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.schema import Schema
from pyiceberg.types import DoubleType, LongType, NestedField, StringType, TimestamptzType

import values

db, warehouse, namespace, name, by = (sys.argv[1:] + [None])[:5]
catalog = SqlCatalog("default", uri=f"sqlite:///{db}", warehouse=warehouse)
catalog.create_namespace_if_not_exists(namespace)
t = catalog.create_table((namespace, name), schema=Schema(
    NestedField(7, "more", StringType()), NestedField(3, "id", LongType(), required=True), NestedField(1, "name", StringType()),
    NestedField(12, "score", DoubleType()), NestedField(5, "at", TimestamptzType())))
if by:
    with t.update_spec() as u:
        u.add_identity(by)
at = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
t.append(pa.table({"more": ["x"] * 3, "id": [100, 101, 102], "name": ["a b", "c%d/e", None], "score": [0.5, None, 1.5], "at": [at] * 3}, schema=pa.schema([
    ("more", pa.string()), pa.field("id", pa.int64(), nullable=False), ("name", pa.string()), ("score", pa.float64()),
    ("at", pa.timestamp("us", tz="UTC"))])))
values.tell(t.location())
