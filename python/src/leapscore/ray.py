"""Scores Ray datasets.

    import leapscore.ray

    scored = leapscore.ray.score(ray.data.read_parquet("listings"), "model.zip", keep="id")

``Scorer`` is the class of the actors, for those who call ``map_batches`` themselves.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Optional, Union

try:
    import ray
    import ray.data
except ImportError as error:
    raise ImportError(f"leapscore.ray needs Ray Data: pip install 'leapscore[ray]' ({error})") from error

import pyarrow as pa

from .blocks import BlockScorer
from .errors import UsageError
from .parcel import Parcel, is_url, pack

__all__ = ["Scorer", "schema", "score"]

Model = Union[str, "os.PathLike[str]", Parcel, "ray.ObjectRef"]


class Scorer:
    """An actor of ``Dataset.map_batches`` that keeps a process with a loaded model.

    A batch may be a ``pyarrow.Table``, a ``pandas.DataFrame`` or a dict of
    NumPy arrays, and is answered in its kind: kept columns, then outputs.

    Args:
        model: a path or URL that this machine can open, a ``Parcel``, or the
            reference of a ``Parcel`` in the object store.
        on_error: ``raise``, ``column``, ``null`` or ``drop``, as of ``Model.predict``.
        workers: threads that score. Default: the CPUs that Ray has reserved for the actor.
        options: as of ``leapscore.load``: ``outputs``, ``keep``, ``rename``, ``map``, ``cast``, ``memory`` and others.

    Raises:
        ModelError: the model cannot be loaded.
        BinaryNotFound: the program is not on the machine.
    """

    def __init__(self, model: Model, *, on_error: str = "raise", workers: Optional[int] = None, **options: Any) -> None:
        self._scorer = BlockScorer(_bundle(model), workers or _reserved_cpus(), on_error, **options)

    def __call__(self, batch: Any) -> Any:
        """Returns kept columns and outputs of a batch, with as many rows and in the same order, unless rows are left out.

        Raises:
            BadRowError: a row is refused; its ``row`` counts from 0 in the batch.
            ContractError: the columns of the batch do not fit the model.
            Crashed: the process died three times over this batch.
        """
        return self._scorer.score(batch)

    def schema(self, schema: pa.Schema) -> pa.Schema:
        """Returns the schema of the answers to tables of ``schema``, without scoring."""
        return self._scorer.answer_schema(schema)

    def close(self) -> None:
        """Ends the process. It also ends with the actor."""
        self._scorer.close()


def _bundle(model: Model) -> Union[str, Parcel]:
    if isinstance(model, ray.ObjectRef):
        return ray.get(model)
    return model if isinstance(model, Parcel) else os.fspath(model)


def _reserved_cpus() -> int:
    """As many threads as Ray counts for this actor: N actors must not take N times all cores."""
    if not ray.is_initialized():
        return 1
    assigned = ray.get_runtime_context().get_assigned_resources()
    return max(1, int(assigned.get("CPU", 1)))


def score(
    dataset: ray.data.Dataset,
    model: Union[str, os.PathLike[str]],
    *,
    on_error: str = "raise",
    concurrency: Union[int, tuple[int, int], None] = None,
    num_cpus: float = 1,
    batch_size: Optional[int] = None,
    batch_format: str = "pyarrow",
    ship: bool = True,
    check: bool = True,
    ray_options: Optional[Mapping[str, Any]] = None,
    **options: Any,
) -> ray.data.Dataset:
    """Returns a dataset of the kept columns and the outputs of all rows. As any step of Ray Data, it runs when it is read.

    A worker or a machine that dies is replaced by Ray, and its blocks are
    scored again; a process of leapscore that dies is started again.

    Args:
        dataset: the rows.
        model: a local bundle, which is put into the object store once, or a URL that all machines can open.
        on_error: ``raise`` (default), ``column``, ``null`` or ``drop``, as of ``Model.predict``.
        concurrency: the most actors, or the least and the most. Default: as many as Ray finds CPUs for.
        num_cpus: CPUs of each actor, which are the threads that it scores with.
        batch_size: rows of a batch. Default: whole blocks.
        batch_format: ``pyarrow``, ``pandas`` or ``numpy``.
        ship: ``False`` for a model whose path is the same on all machines: it is not sent.
        check: whether the columns of the dataset, if Ray knows them already, are compared with the model at once.
        ray_options: further arguments of ``map_batches``, such as ``memory`` or ``runtime_env``.
        options: as of ``leapscore.load``: ``outputs``, ``keep``, ``rename``, ``map``, ``cast``, ``memory`` and others.

    Raises:
        ContractError: the columns of the dataset do not fit the model.
        ModelError: the model is not there or cannot be loaded.

    When the dataset is read, a bad row raises ``BadRowError`` if ``on_error`` is ``raise``.
    """
    path = os.fspath(model)
    settings = {"on_error": on_error, **options}
    known = dataset.schema(fetch_if_missing=False) if check else None
    if known is not None:
        _answer_schema(known, path, settings)
    sent = ray.put(pack(path)) if ship and not is_url(path) else path
    scored = dataset.map_batches(
        Scorer,
        fn_constructor_args=(sent,),
        fn_constructor_kwargs=settings,
        compute=_pool(concurrency),
        num_cpus=num_cpus,
        batch_size=batch_size,
        batch_format=batch_format,
        udf_modifying_row_count=on_error in ("raise", "drop"),
        **(ray_options or {}),
    )
    scored.context.raise_original_map_exception = True  # a bad row arrives as a BadRowError
    return scored


def schema(dataset: ray.data.Dataset, model: Union[str, os.PathLike[str]], **options: Any) -> pa.Schema:
    """Returns the schema of ``score(dataset, model, ...)`` without scoring. Ray knows it only from the first block.

    Args:
        options: as of ``Scorer``.

    Raises:
        ContractError, ModelError: as ``score``.
        UsageError: the dataset has no columns.
    """
    found = dataset.schema()
    if found is None:
        raise UsageError("the dataset has no rows, and Ray does not know its columns")
    return _answer_schema(found, os.fspath(model), options)


def _answer_schema(found: ray.data.Schema, model: str, settings: Mapping[str, Any]) -> pa.Schema:
    arguments: dict[str, Any] = {**settings, "workers": 1}
    scorer = Scorer(model, **arguments)
    try:
        return scorer.schema(_arrow(found))
    finally:
        scorer.close()


def _arrow(found: ray.data.Schema) -> pa.Schema:
    """The schema of blocks, which are Arrow tables or frames."""
    base = found.base_schema
    if isinstance(base, pa.Schema):
        return base
    import pandas

    empty = pandas.DataFrame({name: pandas.Series(dtype=kind) for name, kind in zip(base.names, base.types)})
    return pa.schema([(name, pa.array(empty[name]).type) for name in empty.columns])


def _pool(concurrency: Union[int, tuple[int, int], None]) -> Any:
    """One actor at first: a pool that begins with an actor for each CPU leaves none for the tasks that read, and waits for ever."""
    if concurrency is None:
        return None
    least, most = (1, concurrency) if isinstance(concurrency, int) else concurrency
    return ray.data.ActorPoolStrategy(min_size=least, max_size=most)
