"""make bench-guard: fails if a job takes more than twice the CPU time that it took, beside the floor, when guard.json was written.

    python3 guard.py            # what CI runs
    python3 guard.py --write    # measures anew, on a quiet machine

Only ratios count: leapscore's user and system time over that of the floor, in turns, in one run. A job that fails is measured once more."""
import argparse
import json
import os
import subprocess
import sys

import environment as env
import shapes
from shape.all import named

BOUNDS = os.path.join(env.HERE, "guard.json")
FACTOR = 2


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--write", action="store_true", help="write guard.json")
    p.add_argument("--runs", type=int, default=5)
    a = p.parse_args()
    subprocess.run([os.path.join(env.ROOT, "integration", "tools", "install.sh"), "python"], check=True)
    a.python = os.path.join(env.ROOT, ".cache", "tools", "python", "bin", "python")
    a.leapscore = env.LEAPSCORE
    env.binaries()
    with open(BOUNDS) as f:
        bounds = json.load(f)
    a.rows = bounds["rows"]
    slow = [name for name, was in bounds["ratios"].items() if not within(name, was, a, bounds)]
    if a.write:
        with open(BOUNDS, "w") as f:
            f.write(json.dumps(bounds, indent=2) + "\n")
    elif slow:
        sys.exit(f"more than {FACTOR} times the CPU time beside the floor that benchmarks/peers/guard.json has: {', '.join(slow)}; make bench-shapes ONLY={','.join(slow)} shows it")


def within(name, was, a, bounds):
    """Measures a shape up to twice, and notes its ratio."""
    for _ in range(2):
        result = shapes.run(named(name), a)
        ratio = result.ratio()
        if ratio is None:
            sys.exit(f"{name}: {result.ours.failed or 'the floor failed'}")
        bounds["ratios"][name] = round(ratio, 2)
        print(f"{name:<12} CPU {ratio:.2f} of {result.best().label}'s, was {was:.2f}, at most {FACTOR * was:.2f}", flush=True)
        if a.write or ratio <= FACTOR * was:
            return True
    return False


if __name__ == "__main__":
    main()
