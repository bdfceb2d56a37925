#!/usr/bin/env python3
"""Scores the cases of a folder with leapscore and compares every bit: compare.py CASES LEAPSCORE [--only REGEX]

All model files of a case are scored. Exit code 1 if a bit differs, or if there are no cases."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq


def matrix(column):
    """A column of scalars or lists as rows x width, and the type of its numbers."""
    chunk = column.combine_chunks()
    if isinstance(chunk, pa.ChunkedArray):
        chunk = chunk.chunk(0)
    flat = chunk.flatten() if pa.types.is_nested(chunk.type) else chunk
    values = flat.to_numpy(zero_copy_only=False)
    return values.reshape(len(chunk), -1) if len(values) else values.reshape(len(chunk), 0)


def differences(want, got):
    """How many rows differ in a bit. NaN equals NaN."""
    if want.shape != got.shape:
        return f"shape {got.shape}, want {want.shape}"
    if want.dtype != got.dtype:
        return f"type {got.dtype}, want {want.dtype}"
    same = want == got
    if want.dtype.kind == "f":
        same = same & (np.signbit(want) == np.signbit(got)) | np.isnan(want) & np.isnan(got)
    bad = np.flatnonzero(~same.all(axis=1))
    if len(bad) == 0:
        return None
    return f"{len(bad)} of {len(want)} rows differ; row {bad[0]}: {got[bad[0]][:4]}, want {want[bad[0]][:4]}"


def score(program, model, given, out, more):
    p = subprocess.run([program, "score", "--model", model, "--input", given, "--output", out, "--outputs", "all", "--keep", "__row", *more],
                       capture_output=True, text=True, check=False)
    if p.returncode:
        return None, f"exit code {p.returncode}: {(p.stderr.strip().splitlines() or [''])[-1][:300]}"
    return ds.dataset(out, format="parquet").to_table().sort_by("__row"), None


def check(folder, program):
    """What is wrong with the answers to a case."""
    want = pq.read_table(os.path.join(folder, "expected.parquet"))
    with open(os.path.join(folder, "case.json")) as f:
        about = json.load(f)
    files = sorted(f for f in os.listdir(folder) if f not in ("case.json", "input.parquet", "expected.parquet"))
    wrong = [] if files else ["no model"]
    for name in files:
        with tempfile.TemporaryDirectory() as temp:
            got, error = score(program, os.path.join(folder, name), os.path.join(folder, "input.parquet"), os.path.join(temp, "out"), about.get("options", []))
        if error:
            wrong.append(f"{name}: {error}")
            continue
        for column in want.column_names:
            if column not in got.column_names:
                wrong.append(f"{name}: no column {column}")
            elif d := differences(matrix(want[column]), matrix(got[column])):
                wrong.append(f"{name}: {column}: {d}")
    return wrong


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("cases")
    p.add_argument("leapscore")
    p.add_argument("--only", default=".", help="regular expression of names")
    args = p.parse_args()
    bad = 0
    names = [n for n in sorted(os.listdir(args.cases)) if re.search(args.only, n)]
    for name in names:
        wrong = check(os.path.join(args.cases, name), args.leapscore)
        bad += bool(wrong)
        for w in wrong:
            print(f"{name}: {w}")
    print(f"{len(names) - bad} of {len(names)} cases have every bit")
    sys.exit(1 if bad or not names else 0)


main()
