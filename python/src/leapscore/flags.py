"""Makes flags of the command from keyword arguments, such as ``--partition-by a,b`` from ``partition_by=["a", "b"]``."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from typing import Any, cast

__all__ = ["COMMAS", "arguments", "key", "words"]

COMMAS = frozenset({"drift-columns", "features", "keep", "outputs", "partition-by", "sample-key"})
"""Flags whose values are one list with commas. Others are repeated."""


def key(name: str) -> str:
    """Returns the name of a flag of a keyword: ``input_default`` is ``input-default``, and ``map_`` is ``map``."""
    return name.strip("_").replace("_", "-")


def words(value: Any) -> list[str]:
    """Returns the texts of a value: those of a list, ``name=value`` of a mapping, or the one."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value)
        return [f"{name}={text(v)}" for name, v in pairs.items()]
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return [text(v) for v in cast("Iterable[Any]", value)]
    return [text(value)]


def text(value: Any) -> str:
    """Returns a value as the command reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "isoformat"):  # dates and times
        return str(value.isoformat())
    if isinstance(value, os.PathLike):
        return os.fsdecode(cast("os.PathLike[Any]", value))
    return str(value)


def arguments(values: Mapping[str, Any]) -> list[str]:
    """Returns the flags of keyword arguments. Those that are None are left out."""
    flags: list[str] = []
    for name, value in values.items():
        if value is None:
            continue
        flag = key(name)
        if flag in COMMAS:
            if isinstance(value, str):  # commas in it are the caller's
                flags.append(f"--{flag}={value}")
            else:
                flags.append(f"--{flag}={_line(words(value))}")
        else:
            flags += [f"--{flag}={word}" for word in words(value)]
    return flags


def _line(names: list[str]) -> str:
    """Returns names as a line of CSV, as the command reads lists."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(names)
    return out.getvalue()
