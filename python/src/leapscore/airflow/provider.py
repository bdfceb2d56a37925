"""What Airflow shows of this provider. Needs no Airflow: it is read at the start of each of its processes."""

from __future__ import annotations

from typing import Any

from . import form

__all__ = ["get_provider_info"]

_HOOK = "leapscore.airflow.hook.LeapscoreHook"


def get_provider_info() -> dict[str, Any]:
    """Returns the provider as Airflow's entry point ``apache_airflow_provider`` wants it."""
    return {
        "package-name": "leapscore",
        "name": "leapscore",
        "description": "Scores tables with MLeap bundles, without a JVM",
        "integrations": [{"integration-name": "leapscore", "external-doc-url": "https://combust.github.io/mleap-docs/", "tags": ["service"]}],
        "operators": [{"integration-name": "leapscore", "python-modules": ["leapscore.airflow.operator", "leapscore.airflow.commit"]}],
        "hooks": [{"integration-name": "leapscore", "python-modules": ["leapscore.airflow.hook"]}],
        "connection-types": [
            {
                "connection-type": form.TYPE,
                "hook-class-name": _HOOK,
                "hook-name": form.NAME,
                "conn-fields": {f.name: _field(f) for f in form.FIELDS},
                "ui-field-behaviour": {"hidden-fields": form.HIDDEN, "relabeling": {}, "placeholders": dict(form.PLACEHOLDERS)},
            }
        ],
    }


def _field(f: form.Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": ["string", "null"]}
    if f.secret:
        schema["format"] = "password"
    return {"label": f.label, "schema": schema}
