"""Tables and bundles that tests share."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

EXAMPLES = Path(__file__).parents[2] / "examples"
LINEAR = EXAMPLES / "listings.lr.zip"
FOREST = EXAMPLES / "listings.rf.zip"
INPUTS = (
    "state room_type host_is_superhost cancellation_policy instant_bookable bathrooms square_feet bedrooms "
    "security_deposit cleaning_fee extra_people number_of_reviews review_scores_rating"
).split()


def listings() -> pa.Table:
    """1,500 rows with the columns of LINEAR and FOREST, and listing_id, host_name."""
    files = sorted((EXAMPLES / "listings").rglob("*.parquet"))
    return pa.concat_tables([pq.ParquetFile(f).read() for f in files]).combine_chunks()


def spoilt(table: pa.Table, *rows: int, column: str = "bedrooms") -> pa.Table:
    """The table with nulls in some rows of a column, which the models refuse."""
    values = table.column(column).to_pylist()
    for row in rows:
        values[row] = None
    at = table.schema.get_field_index(column)
    return table.set_column(at, table.schema.field(at), pa.array(values, table.schema.field(at).type))
