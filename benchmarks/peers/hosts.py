"""make bench-hosts: the same job as a command, in Python, in Ray and in Dask, in turns; and each host without the model.

    python3 hosts.py --rows 4000000 --runs 3

A line has the fastest run, and the least CPU time of all processes."""
import argparse
import datetime
import json
import os
import subprocess

import environment as env
from entries import Leapscore, Worker, measure

HOSTS = {"predict": "Model.predict, one Python", "ray": "Ray Data", "dask": "Dask, a local cluster"}
MODELS = {"linear": "listings.lr.zip", "forest": "listings.rf.zip"}


def main():
    a = arguments()
    env.binaries()
    python = installed_python()
    os.environ.update(PYTHONPATH=os.path.join(env.ROOT, "python", "src"), LEAPSCORE_BINARY=env.LEAPSCORE)
    # A busy machine starts Ray slowly.
    os.environ.update(RAY_raylet_start_wait_time_s="300", RAY_agent_register_timeout_ms="300000", RAY_USAGE_STATS_ENABLED="0")
    folder = env.table(f"listings-{a.rows}", "-rows", str(a.rows), "-files", "8")
    env.warm(folder)
    tables = [section(a, folder, python, job) for job in a.only.split(",")]
    heads = ["bundle", "s to the first row", "CPU s to it", "own MB", "MB of the binary", "peak MB", "CPU s per million rows", "of Python"]
    tables.append(["# One process of Model.predict", "", "| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"])
    tables.append([process(folder, job) for job in a.only.split(",")])
    text = "\n".join([f"{env.machine()}, leapscore {env.commit()}, {a.threads} threads, load {env.load()}, {datetime.date.today()}", ""] + sum(tables, []))
    env.write_report(a.results, "hosts", text + "\n")


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", type=int, default=4_000_000)
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--only", default=",".join(MODELS), help="of " + ", ".join(MODELS))
    p.add_argument("--hosts", default=",".join(HOSTS), help="of " + ", ".join(HOSTS))
    p.add_argument("--results", default=os.path.join(env.ROOT, "benchmarks", "results"))
    return p.parse_args()


def installed_python():
    """The Python with Ray and Dask, which the integration tests have too."""
    env.make("the environment with Ray and Dask", os.path.join(env.ROOT, "integration", "tools", "install.sh"), "ray")
    return os.path.join(env.ROOT, ".cache", "tools", "ray", "bin", "python")


def section(a, folder, python, job):
    glob, model = os.path.join(folder, "listings", "*.parquet"), os.path.join(folder, MODELS[job])
    entries = [Leapscore("the command", a.rows, arguments=["--model", model, "--workers", str(a.threads), "--keep", "listing_id", "--input", glob])]
    for host in a.hosts.split(","):
        for label, bundle in ((HOSTS[host], model), (HOSTS[host] + ", no model", None)):
            config = {"model": bundle, "input": glob, "threads": a.threads}
            entries.append(Worker(label, a.rows, engine=host, config=config, command=worker(python, host, config)))
    measure(job, entries, a.runs)
    lines = [f"# {job}, {a.rows:,} rows", "", "| | wall, s | CPU, s | rows per core-second | wall / command | CPU / command |", "|---|---|---|---|---|---|"]
    return lines + [line(e, entries[0]) for e in entries] + [""]


def worker(python, host, config):
    return [python, os.path.join(env.HERE, "worker.py"), host, json.dumps(config)]


def line(entry, command):
    if not entry.samples or not command.samples:
        return f"| {entry.label} | {entry.failed} | | | | |"
    wall, cpu = least(entry)
    of_wall, of_cpu = least(command)
    return f"| {entry.label} | {wall:.2f} | {cpu:.2f} | {entry.rows / cpu:,.0f} | {wall / of_wall:.2f} | {cpu / of_cpu:.2f} |"


def least(entry):
    return min(s.wall for s in entry.samples), min(s.cpu for s in entry.samples)


PROCESS = """
import sys, time, leapscore, pyarrow.parquet as pq
table = pq.ParquetDataset(sys.argv[2]).read()
began = time.perf_counter()
model = leapscore.load(sys.argv[1], workers=1)
model.predict(table.slice(0, 1))
loaded, pid = time.perf_counter() - began, model._stream.pid
def resident(*keys):
    return [f"{int(l.split()[1]) / 1024:.0f}" for k in keys for l in open(f"/proc/{pid}/status") if l.startswith(k)]
def cpu():
    return sum(map(int, open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[11:13])) / 100
first, start, python = resident("RssAnon", "RssFile"), cpu(), time.process_time()
for _ in range(3):
    model.predict(table, keep="listing_id")
per = 3 * len(table) / 1e6
cells = [f"{loaded:.2f}", f"{start:.2f}", *first, *resident("VmHWM"), f"{(cpu() - start) / per:.2f}", f"{(time.process_time() - python) / per:.2f}"]
print("| " + " | ".join([sys.argv[1].rsplit("/", 1)[1], *cells]) + " |")
"""


def process(folder, job):
    """One process with one worker: its start, its memory, and the CPU time of a million rows, of it and of Python."""
    data = os.path.join(folder, "listings", "listings-00000.parquet")
    command = [os.path.join(env.ROOT, ".cache", "tools", "ray", "bin", "python"), "-c", PROCESS, os.path.join(folder, MODELS[job]), data]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
