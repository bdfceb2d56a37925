"""Scores Dask dataframes.

    import leapscore.dask

    scored = leapscore.dask.score(dask.dataframe.read_parquet("listings"), "model.zip", keep="id")
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Optional, Union

try:
    import dask
    import dask.dataframe as dataframe
    import pandas
except ImportError as error:
    raise ImportError(f"leapscore.dask needs Dask: pip install 'leapscore[dask]' ({error})") from error

from .blocks import BlockScorer
from .parcel import Parcel, is_url, pack

__all__ = ["score"]

KEPT = 4  # processes that a worker keeps, one for each model and way to score with it


def score(
    frame: dataframe.DataFrame,
    model: Union[str, os.PathLike[str]],
    *,
    on_error: str = "raise",
    workers: Optional[int] = None,
    ship: bool = True,
    **options: Any,
) -> dataframe.DataFrame:
    """Returns a Dask dataframe of the kept columns and the outputs, with the index and the divisions of ``frame``.

    As any step of Dask, it runs when it is computed. Each worker of a cluster
    keeps one process with the model; a process that dies is started again, and
    its partition is scored again.

    Args:
        frame: the rows, a ``dask.dataframe.DataFrame``.
        model: a local bundle, which is sent to each worker once, or a URL that all machines can open.
        on_error: ``raise`` (default), ``column``, ``null`` or ``drop``, as of ``Model.predict``. A
            ``BadRowError`` counts rows from 0 in the partition.
        workers: threads of each process. Default: the threads of the worker that keeps it.
        ship: ``False`` for a model whose path is the same on all machines: it is not sent.
        options: as of ``leapscore.load``: ``outputs``, ``keep``, ``rename``, ``map``, ``cast``, ``memory`` and others.

    Raises:
        ContractError: the columns of the frame do not fit the model.
        ModelError: the model is not there or cannot be loaded.
    """
    path = os.fspath(model)
    request = Request(path, on_error, tuple(sorted(options.items())))
    scorer = request.scorer(None, 1)
    try:
        meta = _typed(scorer, frame._meta)  # pyright: ignore[reportPrivateUsage]  # Dask has no other name for it
    finally:
        scorer.close()
    needed = [name for name in frame.columns if name in scorer.read or name in meta.columns or name in scorer.renamed]
    parcel = dask.delayed(pack(path)) if ship and not is_url(path) else None
    return frame[needed].map_partitions(_score_partition, parcel, request, workers, meta=meta)


@dataclass(frozen=True)
class Request:
    """How partitions are scored, as it travels to workers."""

    path: str
    on_error: str
    options: tuple[tuple[str, Any], ...]

    def scorer(self, parcel: Optional[Parcel], workers: int) -> BlockScorer:
        return BlockScorer(self.path if parcel is None else parcel, workers, self.on_error, **dict(self.options))


def _score_partition(partition: pandas.DataFrame, parcel: Optional[Parcel], request: Request, workers: Optional[int]) -> pandas.DataFrame:
    return _typed(_kept_scorer(parcel, request, workers or _threads()), partition)


def _typed(scorer: BlockScorer, partition: pandas.DataFrame) -> pandas.DataFrame:
    """The answer, in which a column has one type in all partitions, whether there are nulls or not."""
    answer = scorer.score(partition)
    old_names = {new: old for old, new in scorer.renamed.items()}
    added = [name for name in answer.columns if old_names.get(name, name) not in partition.columns]
    types = {name: _NULLABLE[str(answer[name].dtype)] for name in added if str(answer[name].dtype) in _NULLABLE}
    return answer.astype(types) if types else answer


_NULLABLE = {"int8": "Int8", "int16": "Int16", "int32": "Int32", "int64": "Int64", "bool": "boolean"}
_scorers: OrderedDict[Any, BlockScorer] = OrderedDict()
_lock = threading.Lock()


def _kept_scorer(parcel: Optional[Parcel], request: Request, workers: int) -> BlockScorer:
    """Returns the scorer of this process for a request. The one that was used longest ago makes room."""
    key = (parcel.digest if parcel else "", repr(request), workers)
    with _lock:
        scorer = _scorers.pop(key, None)
        if scorer is None:
            scorer = request.scorer(parcel, workers)
        _scorers[key] = scorer
        while len(_scorers) > KEPT:
            _scorers.popitem(last=False)  # its process ends once no thread scores with it
        return scorer


def _threads() -> int:
    """The threads that share the process: those of the worker, else those of Dask's own pools."""
    try:
        from distributed import get_worker

        return get_worker().state.nthreads
    except (ImportError, ValueError):  # no cluster
        in_pool_of_processes = multiprocessing.parent_process() is not None
        return 1 if in_pool_of_processes else os.cpu_count() or 1
