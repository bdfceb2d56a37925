"""Assets of Dagster that leapscore scores.

    prices = leapscore_asset(
        name="prices",
        deps=["listings"],
        partitions_def=dagster.DailyPartitionsDefinition("2026-11-26"),
        job="prices.yaml",
        param={"day": "{partition_key}"},
        partition={"ds": "{partition_key}"},
    )
"""

# Without annotations from __future__: Dagster reads that of the context as it stands.
from collections.abc import Iterator, Mapping
from typing import Any, Optional, cast

import dagster

from . import flags, tasks
from .errors import LeapscoreError, NothingToDo

__all__ = ["leapscore_asset"]

# Arguments of dagster.asset; all others are flags of leapscore.
_OF_DAGSTER = frozenset(
    "name key key_prefix deps description metadata tags group_name owners kinds partitions_def automation_condition backfill_policy retry_policy op_tags pool".split()
)


def leapscore_asset(*, cwd: tasks.Place = None, env: Optional[Mapping[str, Optional[str]]] = None, **arguments: Any) -> dagster.AssetsDefinition:
    """Returns an asset that ``leapscore score`` materializes.

    ``{partition_key}``, ``{run_id}`` and ``{asset}`` in texts are those of Dagster; a partition of several
    dimensions has ``{name}`` for each, one of time ``{start}`` and ``{end}``.

    The run of leapscore has the id ``{run_id}`` of Dagster with asset and partition, unless
    ``run_id`` says otherwise: a step that is tried again does nothing twice. With
    ``run_id="prices-{partition_key}"`` a partition is scored once, until ``rerun=True``.

    If leapscore says that there is nothing to do, nothing is materialized. A failed
    run raises ``dagster.Failure``; it is tried again only if that may help.

    Args:
        cwd: the folder that relative paths are relative to.
        env: variables of the process, such as credentials.
        arguments: those of ``dagster.asset`` (name, key_prefix, deps, partitions_def, retry_policy, ...), and
            the flags of ``leapscore score`` with ``_`` for ``-`` (job, model, input, output, ...). ``tags`` is Dagster's.
    """
    if not arguments.get("name") and not arguments.get("key"):
        raise ValueError("leapscore_asset needs the name of the asset, as name or key")
    of_dagster = {name: value for name, value in arguments.items() if name in _OF_DAGSTER}
    of_score = {flags.key(name): value for name, value in arguments.items() if name not in _OF_DAGSTER}
    of_dagster.setdefault("kinds", {"leapscore"})

    def scored(context: dagster.AssetExecutionContext) -> Iterator[dagster.MaterializeResult[Any]]:
        values = _values(context)
        filled = tasks.filled({"run-id": "{run_id}-{asset}" + ("-{partition_key}" if "partition_key" in values else ""), **of_score}, values)
        try:
            summary = tasks.score(filled, logger=context.log, cwd=cwd, env=env)
        except NothingToDo as nothing:
            context.log.info("nothing is materialized: %s", nothing)
            return
        except LeapscoreError as error:
            raise _failure(error) from error
        yield dagster.MaterializeResult(metadata=_metadata(summary))

    asset = cast(Any, dagster.asset)
    return cast(dagster.AssetsDefinition, asset(output_required=False, **of_dagster)(scored))


def _values(context: dagster.AssetExecutionContext) -> dict[str, Any]:
    """Returns the values of names in templates."""
    values: dict[str, Any] = {"run_id": context.run.run_id, "asset": ".".join(context.asset_key.path)}
    if not context.has_partition_key:
        return values
    key = context.partition_key
    values["partition_key"] = str(key)
    if isinstance(key, dagster.MultiPartitionKey):
        values.update(key.keys_by_dimension)
    if isinstance(context.assets_def.partitions_def, dagster.TimeWindowPartitionsDefinition):
        values["start"], values["end"] = context.partition_time_window
    return values


def _metadata(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what Dagster shows of a run: counts, places, id, time and model."""
    metadata: dict[str, Any] = dict(tasks.rows_of(summary))
    metadata["run_id"] = str(summary.get("run_id", ""))
    if "rows_out" in summary:
        metadata["dagster/row_count"] = int(summary["rows_out"])
    for name in ("output", "record"):
        if summary.get(name):
            metadata[name] = dagster.MetadataValue.path(str(summary[name]))  # pyright: ignore[reportUnknownMemberType]
    if summary.get("output"):
        metadata["dagster/uri"] = str(summary["output"])
    model = summary.get("model")
    if isinstance(model, Mapping):
        named = cast("Mapping[str, Any]", model)
        metadata["model"] = f"{named.get('name', '')} {named.get('version', '')}".strip()
    return metadata


def _failure(error: LeapscoreError) -> dagster.Failure:
    found = {name: getattr(error, name) for name in ("exit_code", "code", "row", "node", "op", "column")}
    metadata = {"error": type(error).__name__, **{name: value for name, value in found.items() if value is not None}}
    return dagster.Failure(description=f"{type(error).__name__}: {error}", metadata=metadata, allow_retries=tasks.may_pass(error))
