from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import leapscore
from leapscore import binary

PACKAGE = Path(leapscore.__file__).parent


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def found(package: Path, **variables: str) -> str:
    """Returns which program a copy of the package finds, in a Python without site-packages."""
    (package / "leapscore").mkdir(parents=True)
    for name in ("__init__.py", "binary.py", "errors.py"):
        (package / "leapscore" / name).write_bytes((PACKAGE / name).read_bytes())
    environment = {"PATH": "/nowhere", "PYTHONPATH": str(package), **variables}
    code = "from leapscore import binary; print(binary.find())"
    return subprocess.run([sys.executable, "-S", "-c", code], env=environment, capture_output=True, text=True, check=True).stdout.strip()


def test_the_variable_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = program(tmp_path / "mine")
    monkeypatch.setenv("LEAPSCORE_BINARY", str(mine))
    assert binary.find() == str(mine)


def test_a_variable_that_names_no_program_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAPSCORE_BINARY", str(tmp_path / "gone"))
    with pytest.raises(leapscore.BinaryNotFound, match="LEAPSCORE_BINARY is .*gone, which is not a program"):
        binary.find()


@pytest.mark.parametrize("folder", ["target", "prefix/lib/python3.11/site-packages"])
def test_the_program_beside_the_package_is_found(tmp_path: Path, folder: str) -> None:
    # pip install --target puts scripts into TARGET/bin, --prefix into PREFIX/bin.
    want = program(tmp_path / folder.split("/")[0] / "bin" / "leapscore")
    other = program(tmp_path / "other" / "leapscore")
    assert found(tmp_path / folder, PATH=str(other.parent)) == str(want)


def test_the_program_of_the_user_is_found(tmp_path: Path) -> None:
    want = program(tmp_path / "home" / ".local" / "bin" / "leapscore")
    assert found(tmp_path / "somewhere", HOME=str(tmp_path / "home")) == str(want)


def test_the_path_is_the_last_resort(tmp_path: Path) -> None:
    want = program(tmp_path / "other" / "leapscore")
    assert found(tmp_path / "somewhere", PATH=f"/nowhere{os.pathsep}{want.parent}", HOME=str(tmp_path)) == str(want)


def test_no_program_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        found(tmp_path / "somewhere", HOME=str(tmp_path))
    assert "BinaryNotFound: the program leapscore is not in this installation, nor in PATH: install the wheel" in failed.value.stderr
