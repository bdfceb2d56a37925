"""Compares Model.predict with leapscore score, bit by bit: parity.py CASES [--kinds table,rows,pandas,polars] [--only REGEX]

CASES is a folder of folders, each with bundle.zip and input.parquet. Where the
command refuses a case, predict must refuse it too, with the same exit code. A
pandas frame turns NaN into null, and ints with nulls into floats, as pandas does:
tables with such columns are left out for it, and counted.
"""

from __future__ import annotations

import argparse
import collections
import re
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import leapscore
from leapscore.process import run


def bits(value: Any) -> Any:
    """Returns a value so that only equal bits are equal."""
    if isinstance(value, float):
        return struct.pack(">d", value)
    if isinstance(value, dict):
        return tuple((k, bits(v)) for k, v in value.items())
    if hasattr(value, "tolist"):
        return bits(value.tolist())
    if isinstance(value, (list, tuple)):
        return tuple(map(bits, value))
    return value


def of_command(case: Path) -> Any:
    """Returns the rows that the command writes, or its error."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out.parquet")
        try:
            run(["score", "--model", case / "bundle.zip", "--input", case / "input.parquet", "--output", out, "--outputs=all", "--keep=__row"])
        except leapscore.LeapscoreError as error:
            return error
        return pq.ParquetFile(out).read()


def of_predict(case: Path, table: pa.Table, kind: str) -> Any:
    """Returns the same, by predict."""
    try:
        with leapscore.load(case / "bundle.zip", outputs="all", keep=["__row"]) as model:
            if kind == "rows":
                return model.predict(table.to_pylist())
            if kind == "pandas":
                return model.predict(table.to_pandas()).to_dict("records")
            if kind == "polars":
                import polars

                frame: Any = polars.from_arrow(table)
                return model.predict(frame).to_dicts()
            return model.predict(table).to_pylist()
    except leapscore.LeapscoreError as error:
        return error


def fits(kind: str, table: pa.Table) -> bool:
    """Reports whether a kind of data can hold the values of a table at all."""
    if kind in ("rows", "polars") and any(pa.types.is_map(f.type) for f in table.schema):
        return False
    if kind != "pandas":
        return True
    for column in table.columns:
        if pa.types.is_map(column.type) or (pa.types.is_integer(column.type) and column.null_count):
            return False
        if pa.types.is_floating(column.type) and pc.any(pc.is_nan(column)).as_py():
            return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--kinds", default="table,rows,pandas,polars")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    found: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for case in sorted(p for p in options.cases.iterdir() if (p / "bundle.zip").exists() and re.search(options.only, p.name)):
        want, table = of_command(case), pq.ParquetFile(case / "input.parquet").read()
        for kind in options.kinds.split(","):
            if not fits(kind, table):
                found[kind]["left out"] += 1
                continue
            got = of_predict(case, table, kind)
            if isinstance(want, Exception):
                same = type(got) is type(want) and got.exit_code == want.exit_code
            else:
                same = not isinstance(got, Exception) and [bits(r) for r in got] == [bits(r) for r in want.to_pylist()]
            found[kind]["refused by both" if same and isinstance(want, Exception) else "same" if same else "DIFFERENT"] += 1
            if not same:
                print(f"{case.name} ({kind}): the command {want!r:.200}, predict {got!r:.200}", flush=True)
    for kind, counts in found.items():
        print(f"{kind}: {', '.join(f'{n} {what}' for what, n in sorted(counts.items()))}")
    return any(counts["DIFFERENT"] for counts in found.values()) or not found


if __name__ == "__main__":
    sys.exit(main())
