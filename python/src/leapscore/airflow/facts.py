"""The result of a run, small enough for an XCom. Needs no Airflow."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Optional, cast

__all__ = ["facts", "flat"]


def facts(result: Mapping[str, Any], cwd: Optional[str] = None) -> dict[str, Any]:
    """Returns what is worth knowing of a run, small enough for an XCom.

    ``run_id``, ``table``, ``record`` (the place of the whole record), ``rows_in``,
    ``rows_out``, ``rows_skipped``, ``rows_rejected``, ``files``, ``bytes``, ``model``
    (name, version, sha256), ``started``, ``finished``; ``nothing_done`` if the run
    had finished before or the table is left as it is; and where it applies
    ``rejects`` (path, rows, codes) and ``drift`` (psi and column of the largest, and the reference).
    """
    written: list[Any] = result.get("files") or []
    counted: Mapping[str, Any] = result.get("all_files") or {"files": len(written), "bytes": sum(f.get("bytes", 0) for f in written)}
    model: Mapping[str, Any] = result.get("model") or {}
    found: dict[str, Any] = {
        "run_id": result.get("run_id"),
        "table": _absolute(result.get("output"), cwd),
        "record": _absolute(result.get("record"), cwd),
        **{key: result.get(key, 0) for key in ("rows_in", "rows_out", "rows_skipped", "rows_rejected")},
        "files": counted.get("files", 0),
        "bytes": counted.get("bytes", 0),
        "model": {key: model.get(key) for key in ("name", "version", "sha256")},
        "started": result.get("started"),
        "finished": result.get("finished"),
        "nothing_done": bool(result.get("skipped") or result.get("ignored")),
    }
    if rejects := result.get("rejects"):
        found["rejects"] = {"path": _absolute(rejects.get("path"), cwd), "rows": rejects.get("rows"), "codes": rejects.get("codes") or {}}
    if drift := result.get("drift"):
        found["drift"] = _largest(drift)
    return found


def flat(found: Mapping[str, Any]) -> dict[str, Any]:
    """Returns facts without nesting, as ``model.version``: Airflow 2.10 hashes what the event of an alias has."""
    plain: dict[str, Any] = {}
    for key, value in found.items():
        if isinstance(value, Mapping):
            plain.update({f"{key}.{inner}": v for inner, v in flat(cast("Mapping[str, Any]", value)).items()})
        else:
            plain[key] = value
    return plain


def _largest(drift: Mapping[str, Any]) -> dict[str, Any]:
    columns: list[Mapping[str, Any]] = drift.get("columns") or []
    none: Mapping[str, Any] = {}
    top = max(columns, key=lambda c: c.get("psi") or 0, default=none)
    return {"reference": drift.get("reference"), "column": top.get("column"), "psi": top.get("psi")}


def _absolute(place: Optional[str], cwd: Optional[str]) -> Optional[str]:
    """Returns the place as other tasks find it, which run in other folders."""
    if not place or "://" in place:
        return place
    return os.path.abspath(os.path.join(cwd or os.getcwd(), place))
