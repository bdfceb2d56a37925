"""Runs one engine for peers.py: python worker.py ENGINE CONFIG, where CONFIG is JSON. After {"ready": versions}, every line
{"run": path} is answered with the seconds, CPU seconds and peak memory of one job."""
import importlib
import json
import os
import resource
import sys
import time
import traceback

ENGINES = {
    "floor": "floor:Floor",
    "sklearn": "python_ml:ScikitLearn",
    "onnx": "python_ml:OnnxRuntime",
    "numpy": "python_ml:NumpyByHand",
    "spark": "spark:SparkML",
    "mleap": "spark:MLeapTasks",
    "compare": "compare:Compare",
    "predict": "hosted:Predict",
    "ray": "hosted:Ray",
    "dask": "hosted:Dask",
    "kernel": "kernels:Kernel",
    "count": "compare:Count",
    "make-trees": "trees:Make",
    "trees": "trees:Trees",
    "make-shape": "shape:Make",
    "shape": "shape:Peer",
}


def descendants():
    """The processes that this one has started, and those that they have; and the CPU time of each, and of its ended children."""
    parents = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as f:
                stat = f.read().rsplit(")", 1)[1].split()
        except OSError:  # it ended
            continue
        parents.setdefault(int(stat[1]), []).append((int(pid), sum(map(int, stat[11:15]))))
    found, open_ = [], [os.getpid()]
    while open_:
        children = parents.get(open_.pop(), [])
        found += children
        open_ += [pid for pid, _ in children]
    return found


def cpu_seconds():
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in own) + sum(ticks for _, ticks in descendants()) / os.sysconf("SC_CLK_TCK")


def peak_mb():
    total = 0
    for pid in [os.getpid()] + [pid for pid, _ in descendants()]:
        with open(f"/proc/{pid}/status") as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith("VmHWM"))
    return total / 1024


def main():
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # a library that prints must not break the protocol
    module, name = ENGINES[sys.argv[1]].split(":")
    engine = getattr(importlib.import_module("engines." + module), name)(json.loads(sys.argv[2]))
    print(json.dumps({"ready": engine.versions()}), file=replies)
    for line in sys.stdin:
        cpu, start = cpu_seconds(), time.perf_counter()
        try:
            result = engine.run(json.loads(line)["run"])
        except Exception as e:  # of any library: it goes into the table
            traceback.print_exc()
            print(json.dumps({"error": f"{type(e).__name__}: {e}"}), file=replies)
            continue
        wall = time.perf_counter() - start
        reply = {"wall": wall, "cpu": cpu_seconds() - cpu, "peak_mb": peak_mb(), "result": result}
        print(json.dumps(reply), file=replies)


if __name__ == "__main__":
    main()
