"""The errors of leapscore. Each carries what the command said about it.

The classes follow the exit codes of the command, so that a caller can decide
whether another try helps: ``RunError``, ``OutputError``, ``Interrupted`` and
``Crashed`` may pass; ``UsageError``, ``ModelError``, ``ContractError`` and
``GateError`` stay until somebody mends the job.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

__all__ = [
    "BadRowError",
    "BinaryNotFound",
    "ContractError",
    "Crashed",
    "GateError",
    "Interrupted",
    "LeapscoreError",
    "ModelError",
    "NothingToDo",
    "OutputError",
    "RunError",
    "UsageError",
    "error_for",
]


class LeapscoreError(Exception):
    """An error of leapscore.

    Attributes:
        message: one sentence that says where, what was found and how to mend it.
        code: why a row or a batch failed, one of ``leapscore codes``; else None.
        exit_code: the exit code of the command; None if no command has ended.
        row: the row that is to blame, counted from 0 in its file, query or data; else None.
        node: the node of the model that refused the row; else None.
        op: the op of that node; else None.
        column: the column that is to blame; else None.
    """

    def __init__(
        self,
        message: str,
        code: Optional[str] = None,
        exit_code: Optional[int] = None,
        row: Optional[int] = None,
        node: Optional[str] = None,
        op: Optional[str] = None,
        column: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.exit_code = exit_code
        self.row = row
        self.node = node
        self.op = op
        self.column = column

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is pickled by its arguments, which do not have the other attributes.
        return _rebuilt, (type(self), self.message, dict(self.__dict__))


def _rebuilt(kind: type[LeapscoreError], message: str, attributes: dict[str, Any]) -> LeapscoreError:
    error = kind(message)
    error.__dict__.update(attributes)
    return error


class RunError(LeapscoreError):
    """A failure at run time: a store, a disk, a row that the model refuses (exit code 1)."""


class BadRowError(RunError):
    """A row that the model refuses. ``row``, ``code``, ``node``, ``op`` and ``column`` say which and why."""


class UsageError(LeapscoreError):
    """A mistake in the arguments, or in what they name (exit code 2)."""


class ModelError(LeapscoreError):
    """The model cannot be loaded (exit code 3)."""


class ContractError(LeapscoreError):
    """Source and model, or rows and table, do not fit (exit code 4)."""


class GateError(LeapscoreError):
    """A gate is closed: too many rejects, too few rows, or drift (exit code 5)."""


class OutputError(LeapscoreError):
    """The output exists, or another run is writing it (exit code 6)."""


class NothingToDo(LeapscoreError):
    """An incremental run found nothing new, and was told to say so by ``skip_exit_code``."""


class Interrupted(LeapscoreError):
    """A signal or a caller stopped the command; nothing was published."""


class Crashed(LeapscoreError):
    """The process ended without a word: a bug, a crash, or it was killed, such as for its memory."""


class BinaryNotFound(LeapscoreError):
    """There is no program ``leapscore`` to run."""


_BY_EXIT_CODE: Mapping[int, type[LeapscoreError]] = {
    1: RunError,
    2: UsageError,
    3: ModelError,
    4: ContractError,
    5: GateError,
    6: OutputError,
    70: Crashed,
    129: Interrupted,
    130: Interrupted,
    131: Crashed,
    134: Crashed,
    137: Crashed,
    139: Crashed,
    143: Interrupted,
}


def error_for(
    exit_code: int,
    message: str,
    *,
    code: Optional[str] = None,
    row: Optional[int] = None,
    node: Optional[str] = None,
    op: Optional[str] = None,
    column: Optional[str] = None,
) -> LeapscoreError:
    """Returns, and does not raise, the error of a command that ended with ``exit_code``.

    A negative code is that of a signal, as ``subprocess`` has it. A failure of
    exit code 1 with a ``row`` is a ``BadRowError``.
    """
    if exit_code < 0:
        exit_code = 128 - exit_code
    kind = _BY_EXIT_CODE.get(exit_code, RunError)
    if kind is RunError and row is not None:
        kind = BadRowError
    return kind(message, code=code, exit_code=exit_code, row=row, node=node, op=op, column=column)
