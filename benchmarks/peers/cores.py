"""make bench-cores: what each stage of a job costs, by CPU profiles of one worker, and what a simulation makes of that on 1 to 64
cores: how many rows a second, and which stage is the limit.

    python3 cores.py --rows 4000000 --runs 20

occupancy.py has the simulation. All figures of a report are of one call."""
import argparse
import collections
import datetime
import json
import os
import re
import statistics
import subprocess
import tempfile

import environment as env
from entries import timed
from occupancy import Stages, rows_per_second

CORES = (1, 2, 4, 8, 16, 32, 64)
GROUP_ROWS = 122_880
FILE_ROWS = 4 << 20
BUFFER = 256 << 20
GROUPS = 4_096  # of the simulated table: 500 million rows

# The stage of a sample is the first of these that has a function of its stack.
STAGES = (
    ("hash", r"internal/output\.\(\*Output\)\.Write\.func1"),
    ("write", r"internal/output\.\(\*Output\)\.Write\b"),
    ("end of files", r"sinks\.\(\*table\)\.(finishFile|commitFile|checkpoint)|sinks\.CommitTogether"),
    ("summary", r"engine/summary\."),
    ("encode", r"sinks/internal/(parquet|format)\."),
    ("order", r"sinks/internal/order\."),
    ("model", r"engine/pipeline\."),
    ("read", r"sources/parquet\.(fillRaw|readFullAt|\(\*rawChunk\)\.peek)"),
    ("footers", r"sources/parquet\.(\(\*file\)\.load|readFooter)|sources/files\.(Find|Open)"),
    ("decode", r"leapscore/sources"),
    ("rows from stage to stage", r"leapscore/engine\."),
    ("plan and record", r"leapscore/job\.|main\.main"),
    ("garbage collection", r"runtime\.(gcBgMarkWorker|bgsweep|bgscavenge|gcDrain)"),
    ("scheduler", r"."),
)
OWN = ("read", "decode", "model", "summary", "encode", "rows from stage to stage", "garbage collection", "scheduler", "order")


def main():
    a = arguments()
    env.binaries()
    folder = env.table(f"listings-{a.rows}", "-rows", str(a.rows), "-files", "8")
    env.warm(folder)
    sections = [section(name, model, folder, a) for name, model in (("Linear model", "listings.lr.zip"), ("Forest of 20 trees", "listings.rf.zip"))]
    about = f"{env.machine()}; leapscore {env.commit()}, {datetime.date.today().isoformat()}, {a.runs} runs of {a.rows:,} rows with one worker, load {env.load()}."
    env.write_report(a.results, "cores", "\n\n".join([about, *sections]) + "\n")


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", type=int, default=4_000_000, help="rows of the listings")
    p.add_argument("--runs", type=int, default=20)
    p.add_argument("--results", default=os.path.join(env.ROOT, "benchmarks", "results"))
    return p.parse_args()


def section(title, model, folder, a):
    """The tables of one model."""
    run = measured(os.path.join(folder, model), os.path.join(folder, "listings", "*.parquet"), a.runs)
    cost = {name: share * run["cpu"] / a.rows * GROUP_ROWS for name, share in run["shares"].items()}
    group = run["bytes"] / a.rows * GROUP_ROWS
    stages = Stages(
        work=sum(cost.get(name, 0) for name in OWN),
        write=cost.get("write", 0),
        hash=cost.get("hash", 0),
        end=cost.get("end of files", 0) * FILE_ROWS / GROUP_ROWS,
        serial=run["around"],
        groups_per_file=FILE_ROWS // GROUP_ROWS,
        buffered=int(BUFFER / group),
    )
    return f"### {title}\n\n{costs(cost, run, stages)}\n\n{predictions(stages)}"


def costs(cost, run, stages):
    lines = ["| stage | ns a row | share | who does it |", "|---|---|---|---|"]
    doers = {"hash": "one at a time in a file", "write": "one at a time in a file", "end of files": "one at a time in a file"}
    for name, _ in STAGES:
        if name in cost:
            who = doers.get(name, "each worker" if name in OWN else "once in a run")
            lines.append(f"| {name} | {cost[name] / GROUP_ROWS * 1e9:.1f} | {run['shares'][name]:.1%} | {who} |")
    lines.append(f"\nBefore and after scoring, once in a run: {run['around'] * 1000:.0f} ms. CPU of a run: {run['cpu']:.2f} s.")
    return "\n".join(lines)


def predictions(stages):
    """The table of the simulation: as it is, with files one after the other, and by one appender that also hashes."""
    forms = (("several files", stages), ("one file at a time", change(stages, files=1)), ("one appender, which hashes", change(stages, files=1, beside=False)))
    lines = ["| cores | " + " | ".join(f"{name}, million rows/s | of linear" for name, _ in forms) + " |", "|---" * (2 * len(forms) + 1) + "|"]
    alone = [rows_per_second(s, 1, GROUPS, GROUP_ROWS) for _, s in forms]
    for n in CORES:
        cells = []
        for (_, s), one in zip(forms, alone, strict=True):
            speed = rows_per_second(s, n, GROUPS, GROUP_ROWS)
            cells.append(f"{speed / 1e6:.0f} | {speed / one / n:.0%}")
        lines.append(f"| {n} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def change(stages, **fields):
    return Stages(**{**vars(stages), **fields})


def measured(model, inputs, runs):
    """CPU seconds and shares of the stages, by profiles of some runs; and the seconds before and after scoring: the least of them,
    since other work on the machine only adds to it."""
    samples, cpu, around, size = collections.Counter(), [], [], 0
    with tempfile.TemporaryDirectory() as scratch:
        profile, output = os.path.join(scratch, "cpu.prof"), os.path.join(scratch, "out")
        command = [env.LEAPSCORE, "score", "--quiet", "--json", "--model", model, "--input", inputs, "--keep", "listing_id"]
        command += ["--output", output, "--mode", "overwrite", "--workers", "1", "--cpuprofile", profile]
        for _ in range(runs):
            sample, said = timed(command)
            cpu.append(sample.cpu)
            report = json.loads(said.splitlines()[-1])
            around.append(sample.wall - report["seconds"]["score"])
            size = sum(f["bytes"] for f in report["files"])
            samples.update(by_stage(profile))
    total = sum(samples.values())
    return {
        "shares": {name: n / total for name, n in samples.items()},
        "cpu": statistics.median(cpu),
        "around": min(around),
        "bytes": size,
    }


def by_stage(profile):
    """Counts the samples of a profile by stage."""
    raw = subprocess.run(["go", "tool", "pprof", "-raw", env.LEAPSCORE, profile], check=True, capture_output=True, text=True).stdout
    head, rest = raw.split("\nLocations\n", 1)
    names = collections.defaultdict(str)
    at = ""
    for line in rest.split("\nMappings\n", 1)[0].splitlines():
        if m := re.match(r"\s*(\d+): 0x\w+", line):
            at = m.group(1)
        names[at] += line + "\n"
    found = collections.Counter()
    for count, stack in re.findall(r"^ +(\d+) +\d+: ([\d ]+)$", head, re.M):
        text = "".join(names[i] for i in stack.split())
        found[next(name for name, pattern in STAGES if re.search(pattern, text))] += int(count)
    return found


if __name__ == "__main__":
    main()
