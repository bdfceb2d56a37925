"""Shows how far a run is: by rich if it is there, in notebooks and on terminals, otherwise by a line of text."""

from __future__ import annotations

import sys
from typing import Any, Optional, Protocol, TextIO

from .process import Event

__all__ = ["Progress", "is_watched", "shown_by"]

WIDTH = 24


class Progress(Protocol):
    """Shows the events of a run, until it is closed."""

    def event(self, event: Event) -> None: ...

    def close(self) -> None: ...


def is_watched() -> bool:
    """Reports whether somebody looks: in a notebook, or at a terminal."""
    return _in_notebook() or sys.stderr.isatty()


def _in_notebook() -> bool:
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"


def shown_by(stream: Optional[TextIO] = None) -> Progress:
    """Returns what shows a run: a bar of rich, or text on ``stream``, which is stderr."""
    if stream is None:
        try:
            return _Rich()
        except ImportError:
            pass
    return _Text(stream or sys.stderr)


class _Rich:
    def __init__(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        self._bar: Any = Bar(*columns, transient=False)
        self._bar.start()
        self._task: Any = self._bar.add_task("starting", total=None)

    def event(self, event: Event) -> None:
        if event.get("msg") == "done":
            rows = event.get("rows_in")
            self._bar.update(self._task, description="done", total=rows, completed=rows)
        elif event.get("msg") == "running":
            self._bar.update(self._task, description=event.get("stage", "running"), total=event.get("rows_total"), completed=event.get("rows", 0))

    def close(self) -> None:
        self._bar.stop()


class _Text:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._width = 0

    def event(self, event: Event) -> None:
        if event.get("msg") == "done":
            self._show(f"done: {event.get('rows_out', 0):,} rows in {event.get('seconds', 0)} s")
        elif event.get("msg") == "running":
            self._show(_line(event))

    def _show(self, line: str) -> None:
        self._stream.write("\r" + line.ljust(self._width))
        self._stream.flush()
        self._width = len(line)

    def close(self) -> None:
        if self._width:
            self._stream.write("\n")


def _line(event: Event) -> str:
    rows, total = int(event.get("rows", 0)), int(event.get("rows_total", 0))
    line = f"{event.get('stage', 'running')}: {rows:,} rows"
    if total:
        done = min(rows, total) * WIDTH // total
        line = f"{event.get('stage')}: {100 * min(rows, total) // total:3d}% [{'#' * done}{' ' * (WIDTH - done)}] {rows:,} of {total:,} rows"
    rate, left = event.get("rows_per_second"), event.get("seconds_left")
    if rate:
        line += f", {rate:,} rows/s"
    if left is not None:
        line += f", {left:.0f} s left"
    return line
