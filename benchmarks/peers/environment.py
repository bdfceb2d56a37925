"""What peers.py and scale.py need around them: Python packages, binaries and tables, all below .cache; and what is said of the
machine. Standard library only: peak memory of a child cannot be less than that of its parent."""
import datetime
import hashlib
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CACHE = os.path.join(HERE, ".cache")
PYTHON = os.path.join(CACHE, "venv", "bin", "python")
LEAPSCORE = os.path.join(CACHE, "leapscore")
BENCHMARKS = os.path.join(CACHE, "benchmarks.test")
LEAVES = os.path.join(CACHE, "leaves")


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def make(what, *command, cwd=ROOT):
    say("making", what)
    subprocess.run(command, cwd=cwd, check=True, stdout=sys.stderr)


def packages():
    """The virtual environment, made anew when the requirements change."""
    with open(os.path.join(HERE, "requirements.txt"), "rb") as f:
        wanted = hashlib.sha256(f.read()).hexdigest()
    installed("venv", wanted, "-r", os.path.join(HERE, "requirements.txt"))


def duckdb(version):
    """The Python of an environment with nothing but this version of DuckDB."""
    folder = f"duckdb-{version}"
    installed(folder, version, f"duckdb=={version}")
    return os.path.join(CACHE, folder, "bin", "python")


def installed(name, wanted, *packages):
    folder = os.path.join(CACHE, name)
    stamp = os.path.join(folder, "requirements.sha256")
    if os.path.exists(stamp) and open(stamp).read() == wanted:
        return
    make("the virtual environment", sys.executable, "-m", "venv", folder)
    make("the Python packages", os.path.join(folder, "bin", "python"), "-m", "pip", "install", "-q", *packages)
    with open(stamp, "w") as f:
        f.write(wanted)


def binaries(trees=False):
    os.makedirs(CACHE, exist_ok=True)
    make("leapscore", "go", "build", "-ldflags", f"-X main.version={commit()}", "-o", LEAPSCORE, "./cmd/leapscore")
    make("the generator", "go", "build", "-o", os.path.join(CACHE, "data"), "./benchmarks/data")
    if trees:
        make("the tree benchmark", "go", "test", "-c", "-o", BENCHMARKS, "./benchmarks")


def table(name, *flags):
    """A folder made by benchmarks/data with those flags, once."""
    made = hashlib.sha256(" ".join(flags).encode())
    for folder in ("benchmarks/data", "benchmarks/data/shapes"):
        for file in sorted(os.listdir(os.path.join(ROOT, folder))):
            if file.endswith(".go") and not file.endswith("_test.go"):
                with open(os.path.join(ROOT, folder, file), "rb") as f:
                    made.update(f.read())
    folder = os.path.join(CACHE, "tables", f"{name}-{made.hexdigest()[:8]}")
    if not os.path.exists(folder):
        partial = folder + ".partial"
        make(f"table {name}", os.path.join(CACHE, "data"), "-out", partial, *flags)
        os.rename(partial, folder)
    return folder


def write_report(folder, name, text):
    """Writes a report of today to the folder, and prints it."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f"{name}-{datetime.date.today().isoformat()}.md")
    with open(path, "w") as f:
        f.write(text)
    print(text)
    say("written:", path)


def warm(folder):
    """Reads the files once, so that all runs find them in the page cache."""
    for path, _, files in os.walk(folder):
        for name in files:
            with open(os.path.join(path, name), "rb") as f:
                while f.read(1 << 24):
                    pass


def commit():
    def git(*args):
        return subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "*.go")
    return git("rev-parse", "--short", "HEAD") + ("-dirty" if changed else "")


def machine():
    cpu, memory = platform.processor(), 0
    for path, key in (("/proc/cpuinfo", "model name"), ("/proc/meminfo", "MemTotal")):
        with open(path) as f:
            value = next((line.split(":", 1)[1].strip() for line in f if line.startswith(key)), "")
        if key == "MemTotal":
            memory = int(value.split()[0]) / 2**20
        else:
            cpu = value or cpu
    return f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}"


def go_version():
    return subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True).stdout.strip().removeprefix("go")


def load():
    return f"{os.getloadavg()[0]:.1f}"
