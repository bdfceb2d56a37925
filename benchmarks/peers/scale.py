"""make bench-scale: what leapscore costs per row as tables grow, as workers join, as forests grow and as tables get wider; beside
the floor where there is one. Writes a table of wall time, CPU and peak memory.

    python3 scale.py --rows 16000000 --runs 3

Commands are timed from start to exit; of the runs, which are in turns, the fastest counts."""
import argparse
import datetime
import os
from dataclasses import dataclass, field

import environment as env
from entries import Leapscore, Worker, measure

WORKERS = (1, 2)
TREES = (1, 2, 5, 10, 20, 50, 100, 200, 500)
COLUMNS = (10, 50, 200, 500, 1000, 2000)
VALUES = 40_000_000  # of a wide table


@dataclass
class Table:
    """A table of the report. A line is the values of the first columns and the entry that they describe."""

    title: str
    heads: list
    lines: list = field(default_factory=list)
    summary: object = lambda table: []

    @property
    def entries(self):
        return [entry for _, entry in self.lines]


def main():
    a = arguments()
    env.packages()
    env.binaries()
    tables = [SECTIONS[name](a) for name in a.only.split(",")]
    for t in tables:
        measure(t.title, t.entries, a.runs)
    text = report(tables, a)
    env.write_report(a.results, "scale", text)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", type=int, default=16_000_000, help="rows of the largest table")
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--only", default=",".join(SECTIONS), help="of " + ", ".join(SECTIONS))
    p.add_argument("--results", default=os.path.join(env.ROOT, "benchmarks", "results"))
    return p.parse_args()


def score(what, rows, model, workers, inputs, keep):
    arguments = ["--model", model, "--workers", str(workers), "--keep", keep]
    for path in inputs:
        arguments += ["--input", path]
    return Leapscore(f"{what}, {rows:,} rows, {workers} workers", rows, arguments=arguments)


def floor(rows, case, model, workers, inputs):
    config = {"case": case, "threads": workers, "model": model, "input": inputs}
    return Worker(f"floor, {rows:,} rows, {workers} threads", rows, engine="floor", config=config, floor=True)


def by_rows(a):
    """Halves of halves of one table of 16 files, and 1,000 rows, which are all start."""
    folder = env.table(f"listings-{a.rows}-16", "-rows", str(a.rows), "-files", "16")
    small = env.table("listings-1000", "-rows", "1000", "-files", "1")
    env.warm(folder)
    t = Table("By rows", ["rows", "threads", "job"], summary=flatness)
    for files in (0, 1, 2, 4, 8, 16):
        rows = a.rows * files // 16 if files else 1000
        inputs = [os.path.join(folder, "listings", f"listings-{i:05}.parquet") for i in range(files)]
        inputs = inputs or [os.path.join(small, "listings", "listings-00000.parquet")]
        models = [os.path.join(folder, f"listings.{kind}.zip") for kind in ("lr", "rf")]
        for workers in WORKERS:
            t.lines.append(((f"{rows:,}", workers, "floor"), floor(rows, "listings", models[0], workers, inputs)))
            for job, model in zip(("linear", "forest, 20 trees"), models):
                t.lines.append(((f"{rows:,}", workers, job), score(job, rows, model, workers, inputs, "listing_id")))
    return t


def flatness(table):
    """What the lines of by_rows come to."""
    found = {key: e for key, e in table.lines if e.samples}
    rows = list(dict.fromkeys(key[0] for key in found))
    if len(rows) < 4:
        return []
    most, quarter = rows[-1], rows[-3]

    def least(of, *key):
        return min(getattr(s, of) for s in found[key].samples)

    out = [f"| at {most} rows | 1 thread / 2 threads, wall | wall / floor, 2 threads | CPU per row / at {quarter} rows | peak memory / at {quarter} rows |"]
    out.append("|---|---|---|---|---|")
    for job in dict.fromkeys(key[2] for key in found):
        if not all((r, n, job) in found and (r, n, "floor") in found for r in (most, quarter) for n in WORKERS):
            continue
        cells = [
            least("wall", most, 1, job) / least("wall", most, 2, job),
            least("wall", most, 2, job) / least("wall", most, 2, "floor"),
            least("cpu", most, 2, job) / least("cpu", quarter, 2, job) * found[quarter, 2, job].rows / found[most, 2, job].rows,
            least("peak_mb", most, 2, job) / least("peak_mb", quarter, 2, job),
        ]
        out.append(f"| {job} | " + " | ".join(f"{c:.2f}" for c in cells) + " |")
    return out + [""]


def by_trees(a):
    rows = a.rows // 16
    folder = env.table(f"boosted-{rows}", "-shape", "boosted", "-rows", str(rows), "-files", "2", "-trees", "1")
    env.warm(folder)
    t = Table(f"By trees of depth 6 over 20 columns, {rows:,} rows, 2 workers", ["trees"])
    for trees in TREES:
        models = env.table(f"trees-{trees}", "-shape", "boosted", "-files", "0", "-trees", str(trees), "-depth", "6")
        inputs = [os.path.join(folder, "boosted", "*.parquet")]
        t.lines.append(((trees,), score(f"{trees} trees", rows, os.path.join(models, "boosted.rf.zip"), 2, inputs, "id")))
    return t


def by_columns(a):
    t = Table("By columns, scaled into a linear model, 2 workers", ["columns", "rows", "job"])
    for columns in COLUMNS:
        rows = min(VALUES * a.rows // 16_000_000 // columns, 1_000_000)
        folder = env.table(f"columns-{columns}-{rows}", "-shape", "columns", "-columns", str(columns), "-rows", str(rows))
        env.warm(folder)
        inputs = [os.path.join(folder, "columns", "*.parquet")]
        model = os.path.join(folder, "columns.lr.zip")
        t.lines.append(((columns, f"{rows:,}", "floor: sum of the columns"), floor(rows, "columns", model, 2, inputs)))
        t.lines.append(((columns, f"{rows:,}", "linear"), score(f"{columns} columns", rows, model, 2, inputs, "id")))
    return t


SECTIONS = {"rows": by_rows, "trees": by_trees, "columns": by_columns}


def report(tables, a):
    out = [
        f"# What a row costs, {datetime.date.today().isoformat()}",
        "",
        f"{env.machine()}. leapscore {env.commit()}, Go {env.go_version()}, DuckDB in Python as the floor. Each figure is the fastest of {a.runs} runs in turns.",
        "leapscore is timed as a command, from start to exit, the floor inside a running process. Memory is the peak resident set; for the floor, the peak of",
        f"all its runs. Load average {env.load()} at the end.",
        "",
    ]
    for t in tables:
        heads = t.heads + ["wall, s", "CPU, s", "wall, ns per row", "CPU, ns per row", "peak MB"]
        out += [f"## {t.title}", "", "| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
        for key, e in t.lines:
            out.append("| " + " | ".join([*map(str, key), *cells(e)]) + " |")
        out += ["", *t.summary(t)]
    return "\n".join(out)


def cells(e):
    if not e.samples:
        return [e.failed, "", "", "", ""]
    wall, cpu = min(s.wall for s in e.samples), min(s.cpu for s in e.samples)
    peak = max(s.peak_mb for s in e.samples)
    return [f"{wall:.3f}", f"{cpu:.3f}", f"{wall / e.rows * 1e9:,.0f}", f"{cpu / e.rows * 1e9:,.0f}", f"{peak:,.0f}"]


if __name__ == "__main__":
    main()
