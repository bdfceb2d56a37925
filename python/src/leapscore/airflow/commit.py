"""The operator that publishes the shards of a run as one table."""

# Some of Airflow's own signatures are without types.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Optional, Union

from . import runs
from ._compat import AirflowFailException
from .arguments import flags
from .command import CommandOperator

__all__ = ["LeapscoreCommitOperator"]


class LeapscoreCommitOperator(CommandOperator):
    """Publishes what mapped tasks of ``LeapscoreOperator`` have scored in shards, whole and once: ``leapscore commit`` as a task.

    It returns what ``LeapscoreOperator`` returns, with the sums of all shards, and updates assets as that does.

    Args:
        table: the table into which the shards were scored.
        run_id: the id of their run. By default it is that of all shards of this DAG run.
        options: other flags of ``leapscore commit`` by name.
        store_conn_ids, environment, cwd, fail_on_exit_code: as for ``LeapscoreOperator``.

    Raises:
        AirflowFailException: the shards belong to different jobs, or a gate is closed.
        AirflowException: a shard is missing, or the table has changed meanwhile.
    """

    template_fields: Collection[str] = ("table", "run_id", "options", "store_conn_ids", "environment", "cwd")
    template_fields_renderers: ClassVar[dict[str, str]] = {"options": "json", "environment": "json"}
    ui_color = "#bfe3cd"

    def __init__(
        self,
        *,
        table: str,
        run_id: Optional[str] = None,
        options: Optional[Mapping[str, Any]] = None,
        store_conn_ids: Union[str, Sequence[str]] = (),
        environment: Optional[Mapping[str, Any]] = None,
        cwd: Optional[str] = None,
        fail_on_exit_code: Collection[int] = (2, 3, 4, 5),
        **kwargs: Any,
    ) -> None:
        super().__init__(store_conn_ids=store_conn_ids, environment=environment, cwd=cwd, fail_on_exit_code=fail_on_exit_code, **kwargs)
        self.table = table
        self.run_id = run_id
        self.options = options

    def execute(self, context: Any) -> dict[str, Any]:
        """Publishes the table. Airflow calls it."""
        ti = context["ti"]
        chosen = {"run-id": self.run_id or runs.run_id(ti.dag_id, ti.run_id), **(self.options or {})}
        try:
            arguments = ["commit", self.table, *flags(chosen)]
        except ValueError as e:
            raise AirflowFailException(str(e)) from None
        return self.run_command(context, arguments, {})
