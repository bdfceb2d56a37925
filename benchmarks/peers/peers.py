"""make bench-peers: runs leapscore and other software on the same rows, in turns, and writes a table and a chart.

    python3 peers.py --rows 4000000 --size 10000000 --runs 5

README.md says what is measured. Everything it needs is made in .cache."""
import argparse
import datetime
import os
import time

import environment as env
from entries import FloorCommand, GoTrees, Leapscore, Worker, measure
from report import Section, chart, markdown

WHERE = "bedrooms >= 1"


def main():
    a = arguments()
    env.packages()
    env.binaries(trees="trees" in a.only)
    started = time.time()
    compare = Worker("compare", 0, engine="compare", config={"threads": a.threads})
    compare.start()
    sections = []
    for name in a.only:
        made = SECTIONS[name](a)
        for section in made if isinstance(made, list) else [made]:
            measure(section.title, section.entries, a.runs, compare if section.comparable else None)
            sections.append(section)
    compare.stop()
    about = {
        "machine": env.machine(),
        "load": env.load(),
        "commit": env.commit(),
        "runs": a.runs,
        "threads": a.threads,
        "date": datetime.date.today().isoformat(),
    }
    env.write_report(a.results, "peers", markdown(sections, about))
    if a.chart:
        with open(a.chart, "w") as f:
            f.write(chart(sections, about))
    env.say(f"{(time.time() - started) / 60:.0f} minutes of runs")


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", type=int, default=4_000_000, help="rows of the listings")
    p.add_argument("--size", type=int, default=10_000_000, help="rows of the table of ten columns")
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--only", default=",".join(SECTIONS), help="of " + ", ".join(SECTIONS))
    p.add_argument("--results", default=os.path.join(env.ROOT, "benchmarks", "results"))
    p.add_argument("--chart", default=os.path.join(env.ROOT, "docs", "peers.svg"), help="file of the chart, or nothing")
    a = p.parse_args()
    a.only = a.only.split(",")
    return a


def listings(a):
    folder = env.table(f"listings-{a.rows}", "-rows", str(a.rows), "-files", "8")
    env.warm(folder)
    return folder


def leapscore(label, rows, model, threads, *more, keep="listing_id"):
    arguments = ["--model", model, "--workers", str(threads), "--keep", keep, *more]
    return Leapscore(label, rows, arguments=arguments)


def peers(a, folder, model, engines):
    """Workers over the whole table, and MLeap over a quarter of it."""
    config = {"case": "listings", "threads": a.threads, "model": model, "scratch": os.path.join(env.CACHE, "scratch")}
    whole = config | {"input": os.path.join(folder, "listings", "*.parquet")}
    entries = [Worker(label, a.rows, engine=e, config=whole, warmups=3 if e == "spark" else 1) for e, label in engines]
    part = config | {"input": os.path.join(folder, "listings", "listings-0000[01].parquet"), "oracle": os.environ.get("ORACLE_HOME", "")}
    mleap = Worker("MLeap in Spark tasks", a.rows // 4, engine="mleap", config=part, warmups=3, note=f"measured on {a.rows // 4:,} rows, scaled")
    if not part["oracle"]:
        mleap.failed = "not run: ORACLE_HOME is not set"
    entries.append(mleap)
    return entries


def model_section(a, title, bundle, engines):
    folder = listings(a)
    model, glob = os.path.join(folder, bundle), os.path.join(folder, "listings", "*.parquet")
    floor = {"case": "listings", "threads": a.threads, "model": os.path.join(folder, "listings.lr.zip"), "input": glob}
    entries = [
        Worker("floor: DuckDB COPY, no model", a.rows, engine="floor", config=floor, floor=True),
        FloorCommand("the floor as a command", a.rows, config=floor),
        leapscore("leapscore --input", a.rows, model, a.threads, "--input", glob),
        leapscore("leapscore --sql", a.rows, model, a.threads, "--sql", f"SELECT * FROM '{glob}'"),
    ]
    return Section(title, entries + peers(a, folder, model, engines), a.rows)


def linear(a):
    engines = [
        ("numpy", "numpy by hand on dictionary codes"),
        ("onnx", "ONNX Runtime + pyarrow"),
        ("sklearn", "scikit-learn + pyarrow"),
        ("spark", f"Spark ML, local[{a.threads}]"),
    ]
    return model_section(a, "Linear model", "listings.lr.zip", engines)


def forest(a):
    engines = [("onnx", "ONNX Runtime + pyarrow"), ("sklearn", "scikit-learn + pyarrow"), ("spark", f"Spark ML, local[{a.threads}]")]
    return model_section(a, "Forest, 20 trees of depth 5", "listings.rf.zip", engines)


def where(a):
    """A query that DuckDB has to run, beside its own floor."""
    folder = listings(a)
    glob, rows = os.path.join(folder, "listings", "*.parquet"), matching(a, folder)
    linear, trees = (os.path.join(folder, f"listings.{kind}.zip") for kind in ("lr", "rf"))
    floor = {"case": "listings", "threads": a.threads, "model": linear, "input": glob, "where": WHERE}
    query = f"SELECT * FROM '{glob}' WHERE {WHERE}"
    entries = [
        Worker("floor: DuckDB COPY with the WHERE", rows, engine="floor", config=floor, floor=True),
        leapscore("leapscore --sql, linear model", rows, linear, a.threads, "--sql", query),
        leapscore("leapscore --sql, forest", rows, trees, a.threads, "--sql", query),
    ]
    return Section(f"Query with WHERE {WHERE}", entries, rows, comparable=False, charted=False)


def matching(a, folder):
    """Counts the rows of the WHERE."""
    counter = Worker("count", 0, engine="count", config={"threads": a.threads})
    counter.start()
    glob = os.path.join(folder, "listings", "*.parquet")
    rows = counter.run(f"SELECT count(*) FROM '{glob}' WHERE {WHERE}").result
    counter.stop()
    return rows


def ten(a):
    folder = env.table(f"ten-{a.size}", "-shape", "ten", "-rows", str(a.size), "-files", "1")
    env.warm(folder)
    glob = os.path.join(folder, "ten", "*.parquet")
    floor = {"case": "ten", "threads": a.threads, "input": glob}
    entries = [
        Worker("floor: DuckDB COPY of the ten columns", a.size, engine="floor", config=floor, floor=True),
        FloorCommand("the floor as a command", a.size, config=floor),
        leapscore("leapscore --input, ten columns + prediction", a.size, os.path.join(folder, "ten.lr.zip"), a.threads, "--input", glob, keep="all"),
    ]
    return Section("Ten columns passed through, and a linear prediction", entries, a.size, comparable=False)


def trees(a):
    folder = os.path.join(env.CACHE, "trees")
    maker = Worker("trees", 0, engine="make-trees", config={"folder": folder, "threads": a.threads})
    maker.start()
    maker.stop()
    env.make("leaves", "go", "build", "-o", env.LEAVES, ".", cwd=os.path.join(env.HERE, "leaves"))
    rows = 65_536
    entries = [
        GoTrees("leapscore, vectors in memory (double)", rows, folder=folder),
        GoTrees("leapscore, assembled of 20 columns (double)", rows, folder=folder, form="columns"),
    ]
    for library, label in (
        ("xgboost", "XGBoost (float)"),
        ("onnx", "ONNX Runtime (float)"),
        ("hist", "scikit-learn hist (double)"),
        ("lightgbm", "LightGBM (double)"),
    ):
        entries.append(Worker(label, rows, engine="trees", config={"folder": folder, "library": library}))
    entries.append(Worker("leaves, Go (double)", rows, command=[env.LEAVES, folder]))
    return Section("Trees alone: 500 trees, depth 6, 20 features, one thread", entries, rows, trees=500)


# Of each shape: its title, size, rows for 4 million listings, bundle, what the floor writes beside the id, the kernels.
ODD = [
    ("2,000 numeric columns, scaled, linear", "columns", 2000, 20_000, "columns.lr.zip", None, {"numpy": "numpy"}),
    ("Text hashed into 1,000,000 elements, linear", "text", 1_000_000, 1_000_000, "text.lr.zip", "strlen(text)", {"hashing": "scikit-learn"}),
    (
        "50 classes, 20 trees of depth 8",
        "classes",
        50,
        1_000_000,
        "classes.rf.zip",
        " + ".join(f"x{i}" for i in range(20)),
        {"onnx_forest": "ONNX Runtime (float)", "sklearn_forest": "scikit-learn"},
    ),
    ("A string of 1,000,000 values, indexed, linear", "labels", 1_000_000, 4_000_000, "labels.lr.zip", "strlen(key) + x", {"index_in": "pyarrow", "pandas_index": "pandas"}),
]


def odd(a):
    """Wide and odd shapes: each beside its floor, and the fastest kernels that are known, without reading or writing."""
    sections = []
    for title, shape, size, rows, bundle, select, kernels in ODD:
        rows = max(1000, rows * a.rows // 4_000_000)
        folder = env.table(f"{shape}-{rows}-whole", "-shape", shape, "-columns", str(size), "-rows", str(rows), "-files", "2")
        env.warm(folder)
        config = {"threads": a.threads, "input": os.path.join(folder, shape, "*.parquet")}
        case = {"case": "select", "select": f"id, {select} AS prediction"} if select else {"case": "columns"}
        entries = [
            Worker("floor: DuckDB COPY, no model", rows, engine="floor", config=config | case, floor=True),
            leapscore("leapscore --input", rows, os.path.join(folder, bundle), a.threads, "--outputs", "prediction", "--input", config["input"], keep="id"),
        ]
        for kernel, library in kernels.items():
            entries.append(Worker(f"model alone, in memory: {library}", rows, engine="kernel", config=config | {"kernel": kernel}))
        sections.append(Section(title, entries, rows, comparable=False, charted=False, kernels=True))
    return sections


SECTIONS = {"linear": linear, "forest": forest, "where": where, "ten": ten, "trees": trees, "odd": odd}

if __name__ == "__main__":
    main()
