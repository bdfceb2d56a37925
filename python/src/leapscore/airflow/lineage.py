"""The run of Airflow's task as the parent of leapscore's run in OpenLineage."""

from __future__ import annotations

import json
import os
import uuid
from typing import Any, Optional, cast
from urllib.parse import quote

__all__ = ["environment", "nominal_time"]


def environment(ti: Any) -> dict[str, Optional[str]]:
    """Returns the variables that make the task the parent of the run, with where its events go.

    With the provider openlineage the parent is the run that the provider
    reports. Without it nothing is reported by Airflow, and the parent is an id
    that belongs to this try of the task.
    """
    namespace, job, run = _parent(ti)
    parent = "/".join([quote(namespace, safe=""), quote(job, safe=""), run])
    return {"OPENLINEAGE_PARENT_ID": parent, "OPENLINEAGE_NAMESPACE": namespace, **_transport()}


def _parent(ti: Any) -> tuple[str, str, str]:
    try:
        from airflow.providers.openlineage.plugins.macros import lineage_parent_id  # pyright: ignore
    except ImportError:
        return _own_parent(ti)
    # A name of a task has no slash.
    namespace, job, run = str(lineage_parent_id(ti)).rsplit("/", 2)  # pyright: ignore
    return namespace, job, run


def _own_parent(ti: Any) -> tuple[str, str, str]:
    namespace = os.environ.get("AIRFLOW__OPENLINEAGE__NAMESPACE") or os.environ.get("OPENLINEAGE_NAMESPACE") or "default"
    parts = [namespace, ti.dag_id, ti.task_id, ti.run_id, str(ti.map_index), str(ti.try_number)]
    return namespace, f"{ti.dag_id}.{ti.task_id}", str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


def _transport() -> dict[str, Optional[str]]:
    """Returns the server of Airflow's configuration, if it is reached by HTTP and the worker has no other in its environment."""
    if os.environ.get("OPENLINEAGE_URL"):
        return {}
    from airflow.configuration import conf  # pyright: ignore

    if conf.getboolean("openlineage", "disabled", fallback=False):  # pyright: ignore
        return {}
    try:
        found: Any = json.loads(conf.get("openlineage", "transport", fallback="") or "{}")  # pyright: ignore
    except ValueError:
        return {}  # the provider says so
    server = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if server.get("type") != "http" or not server.get("url"):
        return {}
    variables: dict[str, Optional[str]] = {"OPENLINEAGE_URL": str(server["url"])}
    if server.get("endpoint"):
        variables["OPENLINEAGE_ENDPOINT"] = str(server["endpoint"])
    auth: Any = server.get("auth") or {}
    if auth.get("type") == "api_key":
        variables["OPENLINEAGE_API_KEY"] = str(auth.get("apiKey") or auth.get("api_key") or "")
    return variables


def nominal_time(context: Any) -> Optional[str]:
    """Returns the interval of the data, as START/END or START, or None for a run that has none, such as one that an asset has triggered."""
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    if start is None or end is None:
        return None
    # A run that is scheduled for a moment has no other end.
    return start.isoformat() if start == end else f"{start.isoformat()}/{end.isoformat()}"
