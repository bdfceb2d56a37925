"""Fixtures of all tests. LEAPSCORE_BINARY names the program that they run."""

from __future__ import annotations

import signal
import stat
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Callable

import pytest

# Shells start what runs in the background with Ctrl-C ignored, and Python then leaves it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

# These need Ray and Dask, and are run with them: integration/engines.
collect_ignore = [] if find_spec("ray") else ["test_ray.py", "test_dask.py"]

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def examples() -> Path:
    """The folder with listings and two bundles."""
    return EXAMPLES


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a program of Python text in the place of leapscore."""

    def install(text: str) -> Path:
        path = tmp_path / "stand-in"
        path.write_text(f"#!{sys.executable}\nimport json, os, signal, sys, time\n{text}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("LEAPSCORE_BINARY", str(path))
        return path

    return install
