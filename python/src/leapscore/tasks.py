"""Parts that the tasks of Luigi, Dagster and Prefect share: templates, log lines, and errors that may pass."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Protocol, Union, cast

from . import flags, process
from .errors import ContractError, GateError, LeapscoreError, ModelError, UsageError

__all__ = ["Logger", "Place", "events_to", "filled", "may_pass", "rows_of", "score"]

Place = Union[str, "os.PathLike[str]", None]
"""The folder where a process runs; None is that of this process."""

_NAME = re.compile(r"\{\{|\}\}|\{([A-Za-z_]\w*)(?::([^{}]*))?\}")
_OWN = {"time", "level", "msg", "from"}


class Logger(Protocol):
    """The part of a logger that is used."""

    def log(self, level: int, msg: str, /, *args: Any) -> object: ...


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """Returns a value with ``{name}`` and ``{name:format}`` replaced in all texts in it, also those of lists and mappings.

    ``{{`` and ``}}`` are braces. Braces around anything but a name, such as ``{a,b}`` of a pattern, stay.

    Raises:
        UsageError: there is no value of a name.
    """
    if isinstance(value, str):
        return _NAME.sub(lambda match: _text(match, values), value)
    if isinstance(value, Mapping):
        return {key: filled(item, values) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [filled(item, values) for item in cast("Sequence[Any]", value)]
    return value


def _text(match: re.Match[str], values: Mapping[str, Any]) -> str:
    if match[0] in ("{{", "}}"):
        return match[0][0]
    name = match[1]
    if name not in values:
        raise UsageError(f"{match[0]}: there is no value {name!r}, want one of {', '.join(sorted(values))}; write {{{{{name}}}}} if braces are meant")
    value = values[name]
    return format(value, match[2]) if match[2] else flags.text(value)


def score(arguments: Mapping[str, Any], *, logger: Logger, cwd: Place = None, env: Optional[Mapping[str, Optional[str]]] = None) -> dict[str, Any]:
    """Runs ``leapscore score`` and returns the summary of the run: ``run_id``, ``rows_in``, ``rows_out``, ``output`` and others.

    If the caller is interrupted, the process is stopped and leaves nothing behind.

    Raises:
        LeapscoreError: of the class of the exit code. ``NothingToDo`` if there are no new files and ``skip_exit_code`` is set.
    """
    return process.run(["score", *flags.arguments(arguments)], cwd=cwd, env=env, on_event=events_to(logger)) or {}


def events_to(logger: Logger) -> process.OnEvent:
    """Returns a function that writes lines of the log of leapscore to a logger, with their levels."""

    def write(event: process.Event) -> None:
        level = {"DEBUG": logging.DEBUG, "WARN": logging.WARNING, "ERROR": logging.ERROR}.get(str(event.get("level")), logging.INFO)
        attributes = [f"{key}={value}" for key, value in event.items() if key not in _OWN]
        logger.log(level, "%s", " ".join([str(event.get("msg", "")), *attributes]))

    return write


def may_pass(error: BaseException) -> bool:
    """Returns whether another try of a failed run may help: not if the arguments, the model or the data must be mended first."""
    return not isinstance(error, (UsageError, ModelError, ContractError, GateError)) if isinstance(error, LeapscoreError) else True


def rows_of(summary: Mapping[str, Any]) -> dict[str, int]:
    """Returns the counts of rows in the summary of a run."""
    return {key: int(summary[key]) for key in ("rows_in", "rows_out", "rows_skipped", "rows_rejected") if key in summary}
