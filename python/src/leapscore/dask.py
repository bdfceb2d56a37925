"""Scores Dask dataframes.

    import leapscore.dask

    scored = leapscore.dask.score(dask.dataframe.read_parquet("listings"), "model.zip", keep="id")
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Optional, Union

try:
    import dask
    import dask.dataframe as dataframe
    import pandas
except ImportError as error:
    raise ImportError(f"leapscore.dask needs Dask: pip install 'leapscore[dask]' ({error})") from error

from .blocks import BlockScorer, Columns, Request
from .parcel import Parcel, is_url, pack

__all__ = ["score"]

KEPT = 4  # processes that a worker keeps, one for each model and way to score with it


def score(
    frame: dataframe.DataFrame,
    model: Union[str, os.PathLike[str]],
    *,
    outputs: Columns = None,
    keep: Columns = None,
    on_error: str = "fail",
    rename: Optional[Mapping[str, str]] = None,
    workers: Optional[int] = None,
    ship: bool = True,
    **flags: Any,
) -> dataframe.DataFrame:
    """Returns a Dask dataframe of the kept columns and the outputs, with the index and the divisions of ``frame``.

    As any step of Dask, it runs when it is computed. Each worker of a cluster
    keeps one process with the model; a process that dies is started again, and
    its partition is scored again.

    Args:
        frame: the rows, a ``dask.dataframe.DataFrame``.
        model: a local bundle, which is sent to each worker once, or a URL that all machines can open.
        outputs: ``final``, ``all``, or names. Default: the final results of the pipeline.
        keep: ``extra``, ``all``, ``none``, or names. Default: the columns that the model does not read.
        on_error: ``fail`` raises ``BadRowError`` for the first bad row, whose ``row`` counts from 0 in its
            partition; ``column`` adds the column ``_error`` with code, message, node, op and column.
        rename: new names, by the names of kept columns and outputs.
        workers: threads of each process. Default: the threads of the worker that keeps it.
        ship: ``False`` for a model whose path is the same on all machines: it is not sent.
        flags: other flags of ``leapscore stream``, such as ``cast="mleap"``.

    Raises:
        ContractError: the columns of the frame do not fit the model.
        ModelError: the model is not there or cannot be loaded.
    """
    path = os.fspath(model)
    request = Request(path, outputs, keep, on_error, rename or {}, flags)
    scorer = BlockScorer(request, 1)
    try:
        empty = frame._meta  # pyright: ignore[reportPrivateUsage]  # Dask has no other name for it
        plan = scorer.plan_of(empty)
        meta = scorer.score(empty)
    finally:
        scorer.close()
    needed = list(dict.fromkeys([*plan.sent, *(old for old, _ in plan.kept)]))
    parcel = dask.delayed(pack(path)) if ship and not is_url(path) else None
    return frame[needed].map_partitions(_score_partition, parcel, request, workers, meta=meta)


def _score_partition(partition: pandas.DataFrame, parcel: Optional[Parcel], request: Request, workers: Optional[int]) -> pandas.DataFrame:
    return _kept_scorer(parcel, request, workers or _threads()).score(partition)


_scorers: OrderedDict[Any, BlockScorer] = OrderedDict()
_lock = threading.Lock()


def _kept_scorer(parcel: Optional[Parcel], request: Request, workers: int) -> BlockScorer:
    """Returns the scorer of this process for a request. The one that was used longest ago makes room."""
    key = (parcel.digest if parcel else "", repr(request), workers)
    with _lock:
        scorer = _scorers.pop(key, None)
        if scorer is None:
            scorer = BlockScorer(request if parcel is None else request.of(parcel), workers)
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
