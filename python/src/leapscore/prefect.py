"""A task of Prefect that scores a table.

    @prefect.flow
    def nightly(day: str) -> None:
        score.with_options(retries=2, retry_delay_seconds=300)(job="prices.yaml", param={"day": day}, partition={"ds": day})
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

import prefect
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import task_run
from prefect.states import Completed

from . import flags, tasks
from .errors import NothingToDo

__all__ = ["score"]


def _retry(task: Any, run: Any, state: State[Any]) -> bool:
    """Says whether a failed task is tried again."""
    try:
        error = state.result(raise_on_failure=False)
    except Exception as failure:
        error = failure
    return tasks.may_pass(error) if isinstance(error, BaseException) else True


@prefect.task(name="leapscore", cache_policy=NO_CACHE, retry_condition_fn=_retry)
def score(*, cwd: tasks.Place = None, env: Optional[Mapping[str, Optional[str]]] = None, **arguments: Any) -> Any:
    """Runs ``leapscore score`` and returns the summary of the run: ``run_id``, ``rows_in``, ``rows_out``, ``output`` and others.

    The run of leapscore has the id of the task's run unless ``run_id`` says otherwise: a task that is
    tried again does nothing twice. With ``run_id=f"prices-{day}"`` a day is scored once, until ``rerun=True``.

    If leapscore says that there is nothing to do, the state is Completed with the name Skipped, and
    the result is None. A failed run raises the ``LeapscoreError`` of its class; with
    ``retries`` the task is tried again only if that may help.

    Args:
        cwd: the folder that relative paths are relative to.
        env: variables of the process, such as credentials.
        arguments: the flags of ``leapscore score`` with ``_`` for ``-``: job, model, input, output, ...
    """
    named = {flags.key(name): value for name, value in arguments.items()}
    named.setdefault("run-id", f"prefect-{task_run.id}")
    try:
        return tasks.score(named, logger=prefect.get_run_logger(), cwd=cwd, env=env)
    except NothingToDo as nothing:
        return Completed(message=str(nothing), name="Skipped")
