"""delta_write.py TABLE COMMITS CHECKPOINT [PARTITION...]: a table of (id, name, score, at) by deltalake, three rows a commit."""
import datetime
import sys

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

import values

path, commits, checkpoint, by = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
schema = pa.schema([pa.field("id", pa.int64(), nullable=False), ("name", pa.string()), ("score", pa.float64()),
                    ("at", pa.timestamp("us", tz="UTC")), ("more", pa.string())])
for n in range(commits):
    first = 100 + 3 * n
    write_deltalake(path, pa.table({
        "id": [first, first + 1, first + 2], "name": ["a b", "c%d/e", None], "score": [0.5, None, float("nan")],
        "at": [datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)] * 3, "more": ["x"] * 3,
    }, schema=schema), mode="append", partition_by=by or None)
    if n == checkpoint:
        DeltaTable(path).create_checkpoint()
values.tell(DeltaTable(path).version())
