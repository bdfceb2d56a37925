"""The arguments of the command for the arguments of the operator. Needs no Airflow."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, cast

__all__ = ["flags", "keys_of_job", "text_of"]


def flags(options: Mapping[str, Any]) -> list[str]:
    """Returns the flags for options, whose keys are the names of the flags, with ``_`` or ``-``.

    A list becomes a flag each, a mapping a flag ``key=value`` each. None leaves the flag out.

    Raises:
        ValueError: a value in a list or a mapping is None.
    """
    return [flag for key, value in options.items() for flag in _flag("--" + key.replace("_", "-"), value)]


def _flag(name: str, value: Any) -> Iterator[str]:
    if value is None:
        return
    if value is True:
        yield name
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[Any, Any]", value).items():
            if item is None:
                raise ValueError(f"{name}: {key} is None; leave it out, or give it a value")
            yield f"{name}={key}={text_of(item)}"
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in cast("Iterable[Any]", value):
            if item is None:
                raise ValueError(f"{name}: an item is None")
            yield f"{name}={text_of(item)}"
    else:
        yield f"{name}={text_of(value)}"


def text_of(value: Any) -> str:
    """Returns a value as the command reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, os.PathLike):
        return os.fspath(cast("os.PathLike[str]", value))
    if isinstance(value, date):  # a datetime is a date too
        return value.isoformat()
    return str(value)


def keys_of_job(text: str) -> dict[str, Any]:
    """Returns the keys of a job in YAML or JSON. A text that is no mapping has none: the command says what is wrong with it."""
    import yaml  # Airflow needs it too

    try:
        found: Any = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
