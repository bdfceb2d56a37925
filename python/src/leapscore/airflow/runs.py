"""The run of leapscore that belongs to a try of a task. Needs no Airflow."""

from __future__ import annotations

import hashlib
import re

__all__ = ["needs_rerun", "run_id"]

_LONGEST = 200
_FOREIGN = re.compile(r"[^A-Za-z0-9._:+@=~-]")


def run_id(*parts: object) -> str:
    """Returns the id of a run: the parts, joined by colons, as leapscore takes ids.

    The same parts give the same id, other parts another one: where a part has
    characters that no id may have, or the id is too long, a hash of the parts is added.
    """
    whole = ":".join(str(p) for p in parts)
    plain = _FOREIGN.sub("~", whole)
    if not plain[:1].isalnum():
        plain = "r" + plain
    if plain == whole and len(plain) <= _LONGEST:
        return plain
    digest = hashlib.sha256(whole.encode()).hexdigest()[:16]
    return f"{plain[: _LONGEST - 17]}~{digest}"


def needs_rerun(try_number: int, max_tries: int, retries: int) -> bool:
    """Reports whether a try does a run again that has finished.

    The first try does, and so do all tries after a task was cleared: Airflow
    then allows more tries than the task has. A retry does not: if the try
    before has published its rows, there is nothing left to do.
    """
    return try_number <= 1 or max_tries > retries
