"""Tables and bundles that tests share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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


def make_bundle(folder: Path, *nodes: Mapping[str, Any]) -> Path:
    """Writes a bundle of nodes with a name, an op, attributes, and columns by port of inputs and outputs."""

    def write(path: Path, value: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")

    write(folder / "bundle.json", {"format": "json", "name": folder.name, "timestamp": "2026-11-21T03:15:35.816", "uid": "7a6d1cc1-54c5-4bd6-9a0c-9d4b8d3f4a10", "version": "0.25.2"})
    write(folder / "root/node.json", {"name": "root", "shape": {"inputs": [], "outputs": []}})
    write(folder / "root/model.json", {"op": "pipeline", "attributes": {"nodes": {"type": "list", "string": [n["name"] for n in nodes]}}})
    for n in nodes:
        shape = {side: [{"name": column, "port": port} for port, column in n[side].items()] for side in ("inputs", "outputs")}
        write(folder / f"root/{n['name']}.node/node.json", {"name": n["name"], "shape": shape})
        write(folder / f"root/{n['name']}.node/model.json", {"op": n["op"], "attributes": n["attributes"]})
    return folder


def normalizer(folder: Path) -> Path:
    """A bundle that reads vectors of four values, features, and adds y."""
    attributes = {"p_norm": {"double": 2.0}, "input_size": {"int": 4}}
    return make_bundle(folder, {"name": "n", "op": "normalizer", "attributes": attributes, "inputs": {"input": "features"}, "outputs": {"output": "y"}})


def skipping(folder: Path) -> Path:
    """A bundle that leaves out rows whose s is not red or green, and adds the double i and the string back."""
    labels = {"type": "list", "string": ["red", "green"]}
    return make_bundle(
        folder,
        {
            "name": "index",
            "op": "string_indexer",
            "attributes": {"labels": labels, "handle_invalid": {"string": "skip"}},
            "inputs": {"input": "s"},
            "outputs": {"output": "i"},
        },
        {"name": "reverse", "op": "reverse_string_indexer", "attributes": {"labels": labels}, "inputs": {"input": "i"}, "outputs": {"output": "back"}},
    )
