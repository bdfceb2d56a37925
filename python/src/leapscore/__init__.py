"""Scores tables with MLeap bundles, to the bit as the MLeap runtime does that serves the same model online.

    import leapscore

    with leapscore.load("model.zip") as model:
        scored = model.predict(table)

    record = leapscore.score(model="model.zip", input="day/*.parquet", output="predictions")

Importing this package imports nothing else: pyarrow and all others are imported when they are first needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errors import (
        BadRowError,
        BinaryNotFound,
        ContractError,
        Crashed,
        GateError,
        Interrupted,
        LeapscoreError,
        ModelError,
        NothingToDo,
        OutputError,
        RunError,
        UsageError,
    )
    from .job import Job, RunWarning, score
    from .model import Model, ModelWarning, load
    from .record import Record
    from .schema import Column, Schema

    __version__: str

__all__ = [
    "BadRowError",
    "BinaryNotFound",
    "Column",
    "ContractError",
    "Crashed",
    "GateError",
    "Interrupted",
    "Job",
    "LeapscoreError",
    "Model",
    "ModelError",
    "ModelWarning",
    "NothingToDo",
    "OutputError",
    "Record",
    "RunError",
    "RunWarning",
    "Schema",
    "UsageError",
    "__version__",
    "load",
    "score",
]

_ERRORS = ".errors"
_MODULES = {
    "BadRowError": _ERRORS,
    "BinaryNotFound": _ERRORS,
    "ContractError": _ERRORS,
    "Crashed": _ERRORS,
    "GateError": _ERRORS,
    "Interrupted": _ERRORS,
    "LeapscoreError": _ERRORS,
    "ModelError": _ERRORS,
    "NothingToDo": _ERRORS,
    "OutputError": _ERRORS,
    "RunError": _ERRORS,
    "UsageError": _ERRORS,
    "Column": ".schema",
    "Job": ".job",
    "Model": ".model",
    "ModelWarning": ".model",
    "Record": ".record",
    "RunWarning": ".job",
    "Schema": ".schema",
    "load": ".model",
    "score": ".job",
}


def __getattr__(name: str) -> Any:
    import importlib

    if name == "__version__":
        return _version()
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(module, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("leapscore")
    except PackageNotFoundError:  # used from a checkout
        return "0+unknown"
