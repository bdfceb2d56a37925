"""leapscore in Airflow 3 and 2.10: an operator that scores a table, and connections to stores.

    from leapscore.airflow import LeapscoreOperator

    LeapscoreOperator(
        task_id="score",
        job="prices.yaml",
        parameters={"day": "{{ ds }}"},
        partition={"ds": "{{ ds }}"},
        outlets=[Asset("s3://lake/prices")],
    )

Importing this package imports nothing else. Airflow is imported with the first name that is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .commit import LeapscoreCommitOperator
    from .hook import LeapscoreHook
    from .operator import LeapscoreOperator
    from .provider import get_provider_info

__all__ = ["LeapscoreCommitOperator", "LeapscoreHook", "LeapscoreOperator", "get_provider_info"]

_MODULES = {
    "LeapscoreCommitOperator": ".commit",
    "LeapscoreHook": ".hook",
    "LeapscoreOperator": ".operator",
    "get_provider_info": ".provider",
}


def __getattr__(name: str) -> Any:
    import importlib

    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(module, __name__), name)
    globals()[name] = value
    return value
