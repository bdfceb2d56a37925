"""The operator that scores a table."""

# Some of Airflow's own signatures are without types.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Optional, Union

from ..flags import key as flag_name
from . import lineage, runs
from ._compat import AirflowFailException
from .arguments import flags, keys_of_job
from .command import CommandOperator

__all__ = ["LeapscoreOperator"]

# A longer text does not fit into an argument of a process.
_LONGEST_ARGUMENT = 64 << 10


class LeapscoreOperator(CommandOperator):
    """Scores rows into a table: ``leapscore score`` as a task.

    The task succeeds, fails or is skipped by the exit code. Its log is that of
    the command, with the levels. If it is killed, the command ends too and
    leaves the table as it was. It returns a small dict (``leapscore.airflow.facts``).

    All arguments but the last three are templates. A text that ends with
    ``.sql``, ``.yaml`` or ``.yml`` is the name of a template file, beside the DAG
    or with an absolute path on the worker.

    Args:
        model: the bundle, or several as ``{"champion": ..., "challenger": ...}``.
        sql: the query that selects the rows.
        inputs: files, folders, patterns or URLs whose rows are scored.
        table: the folder, file or URL of the table. (In Airflow 2.10 ``output`` of an operator is something else.)
        job: a job as a dict, or in YAML or JSON; mostly the name of its file. Other arguments win over its keys.
        parameters: values for ``$name`` in the query.
        partition: with ``mode="overwrite-partitions"``, the partition that is replaced, such as ``{"ds": "{{ ds }}"}``.
        mode: if the table exists: error, overwrite, overwrite-partitions, append or ignore.
        rejects: the table of rows that the model refuses.
        shard: the part of the rows that is scored, such as ``"3/16"``. All shards of a DAG run have one run id, and
            ``LeapscoreCommitOperator`` publishes them.
        incremental: scores only inputs that are new, and skips the task if there are none.
        run_id: the id of the run. By default it is made of DAG, task, DAG run and map index: retries and
            cleared tasks have the same.
        options: all other flags of ``leapscore score`` by name, such as ``{"drift-max": 0.2, "keep": ["id"]}``.
        store_conn_ids: connections of type aws, google_cloud_platform, wasb, adls or leapscore, whose
            credentials leapscore gets in its environment.
        environment: more variables for leapscore.
        cwd: the folder that relative paths are meant from.
        rerun: whether the run is done again if it has finished before. By default the first try and cleared
            tasks do it again and replace its rows, and a retry does not: what has been published is not done twice.
        skip_on_exit_code: the exit code by which an incremental run says that there is nothing new.
        fail_on_exit_code: exit codes after which the task fails without a retry.

    Raises:
        AirflowSkipException: there is nothing new.
        AirflowFailException: the command, the model or the columns are wrong, or a gate is closed.
        AirflowException: anything else, which another try may mend.
    """

    template_fields: Collection[str] = (
        "model", "sql", "inputs", "table", "job", "parameters", "partition", "mode", "rejects", "shard", "run_id", "options", "store_conn_ids", "environment", "cwd",
    )  # fmt: skip
    template_ext: Sequence[str] = (".sql", ".yaml", ".yml")
    template_fields_renderers: ClassVar[dict[str, str]] = {
        "sql": "sql", "job": "yaml", "inputs": "json", "parameters": "json", "partition": "json", "options": "json", "environment": "json",
    }  # fmt: skip
    ui_color = "#dcefe4"

    def __init__(
        self,
        *,
        model: Union[str, Mapping[str, str], None] = None,
        sql: Optional[str] = None,
        inputs: Union[str, Sequence[str], None] = None,
        table: Optional[str] = None,
        job: Union[str, Mapping[str, Any], None] = None,
        parameters: Optional[Mapping[str, Any]] = None,
        partition: Optional[Mapping[str, Any]] = None,
        mode: Optional[str] = None,
        rejects: Optional[str] = None,
        shard: Optional[str] = None,
        incremental: bool = False,
        run_id: Optional[str] = None,
        options: Optional[Mapping[str, Any]] = None,
        rerun: Optional[bool] = None,
        skip_on_exit_code: int = 99,
        store_conn_ids: Union[str, Sequence[str]] = (),
        environment: Optional[Mapping[str, Any]] = None,
        cwd: Optional[str] = None,
        fail_on_exit_code: Collection[int] = (2, 3, 4, 5),
        **kwargs: Any,
    ) -> None:
        super().__init__(store_conn_ids=store_conn_ids, environment=environment, cwd=cwd, fail_on_exit_code=fail_on_exit_code, **kwargs)
        self.model = model
        self.sql = sql
        self.inputs = inputs
        self.table = table
        self.job = job
        self.parameters = parameters
        self.partition = partition
        self.mode = mode
        self.rejects = rejects
        self.shard = shard
        self.incremental = incremental
        self.run_id = run_id
        self.options = options
        self.rerun = rerun
        self.skip_on_exit_code = skip_on_exit_code

    def execute(self, context: Any) -> dict[str, Any]:
        """Scores the rows. Airflow calls it."""
        arguments, texts = self._command(context)
        return self.run_command(context, arguments, texts)

    def _command(self, context: Any) -> tuple[list[str], dict[str, str]]:
        """Returns the command, and the texts that it gets as files."""
        texts: dict[str, str] = {}
        keys: Mapping[str, Any] = {}
        if self.job:
            texts["--job"] = self.job if isinstance(self.job, str) else json.dumps(self.job)
            keys = keys_of_job(texts["--job"])
        chosen: dict[str, Any] = {
            "model": self.model, "sql": self.sql, "input": self.inputs, "output": self.table, "param": self.parameters,
            "partition": self.partition, "mode": self.mode, "rejects": self.rejects, "shard": self.shard,
        }  # fmt: skip
        if self.sql and len(self.sql) > _LONGEST_ARGUMENT:
            texts["--sql-file"] = self.sql
            del chosen["sql"]
        more = {flag_name(str(key)): value for key, value in (self.options or {}).items()}
        if twice := [key for key in more if chosen.get(key) is not None]:
            raise AirflowFailException(f"options: {', '.join(twice)} is given as an argument of the operator too; leave one of them out")
        chosen.update(more)
        chosen.update(self._run_keys(context, {**keys, **more}))
        try:
            return ["score", *flags(chosen)], texts
        except ValueError as e:
            raise AirflowFailException(str(e)) from None

    def _run_keys(self, context: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the flags that say which run this is. given are those of the job and the options."""
        ti = context["ti"]
        keys: dict[str, Any] = {}
        sharded = self.shard or given.get("shard")
        if self.run_id is not None:
            keys["run-id"] = self.run_id
        elif given.get("run-id") is None and sharded:
            keys["run-id"] = runs.run_id(ti.dag_id, ti.run_id)
        elif given.get("run-id") is None:
            keys["run-id"] = runs.run_id(ti.dag_id, ti.task_id, ti.run_id, *([ti.map_index] if ti.map_index >= 0 else []))
        if self.incremental or given.get("incremental"):
            keys["incremental"] = True
            if given.get("skip-exit-code") is None:
                keys["skip-exit-code"] = self.skip_on_exit_code
        elif given.get("rerun") is None and not sharded:  # a shard that was done is never done twice
            again = runs.needs_rerun(ti.try_number, ti.max_tries, self.retries or 0) if self.rerun is None else self.rerun
            keys["rerun"] = again or None
        if given.get("nominal-time") is None:
            keys["nominal-time"] = lineage.nominal_time(context)
        return keys

    def resolve_template_files(self) -> None:
        """Reads template files that are beside the DAG. Those of a worker are read by the worker."""
        held = {name: getattr(self, name) for name in self.template_fields if self._is_on_worker(getattr(self, name))}
        for name in held:
            setattr(self, name, None)
        super().resolve_template_files()
        for name, value in held.items():
            setattr(self, name, value)

    def render_template(self, content: Any, context: Any, jinja_env: Any = None, seen_oids: Any = None) -> Any:
        """Renders a template; that of an absolute path from its file on this worker."""
        if isinstance(content, str) and "\n" in content:  # the text of a file, whatever it ends with
            return self._render((jinja_env or self.get_template_env()).from_string(content), context)
        if self._is_on_worker(content):
            try:
                with open(content, encoding="utf-8") as file:
                    content = file.read()
            except OSError as e:
                raise AirflowFailException(f"{content}: {e.strerror}; on this worker there is no such template file") from None
            return self._render((jinja_env or self.get_template_env()).from_string(content), context)
        return super().render_template(content, context, jinja_env, seen_oids)

    def _is_on_worker(self, value: Any) -> bool:
        return isinstance(value, str) and os.path.isabs(value) and "\n" not in value and value.endswith(tuple(self.template_ext))
