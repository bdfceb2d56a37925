"""A task of Luigi that scores a table.

    class Prices(leapscore.luigi.LeapscoreTask):
        day = luigi.DateParameter()
        arguments = {
            "job": "prices.yaml",
            "output": "predictions",
            "param": {"day": "{day}"},
            "partition": {"ds": "{day}"},
        }
"""

# Luigi has few types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportIncompatibleMethodOverride=false
from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Optional

import luigi

from . import flags, process, tasks
from .errors import LeapscoreError, UsageError

__all__ = ["LeapscoreTask", "RunTarget"]

_OF_TABLES = ("iceberg-catalog", "iceberg-catalog-name", "iceberg-table")


class RunTarget(luigi.Target):
    """A run that has finished: its rows were published in the table, whatever later runs have done to them."""

    def __init__(self, table: str, run_id: str, *, cwd: tasks.Place = None, env: Optional[Mapping[str, Optional[str]]] = None, **arguments: Any) -> None:
        """
        Args:
            table: the output of the run, a path or a URL.
            run_id: its id.
            cwd: the folder that relative paths are relative to.
            env: variables of the process, such as credentials.
            arguments: flags of ``leapscore runs``, such as ``iceberg_table``.
        """
        self.table = table
        self.run_id = run_id
        self._cwd, self._env, self._arguments = cwd, env, arguments

    def exists(self) -> bool:
        """Returns whether the run has finished. A table that does not exist has no runs.

        Raises:
            LeapscoreError: the table is there, or may be, and cannot be read.
        """
        return self.record() is not None

    def record(self) -> Optional[dict[str, Any]]:
        """Returns what ``leapscore runs`` says of the run, or None if it has not finished."""
        try:
            found = process.run(["runs", self.table, *flags.arguments(self._arguments)], cwd=self._cwd, env=self._env) or {}
        except UsageError as error:
            if "there is no table" in error.message:
                return None
            raise
        runs: list[dict[str, Any]] = found.get("runs", [])
        return next((run for run in runs if run["run_id"] == self.run_id and run["exit_code"] == 0), None)

    def __str__(self) -> str:
        return f"{self.table}#{self.run_id}"


class LeapscoreTask(luigi.Task):
    """Runs ``leapscore score`` once for each set of parameters.

    A class of its own names the parameters and sets ``arguments``. The task is
    complete when its run has been published, and only then: a task that was
    killed runs again, and one that has finished does not. A failed run raises
    the ``LeapscoreError`` of its class.
    """

    arguments: Mapping[str, Any] = {}
    """The flags of ``leapscore score``, with ``_`` or ``-``. ``output`` must be one of them, also beside a
    job file. ``{name}`` in a text is the parameter of that name, ``{name:%Y%m%d}`` its format. May be a property."""

    cwd: tasks.Place = None
    """The folder that relative paths are relative to."""

    env: Optional[Mapping[str, Optional[str]]] = None
    """Variables of the process, such as credentials."""

    @property
    def run_id(self) -> str:
        """The id of the run, Luigi's id of the task unless a class has another."""
        return str(self.task_id)

    def output(self) -> RunTarget:
        arguments = self._filled()
        table = arguments.get("output")
        if not table:
            raise UsageError(f"{type(self).__name__}.arguments has no output: name the table there, also beside a job file, so that Luigi can see whether the task is complete")
        return RunTarget(flags.text(table), self.run_id, cwd=self.cwd, env=self.env, **{key: arguments[key] for key in _OF_TABLES if key in arguments})

    def run(self) -> None:
        try:
            summary = tasks.score(self._filled(), logger=logging.getLogger("luigi-interface"), cwd=self.cwd, env=self.env)
        except LeapscoreError as error:
            self._show(str(error))
            raise
        self._show(", ".join(f"{key}: {count}" for key, count in tasks.rows_of(summary).items()))

    def _show(self, message: str) -> None:
        if self.set_status_message is not None:  # a worker runs the task
            self.set_status_message(message)

    def _filled(self) -> dict[str, Any]:
        arguments = tasks.filled(self.arguments, {**self.param_kwargs, "task_id": self.task_id})
        return {"run-id": self.run_id, **{flags.key(name): value for name, value in arguments.items()}}
