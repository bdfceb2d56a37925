"""make bench-shapes: jobs of many shapes by leapscore, each beside the software that a user would pick for it, in turns.

    python3 shapes.py --rows 600000 --runs 5 --only csv,pca

leapscore is timed as a command from start to exit; the others run in a process that has its imports and its model already.
shape/ has the jobs. Everything that it needs is made in .cache."""
import argparse
import datetime
import glob
import hashlib
import os
import shutil

import environment as env
from entries import Leapscore, Worker, measure
from shape.all import kinds, named, shapes
from shape.table import Result, chart, markdown


def main():
    a = arguments()
    if a.python == env.PYTHON:
        env.packages()
    env.binaries()
    results = []
    for name in a.only:
        results.append(run(named(name), a))
        env.say(results[-1].line())
    about = {"machine": env.machine(), "load": env.load(), "commit": env.commit(), "runs": a.runs, "date": datetime.date.today().isoformat()}
    env.write_report(a.results, "shapes", markdown(results, about))
    if a.chart:
        with open(a.chart, "w") as f:
            f.write(chart(results, about))


def arguments():
    names = [s.name for s in shapes()]
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", type=int, default=600_000, help="rows of the listings")
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--only", default=",".join(names), help="of " + ", ".join(names) + "; or a kind: " + ", ".join(kinds()))
    p.add_argument("--results", default=os.path.join(env.ROOT, "benchmarks", "results"))
    p.add_argument("--chart", default="", help="file of the chart, or nothing")
    p.add_argument("--leapscore", default=env.LEAPSCORE, help="another binary to measure")
    p.add_argument("--python", default=env.PYTHON, help="another Python that has the packages")
    a = p.parse_args()
    of_kind = {kind: [s.name for s in module.SHAPES] for kind, module in kinds().items()}
    a.only = [name for word in a.only.split(",") for name in of_kind.get(word, [word])]
    return a


def run(shape, a):
    """Measures one shape."""
    rows = shape.size(a.rows)
    folder = made(shape, rows, a.python)
    env.warm(folder)
    python = env.duckdb(shape.engine) if shape.engine else a.python
    ours = Leapscore("leapscore", rows, arguments=[*shape.arguments(folder), "--workers", str(shape.threads)], binary=a.leapscore)
    config = {"shape": shape.name, "folder": folder, "threads": shape.threads}
    peers = [Worker(label, rows, engine="shape", config=config | {"peer": label}, python=python) for label in shape.peers]
    measure(shape.title, [ours, *peers], a.runs)
    return Result(shape, rows, ours, peers)


def made(shape, rows, python):
    """The folder with the tables and models of a shape, made once."""
    listings = env.table(f"shape-listings-{rows}", "-rows", str(rows), "-files", "4")
    digest = hashlib.sha256()
    for path in sorted(glob.glob(os.path.join(env.HERE, "shape", "*.py"))):
        with open(path, "rb") as f:
            digest.update(f.read())
    folder = os.path.join(env.CACHE, "tables", f"shape-{shape.name}-{rows}-{digest.hexdigest()[:8]}")
    if os.path.exists(folder):
        return folder
    partial = folder + ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    os.makedirs(partial)
    config = {"shape": shape.name, "rows": rows, "listings": os.path.join(listings, "listings", "*.parquet"), "threads": 2}
    maker = Worker(f"tables of {shape.name}", rows, engine="make-shape", config=config, python=python)
    maker.start()
    maker.run(partial)
    maker.stop()
    os.rename(partial, folder)
    return folder


if __name__ == "__main__":
    main()
