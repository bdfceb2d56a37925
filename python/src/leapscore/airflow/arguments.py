"""The arguments of the command for the arguments of the operator. Needs no Airflow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from .. import flags as command

__all__ = ["flags", "keys_of_job"]


def flags(options: Mapping[str, Any]) -> list[str]:
    """Returns the flags for options, whose keys are the names of the flags, with ``_`` or ``-``. None leaves a flag out.

    Raises:
        ValueError: a value in a list or a mapping is None, such as that of a template that found nothing.
    """
    for name, value in options.items():
        if isinstance(value, Mapping):
            missing = [key for key, item in cast("Mapping[Any, Any]", value).items() if item is None]
        elif isinstance(value, (list, tuple)):
            missing = [number for number, item in enumerate(cast("Iterable[Any]", value)) if item is None]
        else:
            continue
        if missing:
            raise ValueError(f"--{command.key(name)}: {missing[0]} is None; leave it out, or give it a value")
    return command.arguments(options)


def keys_of_job(text: str) -> dict[str, Any]:
    """Returns the keys of a job in YAML or JSON. A text that is no mapping has none: the command says what is wrong with it."""
    import yaml  # Airflow needs it too

    try:
        found: Any = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
