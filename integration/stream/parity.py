"""Scores every case of a folder by `leapscore stream` and by `leapscore score`, and compares the bits.

    parity.py BINARY FOLDER [NAME...]

A case is a folder with a bundle (bundle.zip, or a folder or archive named bundle*) and the rows,
input.parquet. Cases whose columns leapscore does not read are refused by both alike.
"""
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

import pyarrow as pa
import pyarrow.parquet as pq


def bits(value):
    """A value in which equal means the same bits."""
    if isinstance(value, float):
        return ("nan",) if math.isnan(value) else struct.pack("<d", value)
    if isinstance(value, dict):
        return tuple((k, bits(v)) for k, v in value.items())
    if isinstance(value, list):
        return tuple(bits(v) for v in value)
    return value


def by_score(binary, bundle, rows, options, folder):
    """The rows that score writes, the rows that it rejects, and the error."""
    out, bad = folder / "out.arrows", folder / "bad"
    run = subprocess.run(
        [binary, "score", "--model", bundle, "--input", rows, "--output", out, "--keep", "__row", *options, "--on-error", "reject",
         "--rejects", bad, "--allow-empty", "--quiet", "--mode", "overwrite"], capture_output=True, text=True)
    if run.returncode:
        return run.returncode, run.stderr.strip().removeprefix("leapscore: ")
    table = pa.ipc.open_stream(out.read_bytes()).read_all()
    rejects = pq.read_table(bad).to_pylist() if any(bad.glob("*.parquet")) else []
    return table, rejects


def by_stream(process, table, options):
    """The answer to a table, or the error."""
    schema = table.schema.with_metadata({"leapscore": json.dumps(options)})
    with pa.ipc.new_stream(process.stdin, schema) as out:
        out.write_table(table.replace_schema_metadata(schema.metadata), max_chunksize=100)
    process.stdin.flush()
    answer = pa.ipc.open_stream(process.stdout)
    error = (answer.schema.metadata or {}).get(b"leapscore.error")
    table = answer.read_all()
    return json.loads(error) if error else table


def differences(table, rejects, answer):
    """What the answer to a stream has otherwise than what score wrote."""
    good = [r for r in answer.to_pylist() if r["_error"] is None]
    bad = {r["__row"]: r["_error"] for r in answer.to_pylist() if r["_error"] is not None and r["_error"]["code"] != "skipped"}
    want = table.to_pylist()
    if table.schema.names != answer.schema.names[:-1]:
        yield f"columns {answer.schema.names}, want {table.schema.names}"
    for f in table.schema:
        if answer.schema.field(f.name).type != f.type:
            yield f"{f.name} is {answer.schema.field(f.name).type}, want {f.type}"
    if len(good) != len(want):
        yield f"{len(good)} good rows, want {len(want)}"
    for a, b in zip(good, want):
        a = {k: a[k] for k in b}
        if bits(a) != bits(b):
            yield f"{a}, want {b}"
            break
    reasons = {r["__row"]: {k: r["_error_" + k] or None for k in ("code", "message", "node", "op", "column")} for r in rejects}
    if bad != reasons:
        odd = next(k for k in reasons.keys() | bad.keys() if bad.get(k) != reasons.get(k))
        yield f"row {odd}: {bad.get(odd)}, want {reasons.get(odd)}"


def compare(binary, case, folder):
    """How often the case was compared, and what differs."""
    table = pq.read_table(case / "input.parquet", partitioning=None)
    rows = folder / "in.arrows"
    with pa.ipc.new_stream(rows, table.schema) as out:
        out.write_table(table)
    found, count = [], 0
    for bundle in sorted(case.glob("bundle*")):
        for vectors in ("list", "udt", "sparse"):
            options = {"outputs": "all", "keep": "__row", "cast": "mleap", "vectors": vectors}
            flags = [x for k in ("outputs", "cast", "vectors") for x in ("--" + k, options[k])]
            score = by_score(binary, bundle, rows, flags, folder)
            process = subprocess.Popen([binary, "stream", bundle], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if isinstance(score[0], int) and score[0] == 3:
                _, said = process.communicate()
                answer = {"exit_code": process.returncode, "message": said.decode().strip().removeprefix("leapscore: ")}
            else:
                answer = by_stream(process, table, options)
                process.stdin.close()
                if process.wait():
                    found.append(f"{bundle.name}: exit code {process.returncode}: {process.stderr.read().decode()}")
            count += 1
            if not isinstance(answer, dict) and score[0] == 5 and "rows were rejected" in score[1]:
                if any(r["_error"] is None for r in answer.to_pylist()):
                    found.append(f"{bundle.name}, {vectors}: a good row, and {score[1]}")
                continue
            if isinstance(answer, dict) or isinstance(score[0], int):
                refused = (answer["exit_code"], answer["message"]) if isinstance(answer, dict) else answer.num_rows
                if refused != score:
                    found.append(f"{bundle.name}, {vectors}: {refused}, want {score}")
                continue
            found += [f"{bundle.name}, {vectors}: {d}" for d in differences(*score, answer)]
    return count, found


def main():
    binary, root, names = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    cases = [root / n for n in names] or sorted(p for p in root.iterdir() if (p / "input.parquet").exists())
    total, wrong = 0, 0
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            count, found = compare(binary, case, pathlib.Path(folder))
        total += count
        wrong += bool(found)
        for f in found:
            print(f"{case.name}: {f[:600]}")
    print(f"{len(cases)} cases, compared {total} times, {wrong} differ")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main())
