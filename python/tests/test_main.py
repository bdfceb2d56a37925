"""``python -m leapscore``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Callable

import leapscore
import pytest


def test_the_module_is_the_program(program: Callable[[str], Path]) -> None:
    program("print(sys.argv[1:]); sys.exit(4)")
    said = subprocess.run([sys.executable, "-m", "leapscore", "score", "a b"], stdout=subprocess.PIPE, text=True, check=False)
    assert said.stdout == "['score', 'a b']\n"
    assert said.returncode == 4


def test_without_a_program_the_module_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAPSCORE_BINARY", "/nowhere/leapscore")
    said = subprocess.run([sys.executable, "-m", "leapscore", "version"], stderr=subprocess.PIPE, text=True, check=False)
    assert "set it to the path of leapscore" in said.stderr
    assert "Traceback" not in said.stderr
    assert said.returncode == 1


def test_the_main_file_of_spark_hides_no_modules_of_others() -> None:
    file = Path(leapscore.__file__).parent / "spark" / "__main__.py"
    code = f"import runpy, sys\nsys.path.insert(0, {str(file.parent)!r})\nsys.argv = ['main', '--help']\ntry:\n    runpy.run_path({str(file)!r}, run_name='__main__')\nfinally:\n    import schema"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ModuleNotFoundError: No module named 'schema'" in said.stderr, said.stderr
