"""Scores cases inside Ray and Dask, and compares every bit with the command: parity.py ray|tasks|dask|both CASES [ONLY]

CASES is a folder of folders with bundle.zip and input.parquet; ONLY is a regular expression of their names. A case
that the command refuses must be refused by the engine too. "tasks" is the class of leapscore.ray in tasks of Ray. The last line is JSON with the counts."""

from __future__ import annotations

import json
import os
import re
import struct
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional

import pyarrow as pa
import pyarrow.parquet as pq

import leapscore
from leapscore.process import run

AT_ONCE = 4


@dataclass
class Engine:
    """How an engine scores a table, as values of columns, and whether its floats and their lists tell null from NaN."""

    score: Callable[[pa.Table, str], dict[str, list[Any]]]
    lossless: bool


def main() -> None:
    names, folder, only = sys.argv[1], Path(sys.argv[2]), re.compile(sys.argv[3] if len(sys.argv) > 3 else "")
    cases = sorted(c for c in folder.iterdir() if (c / "bundle.zip").exists() and only.search(c.name))
    counts: dict[str, dict[str, int]] = {}
    for name in ["ray", "dask"] if names == "both" else [names]:
        engine = ENGINES[name]()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(lambda case: compare(case, engine), cases))
        counts[name] = {word: sum(f.startswith(word) for f in found) for word in ("same", "refused", "FAIL")}
        for case, outcome in zip(cases, found):
            if outcome.startswith("FAIL"):
                print(name, case.name, outcome)
    print(json.dumps(counts))
    sys.stdout.flush()
    os._exit(any(c["FAIL"] for c in counts.values()))  # engines take long to end


def compare(case: Path, engine: Engine) -> str:
    table = pq.ParquetFile(case / "input.parquet").read()
    wanted = by_the_command(case)
    try:
        got = engine.score(table, str(case / "bundle.zip"))
    except Exception as error:  # the class is the engine's
        return "refused" if wanted is None else f"FAIL {type(error).__name__}: {str(error)[-500:]}"
    if wanted is None:
        return "FAIL accepted"
    if list(got) != wanted.column_names:
        return f"FAIL columns {list(got)}, want {wanted.column_names}"
    for name in wanted.column_names:
        kind = wanted.schema.field(name).type
        left, right = ([bits(v, kind, engine.lossless) for v in values] for values in (got[name], wanted.column(name).to_pylist()))
        if left != right:
            differ = [row for row, (g, w) in enumerate(zip(left, right)) if g != w]
            return f"FAIL {len(left)} rows, want {len(right)}; column {name} differs in rows {differ[:5]}"
    return "same"


def by_the_command(case: Path) -> Optional[pa.Table]:
    """The answer of the command, or None if it refuses the case."""
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "output.parquet")
        try:
            run(["score", "--model", str(case / "bundle.zip"), "--input", str(case / "input.parquet"), "--outputs", "all", "--keep", "none", "--output", output])
        except leapscore.LeapscoreError:
            return None
        return pq.ParquetFile(output).read()


def bits(value: Any, kind: pa.DataType, lossless: bool) -> Any:
    """The bits of numbers. All NaN are one, and null is another thing, except where floats have no null."""
    if hasattr(value, "tolist"):  # of NumPy
        value = value.tolist()
    if value is None or type(value).__name__ == "NAType":
        return None if lossless or not pa.types.is_floating(kind) else "NaN"
    if isinstance(value, float):
        return "NaN" if value != value else struct.pack("<d", value)
    if isinstance(value, (list, tuple)):
        of = kind.value_type if hasattr(kind, "value_type") else kind  # a map is a list of pairs
        return [bits(v, of, lossless) for v in value]
    if isinstance(value, dict):
        return {k: bits(v, kind.field(k).type, lossless) for k, v in value.items()}
    return value


def halves(table: pa.Table) -> list[pa.Table]:
    half = len(table) // 2
    return [table.slice(0, half), table.slice(half)]


def in_ray() -> Engine:
    import ray
    import ray.data

    import leapscore.ray

    os.environ["RAY_DATA_DISABLE_PROGRESS_BARS"] = "1"
    ray.init(num_cpus=os.cpu_count(), include_dashboard=False, object_store_memory=300_000_000, log_to_driver=False)
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False

    def score(table: pa.Table, model: str) -> dict[str, list[Any]]:
        dataset = ray.data.from_arrow(halves(table))
        scored = leapscore.ray.score(dataset, model, outputs="all", keep="none", concurrency=1, num_cpus=0.4)
        return pa.concat_tables(ray.get(scored.to_arrow_refs())).to_pydict()

    return Engine(score, lossless=True)


def in_tasks_of_ray() -> Engine:
    """The class inside tasks instead of actors: Ray keeps their processes, so that thousands of cases take minutes."""
    engine = in_ray()

    def score(table: pa.Table, model: str) -> dict[str, list[Any]]:
        import ray
        import ray.data

        def scored(block: pa.Table) -> pa.Table:
            import leapscore.ray

            scorer = leapscore.ray.Scorer(model, outputs="all", keep="none")
            try:
                return scorer(block)
            finally:
                scorer.close()

        dataset = ray.data.from_arrow(halves(table)).map_batches(scored, batch_format="pyarrow", batch_size=None, num_cpus=0.5)
        return pa.concat_tables(ray.get(dataset.to_arrow_refs())).to_pydict()

    return Engine(score, engine.lossless)


def in_dask() -> Engine:
    import dask.dataframe
    import pandas
    from distributed import Client, LocalCluster

    import leapscore.dask

    client = Client(LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None))

    def score(table: pa.Table, model: str) -> dict[str, list[Any]]:
        frame = table.replace_schema_metadata().to_pandas(types_mapper=pandas.ArrowDtype)
        scored = leapscore.dask.score(dask.dataframe.from_pandas(frame, npartitions=2, sort=False), model, outputs="all", keep="none")
        answer = client.compute(scored).result()
        return {name: answer[name].tolist() for name in answer.columns}  # pa.Table.from_pandas makes null of NaN, in lists too

    return Engine(score, lossless=False)


ENGINES = {"ray": in_ray, "tasks": in_tasks_of_ray, "dask": in_dask}

if __name__ == "__main__":
    main()
