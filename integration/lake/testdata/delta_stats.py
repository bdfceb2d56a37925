"""delta_stats.py TABLE: the statistics of files."""
import sys

import pyarrow as pa
from deltalake import DeltaTable

import values


def stats(path):
    adds = pa.table(DeltaTable(path).get_add_actions(flatten=True)).to_pylist()
    named = {k for a in adds for k in a} | {f"max.{k[4:]}" for a in adds for k in a if k.startswith("min.")}
    return [{k: values.plain(a.get(k)) for k in named if k not in ("path", "modification_time", "size_bytes")} for a in adds]


if __name__ == "__main__":
    values.tell(stats(sys.argv[1]))
