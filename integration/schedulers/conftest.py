"""A folder with the job of the examples, and a task that runs long enough to be killed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pyarrow.dataset
import pytest

# Shells start what runs in the background with Ctrl-C ignored, and Python then leaves it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

EXAMPLES = Path(__file__).parents[2] / "examples"
FIRST, SECOND = "2026-11-26", "2026-11-27"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with prices.yaml, its model and its listings."""
    folder = tmp_path / "home"
    shutil.copytree(EXAMPLES / "listings", folder / "listings")
    for name in ("prices.yaml", "listings.lr.zip"):
        shutil.copy(EXAMPLES / name, folder)
    (folder / "broken.zip").write_text("no bundle")
    monkeypatch.setenv("PRICES_HOME", str(folder))
    return folder


def example(name: str) -> ModuleType:
    """The module prices.py of a folder of examples, imported anew."""
    spec = importlib.util.spec_from_file_location(f"prices_{name}", EXAMPLES / name / "prices.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def rows(table: Path) -> int:
    return pyarrow.dataset.dataset(table, partitioning="hive").count_rows()


# A query whose rows are so many that the run does not end by itself, unless TIMES is small.
LONG = {
    "model": "listings.lr.zip",
    "sql": "SELECT l.* FROM 'listings/**/*.parquet' AS l, range(CAST($times AS BIGINT))",
    "param": {"times": os.environ.get("TIMES", "1")},
    "output": "long",
}


def start(script: str, home: Path, **env: str) -> subprocess.Popen[bytes]:
    """Starts a script that scores LONG, and waits until leapscore is at it."""
    environment = {**os.environ, "TIMES": "1000000000", "PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], str(Path(__file__).parent)]), **env}
    process = subprocess.Popen([sys.executable, "-c", script], cwd=home, env=environment, start_new_session=True)
    while not (home / "long").exists() or not children(home):
        assert process.poll() is None, f"the task has ended with {process.returncode}"
        time.sleep(0.1)
    return process


def children(home: Path) -> list[int]:
    """The processes of leapscore that run in a folder."""
    found = []
    for proc in Path("/proc").glob("[0-9]*"):
        try:
            if Path(os.readlink(proc / "cwd")) == home and (proc / "cmdline").read_bytes().split(b"\0")[1:2] == [b"score"]:
                found.append(int(proc.name))
        except OSError:
            pass  # it has ended meanwhile
    return found


def wait_until_none(home: Path) -> None:
    deadline = time.monotonic() + 60
    while children(home):
        assert time.monotonic() < deadline, "leapscore outlives its task"
        time.sleep(0.1)
