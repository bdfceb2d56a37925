"""The record of a run as a typed object. Fields that this version does not know are kept in ``extra``."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Optional, TypeVar, Union, cast

__all__ = [
    "Cause",
    "ColumnDrift",
    "Counts",
    "Drift",
    "File",
    "OutputColumn",
    "Plan",
    "Record",
    "Rejects",
    "ScoredModel",
    "Source",
    "Step",
    "Table",
    "Written",
]

T = TypeVar("T")


def _none() -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class _Part:
    extra: dict[str, Any] = field(default_factory=_none, repr=False, compare=False)
    """Fields that this version of the package does not know."""


@dataclass(frozen=True)
class ScoredModel(_Part):
    """A model that a run scored with."""

    path: str = ""
    name: str = ""
    version: str = ""
    uid: str = ""
    sha256: str = ""
    label: str = ""
    written_by: str = ""


@dataclass(frozen=True)
class File(_Part):
    """A file that was read."""

    name: str = ""
    size: int = 0
    etag: str = ""


@dataclass(frozen=True)
class Source(_Part):
    """Where the rows came from: ``kind`` is files, query or stdin."""

    kind: str = ""
    query: str = ""
    database: str = ""
    params: Sequence[str] = ()
    patterns: Sequence[str] = ()
    files: Sequence[File] = ()


@dataclass(frozen=True)
class Counts(_Part):
    """Rows: ``rows_in`` = ``rows_out`` + ``rows_skipped`` + ``rows_rejected``."""

    rows_in: int = 0
    rows_out: int = 0
    rows_skipped: int = 0
    rows_rejected: int = 0


@dataclass(frozen=True)
class OutputColumn(_Part):
    """A column of a table, its type as Arrow names it, and the columns of the source that it is made of."""

    name: str = ""
    type: str = ""
    kept: bool = False


@dataclass(frozen=True)
class Written(_Part):
    """A file that was written; its name is relative to the table."""

    name: str = ""
    rows: int = 0
    bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class Table(_Part):
    """The table that was written."""

    path: str = ""
    mode: str = ""
    columns: Sequence[OutputColumn] = ()
    files: Sequence[Written] = ()


@dataclass(frozen=True)
class Cause(_Part):
    """Why rows were rejected."""

    code: str = ""
    node: str = ""
    op: str = ""
    column: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Rejects(_Part):
    """The rows that the model refused: by code, and by cause, the most frequent first."""

    path: str = ""
    rows: int = 0
    codes: Mapping[str, int] = field(default_factory=_none)
    causes: Sequence[Cause] = ()
    files: Sequence[Written] = ()


@dataclass(frozen=True)
class Step(_Part):
    """A node of the pipeline, and the columns that it reads and adds."""

    node: str = ""
    op: str = ""
    reads: Sequence[str] = ()
    adds: Sequence[str] = ()


@dataclass(frozen=True)
class Plan(_Part):
    """What was run."""

    columns_read: Sequence[OutputColumn] = ()
    steps: Sequence[Step] = ()
    pruned_nodes: Sequence[str] = ()


@dataclass(frozen=True)
class ColumnDrift(_Part):
    """How far a column has moved."""

    column: str = ""
    psi: float = 0.0


@dataclass(frozen=True)
class Drift(_Part):
    """How far the columns have moved from those of another run, ``reference``."""

    reference: str = ""
    max: float = 0.0
    rows: int = 0
    reference_rows: int = 0
    columns: Sequence[ColumnDrift] = ()
    skipped: Sequence[str] = ()


@dataclass(frozen=True)
class Record(_Part):
    """The record of a run.

    Attributes:
        outcome: ``done``; or why nothing was done: ``finished-before``, ``nothing-new``, ``retried-before``, ``ignored``.
            The other fields are then those of the run that left nothing to do, if there is one.
        run_id: its id, or "".
        status: ``ok`` or ``failed``.
        counts: the rows.
        output: the table.
        manifest: what ``--json`` prints.
        summary: counts, quantiles and frequent values of columns, as in the file.
    """

    outcome: str = "done"
    format: str = ""
    run_id: str = ""
    status: str = ""
    exit_code: int = 0
    error: str = ""
    started: str = ""
    finished: str = ""
    scored_at: str = ""
    seconds: Mapping[str, float] = field(default_factory=_none)
    leapscore_version: str = ""
    previous: str = ""
    timezone: str = ""
    warnings: Sequence[str] = ()
    models: Sequence[ScoredModel] = ()
    source: Source = field(default_factory=Source)
    options: Mapping[str, str] = field(default_factory=_none, repr=False)
    counts: Counts = field(default_factory=Counts)
    output: Table = field(default_factory=Table)
    rejects: Optional[Rejects] = None
    plan: Optional[Plan] = field(default=None, repr=False)
    drift: Optional[Drift] = None
    summary: Optional[Mapping[str, Any]] = field(default=None, repr=False)
    manifest: Mapping[str, Any] = field(default_factory=_none, repr=False)

    @property
    def done(self) -> bool:
        """Whether the run has published rows now."""
        return self.outcome == "done"

    @property
    def took(self) -> Optional[float]:
        """Seconds from start to end, if both are known."""
        if not self.started or not self.finished:
            return None
        return (_time(self.finished) - _time(self.started)).total_seconds()

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Record:
        """Makes a record of its JSON."""
        return _loaded(cls, said)

    @classmethod
    def read(cls, path: Union[str, os.PathLike[str]]) -> Record:
        """Reads the file of a record, such as ``TABLE/_leapscore/RUN-ID.json``."""
        with open(path, encoding="utf-8") as f:
            return cls.of(json.load(f))


def _time(text: str) -> datetime:
    whole, _, rest = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{(rest or '0')[:6]:0<6}+00:00")  # times are in UTC, of nanoseconds


@lru_cache(maxsize=None)
def _parts(kind: type[Any]) -> dict[str, Any]:
    """Returns the fields of a class, with the class of what is in them if it is one of ours."""
    known = {c.__name__: c for c in (ScoredModel, File, Source, Counts, OutputColumn, Written, Table, Cause, Rejects, Step, Plan, ColumnDrift, Drift)}
    found: dict[str, Any] = {}
    for f in dataclasses.fields(kind):
        word = str(f.type).replace("Sequence[", "").replace("Optional[", "").rstrip("]")
        found[f.name] = known.get(word)
    return found


def _loaded(kind: type[T], said: Mapping[str, Any]) -> T:
    parts, values, extra = _parts(kind), dict[str, Any](), dict[str, Any]()
    for name, value in said.items():
        if name not in parts or name == "extra":
            extra[name] = value
        elif value is not None:
            values[name] = _value(parts[name], value)
    make: Any = kind
    return make(**values, extra=extra)


def _value(part: Optional[type[Any]], value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_value(part, v) for v in cast("list[Any]", value))
    if part is not None and isinstance(value, Mapping):
        return _loaded(part, cast("Mapping[str, Any]", value))
    return value
