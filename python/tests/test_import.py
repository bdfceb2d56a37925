from __future__ import annotations

import subprocess
import sys

import pytest

import leapscore


def test_importing_imports_nothing_large() -> None:
    code = "import sys; import leapscore; print(sorted(m.split('.')[0] for m in sys.modules))"
    loaded = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True).stdout
    for name in ("pyarrow", "numpy", "pandas", "polars", "subprocess", "json", "dataclasses", "typing_extensions"):
        assert f"'{name}'" not in loaded


@pytest.mark.parametrize("name", leapscore.__all__)
def test_all_names_are_there(name: str) -> None:
    assert getattr(leapscore, name) is not None
    assert name in dir(leapscore)


def test_a_name_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(AttributeError, match="module 'leapscore' has no attribute 'scor'"):
        leapscore.scor  # type: ignore[attr-defined]
