"""What is measured beside each other: commands, and workers that stay and run the same job again."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

import environment as env


@dataclass
class Sample:
    wall: float
    cpu: float | None
    peak_mb: float | None
    result: dict | None = None


@dataclass
class Entry:
    label: str
    rows: int
    ours: bool = False
    floor: bool = False
    note: str = ""
    warmups: int = 1
    samples: list = field(default_factory=list)
    versions: dict = field(default_factory=dict)
    difference: dict | None = None
    failed: str = ""

    def start(self):
        pass

    def stop(self):
        pass


def timed(command):
    """Runs a command to its end, measured from outside with all of its start. Returns what it said, too."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode()
    if child.returncode != 0:
        raise RuntimeError(text or f"exit code {child.returncode}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), text


@dataclass
class Leapscore(Entry):
    """The command as users run it."""

    arguments: list = field(default_factory=list)
    binary: str = env.LEAPSCORE
    ours: bool = True

    def start(self):
        self.versions = {"leapscore": env.commit(), "Go": env.go_version()}

    def run(self, output):
        sample, said = timed([self.binary, "score", "--quiet", "--json", "--output", output, *self.arguments])
        sample.result = {"rows": json.loads(said.splitlines()[-1])["rows_out"]}
        return sample


@dataclass
class FloorCommand(Entry):
    """The floor in a process of its own, as leapscore is."""

    config: dict = field(default_factory=dict)
    floor: bool = True

    def run(self, output):
        code = "import json, sys; from engines.floor import Floor; Floor(json.loads(sys.argv[1])).run(sys.argv[2])"
        sample, _ = timed(["env", f"PYTHONPATH={env.HERE}", env.PYTHON, "-c", code, json.dumps(self.config), output])
        return sample


@dataclass
class Worker(Entry):
    """An engine of worker.py, or a program that speaks as it does."""

    engine: str = ""
    config: dict = field(default_factory=dict)
    command: list = field(default_factory=list)
    python: str = env.PYTHON
    child: subprocess.Popen | None = None

    def start(self):
        threads = str(self.config.get("threads", 1))
        limits = {k: threads for k in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_NUM_THREADS", "LOKY_MAX_CPU_COUNT", "POLARS_MAX_THREADS")}
        command = self.command or [self.python, os.path.join(env.HERE, "worker.py"), self.engine, json.dumps(self.config)]
        self.log = open(os.path.join(env.CACHE, "worker.log"), "ab")
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, env=os.environ | limits, text=True)
        self.versions = self.reply()["ready"]

    def reply(self):
        line = self.child.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.label} ended with code {self.child.wait()}: see worker.log in .cache")
        reply = json.loads(line)
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return reply

    def run(self, output):
        print(json.dumps({"run": output}), file=self.child.stdin, flush=True)
        r = self.reply()
        return Sample(r["wall"], r["cpu"], r["peak_mb"], r["result"])

    def stop(self):
        if self.child is not None:
            self.child.stdin.close()
            self.child.wait()
            self.log.close()
            self.child = None


@dataclass
class GoTrees(Entry):
    """BenchmarkTrees of benchmarks/trees_test.go over the same trees and rows. It reports ns per row and tree."""

    folder: str = ""
    form: str = "vectors"
    trees: int = 500
    ours: bool = True

    def start(self):
        self.versions = {"leapscore": env.commit(), "Go": env.go_version()}

    def run(self, _):
        command = [env.BENCHMARKS, "-test.run", "^$", "-test.bench", f"BenchmarkTrees/{self.form}$", "-test.benchtime", "3x", "-test.cpu", "1"]
        out = subprocess.run([*command, "-trees", os.path.join(self.folder, "trees.json")], capture_output=True, text=True)
        found = [re.search(rf"([\d.]+) {unit}/row/tree", out.stdout) for unit in ("ns", "cpu-ns")]
        if out.returncode != 0 or not all(found):
            raise RuntimeError(out.stdout + out.stderr)
        wall, cpu = (float(f[1]) * 1e-9 * self.rows * self.trees for f in found)
        return Sample(wall, cpu, None)


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.remove(path)


def parquet(path):
    """The files of what was written at path."""
    return os.path.join(path, "*.parquet") if os.path.isdir(path) else path


def attempt(entry, output):
    """One run, or None if the entry fails, which is reported and does not end the others."""
    try:
        return entry.run(output)
    except (RuntimeError, OSError, KeyError, ValueError) as e:
        entry.failed = str(e).strip().splitlines()[-1] if str(e).strip() else repr(e)
        env.say("FAILED", entry.label, e)
        return None


def measure(title, entries, runs, compare=None):
    """Runs all entries runs times, in turns. The last warm-up of each is held against that of the first of ours."""
    output = os.path.join(env.CACHE, "output")
    env.say(f"\n== {title} (load {env.load()})")
    reference = output + ".reference"
    remove(reference)
    for e in entries:
        begin(e, output, reference, compare)
    for n in range(runs):
        for e in entries:
            if e.failed:
                continue
            remove(output)
            s = attempt(e, output)
            if s:
                e.samples.append(s)
                env.say(f"run {n + 1}  {e.label:<44} {s.wall:9.3f} s  {s.cpu or 0:9.3f} s CPU  {s.peak_mb or 0:7.0f} MB")
    for e in entries:
        e.stop()
    remove(output)
    remove(reference)


def begin(e, output, reference, compare):
    """Starts an entry, warms it up and compares what it wrote."""
    if e.failed:
        return
    try:
        e.start()
    except (RuntimeError, OSError) as problem:
        e.failed = str(problem)
        env.say("FAILED", e.label, problem)
        return
    for _ in range(e.warmups):
        remove(output)
        s = attempt(e, output)
        if s is None:
            e.stop()
            return
        env.say(f"warm   {e.label:<44} {s.wall:9.3f} s")
    wrote = (s.result or {}).get("rows", e.rows)
    if wrote != e.rows:
        e.failed = f"wrote {wrote} rows, want {e.rows}"
        env.say("FAILED", e.label, e.failed)
    if s.result and "greatest" in s.result:
        e.difference = s.result
    if compare is None or e.floor or e.failed:
        return
    if e.ours and not os.path.exists(reference):
        os.rename(output, reference)
        return
    try:
        e.difference = compare.run(parquet(reference) + "\t" + parquet(output)).result
    except RuntimeError as problem:
        e.failed = f"cannot be compared: {problem}"
        env.say("FAILED", e.label, e.failed)
        return
    if e.difference["common"] != e.rows:
        e.failed = f"has {e.difference['common']} of {e.rows} rows"
        env.say("FAILED", e.label, e.failed)
