"""Runs jobs: what ``leapscore score`` does, with a typed record as the result."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Optional, Union

from . import flags as _flags
from .process import Event, OnEvent, run
from .progress import is_watched, shown_by
from .record import Record

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .options import Options

__all__ = ["Job", "RunWarning", "score"]

EVERY = "500ms"  # between two lines of progress, if it is shown


class RunWarning(UserWarning):
    """A warning of a run, such as inputs of a job that may be unfinished."""


class Job:
    """A job: a model, a source, a table, and the rules of the run. Keywords are the flags of ``leapscore score``.

        job = Job(model="model.zip", sql="SELECT * FROM 'day/*.parquet'", output="predictions", mode="overwrite")
        job.check()
        record = job.run()

    Lists stand for flags that are repeated or have commas, and dicts for
    ``name=value``: ``keep=["id"]``, ``param={"day": day}``, ``model={"a": "a.zip", "b": "b.zip"}``.
    """

    def __init__(self, *, job: Union[str, os.PathLike[str], None] = None, config: Union[str, os.PathLike[str], None] = None, **options: Unpack[Options]) -> None:
        values: dict[str, Any] = {"job": job, "config": config, **options}
        rejects = values.pop("retry_rejects", None)
        self.command = "score" if rejects is None else "retry-rejects"
        self.arguments = [*_flags.arguments(values), *([] if rejects is None else _flags.words(rejects))]

    @classmethod
    def from_yaml(cls, path: Union[str, os.PathLike[str]], **options: Unpack[Options]) -> Job:
        """Returns the job of a YAML or JSON file, whose keys are the flags. Options come before the file's."""
        return cls(job=path, **options)

    def __repr__(self) -> str:
        return f"<leapscore.Job {self.command} {' '.join(self.arguments)}>"

    def check(self) -> dict[str, Any]:
        """Checks source against model, and scores nothing.

        Returns:
            The plan: ``files``, ``rows``, ``columns_read``, ``steps``, and the columns of the table.

        Raises:
            UsageError: the job has mistakes; the message lists them all.
            ModelError, ContractError: the model cannot be loaded, or does not fit the source.
        """
        return run(["check", *self.arguments]) or {}

    def run(self, *, progress: Optional[bool] = None, on_event: Optional[OnEvent] = None) -> Record:
        """Runs the job. The table appears whole or not at all.

        Args:
            progress: whether to show how far the run is; None: in notebooks and on terminals.
            on_event: gets each line of the log as a dict of ``time``, ``level``, ``msg`` and more.

        Returns:
            The record of the run. ``record.outcome`` says if there was nothing to do.

        Raises:
            BadRowError: the model refuses a row; ``row``, ``code``, ``node`` and ``column`` say which and why.
            UsageError, ModelError, ContractError, GateError, OutputError, RunError: by the exit codes.
            NothingToDo: an incremental run found nothing new, and ``skip_exit_code`` is set.
            Interrupted, Crashed: the command was stopped, or died. Nothing is published, and the job can be run again.

        Warns:
            RunWarning: each warning of the log.
        """
        return self._run(progress, on_event, 3)

    def _run(self, progress: Optional[bool], on_event: Optional[OnEvent], depth: int) -> Record:
        """Runs the job, for a caller that is ``depth`` calls above the warnings."""
        shown = shown_by() if (is_watched() if progress is None else progress) else None
        warned: list[str] = []
        finished: list[bool] = []

        def event(event: Event) -> None:
            if event.get("level") == "WARN":
                warned.append(_text(event))
            if shown is not None and not finished:
                shown.event(event)
            if event.get("msg") == "done":
                finished.append(True)  # a line of progress may come after it
            if on_event is not None:
                on_event(event)

        more = ["--progress-every", EVERY] if shown is not None else []
        try:
            result = run([self.command, *self.arguments, "--json-record", *more], on_event=event)
        finally:
            if shown is not None:
                shown.close()
            for text in warned:
                warnings.warn(text, RunWarning, stacklevel=depth)
        return _record(result or {})


def score(
    *,
    job: Union[str, os.PathLike[str], None] = None,
    config: Union[str, os.PathLike[str], None] = None,
    progress: Optional[bool] = None,
    on_event: Optional[OnEvent] = None,
    **options: Unpack[Options],
) -> Record:
    """Scores the rows of files or of a query into a table: ``Job(...).run(...)``.

        record = score(model="model.zip", input="day/*.parquet", output="predictions", mode="overwrite")
        record.counts.rows_out

    Keywords are the flags of ``leapscore score``, with _ for -; see ``Options``.
    ``job`` is a file with more of them. Errors, warnings and the result are those of ``Job.run``.
    """
    return Job(job=job, config=config, **options)._run(progress, on_event, 3)  # pyright: ignore[reportPrivateUsage]


def _text(event: Event) -> str:
    """Returns a line of the log in words, without what all lines of a run have."""
    about = {name: value for name, value in event.items() if name not in ("time", "level", "msg", "run_id", "model")}
    return str(event.get("msg")) + (f" ({', '.join(f'{n}={v}' for n, v in about.items())})" if about else "")


def _record(result: Mapping[str, Any]) -> Record:
    return Record.of({**(result.get("run") or {}), "outcome": result.get("outcome", "done"), "manifest": result.get("manifest") or {}})
