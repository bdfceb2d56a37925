"""Scores parity cases inside Spark and by the command, and compares the bits: parity.py FOLDER [PATTERN].

Each case is a folder with bundle.zip and input.parquet, whose column __row numbers the rows. Prints what differs, and counts."""

import os
import re
import struct
import subprocess
import sys
import tempfile

import pyarrow as pa
import pyarrow.parquet as pq
import session


def bits(value):
    """Returns a value in a form in which equal means equal bits."""
    if isinstance(value, float):
        return "nan" if value != value else struct.pack(">d", value).hex()
    if isinstance(value, dict):
        return {k: bits(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [bits(v) for v in value]
    return value


def by_command(folder, scratch):
    out = os.path.join(scratch, "out.parquet")
    command = [os.environ["LEAPSCORE_BINARY"], "score", "--model", folder + "/bundle.zip", "--input", folder + "/input.parquet", "--output", out,
               "--outputs", "all", "--mode", "overwrite", "--quiet"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return pq.read_table(out) if done.returncode == 0 else done.stderr


def in_spark(spark, folder):
    from leapscore.spark import score

    try:
        rows = spark.read.parquet(folder + "/input.parquet").repartition(3, "__row")
        return pa.Table.from_batches(score(rows, folder + "/bundle.zip", outputs="all", vectors="list").toArrow().to_batches())
    except Exception as e:
        return str(e)


def compared(want, got):
    """Returns how two answers differ, or nothing."""
    if isinstance(want, str) or isinstance(got, str):
        return "" if isinstance(want, str) and isinstance(got, str) else f"command: {str(want)[:300]}\nSpark: {str(got)[:600]}"
    if want.column_names != got.column_names:
        return f"columns {want.column_names}, in Spark {got.column_names}"
    want, got = (sorted(map(bits, t.to_pylist()), key=lambda r: r["__row"]) for t in (want, got))
    if len(want) != len(got):
        return f"{len(want)} rows, in Spark {len(got)}"
    return next((f"{w}\nSpark: {g}" for w, g in zip(want, got) if w != g), "")


def main():
    top, pattern = sys.argv[1], re.compile(sys.argv[2] if len(sys.argv) > 2 else "")
    spark = session.start(**{"spark.sql.adaptive.enabled": "false", "spark.sql.caseSensitive": "true"})
    same = refused = 0
    different, left = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for name in sorted(n for n in os.listdir(top) if pattern.search(n)):
            folder = os.path.join(top, name)
            if not os.path.exists(folder + "/bundle.zip"):
                left.append(name)
                continue
            want, got = by_command(folder, scratch), in_spark(spark, folder)
            why = compared(want, got)
            if why:
                different.append(name)
                print(f"{name}: {why}", flush=True)
            elif isinstance(want, str):
                refused += 1
            else:
                same += 1
    print(f"{same} cases with equal bits, {refused} refused by both, {len(different)} different {different}, {len(left)} without bundle.zip {left}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
