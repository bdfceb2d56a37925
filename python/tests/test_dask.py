"""Dask dataframes, scored by a real Dask: its own pools and local clusters."""

from __future__ import annotations

import os
import pickle
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask
import dask.dataframe
import pandas
import psutil
import pyarrow.parquet as pq
import pytest
from distributed import Client, LocalCluster

import leapscore.dask
from leapscore import BadRowError, ContractError, ModelError
from leapscore.process import run

OUTPUT = "price_prediction"
FOLDER = Path(__file__).parents[2] / "examples"
MODEL = FOLDER / "listings.lr.zip"


@pytest.fixture(scope="session")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> pandas.DataFrame:
    """The answer of the command."""
    output = tmp_path_factory.mktemp("wanted") / "listings.parquet"
    run(["score", "--model", str(MODEL), "--input", str(FOLDER / "listings"), "--keep", "listing_id", "--output", str(output)])
    return pq.read_table(output).to_pandas().sort_values("listing_id", ignore_index=True)


@pytest.fixture(scope="session")
def rows() -> pandas.DataFrame:
    """All listings, by an index of dates."""
    frame = pq.ParquetDataset(FOLDER / "listings").read().to_pandas()
    frame.index = pandas.date_range("2026-01-01", periods=len(frame), freq="h", name="at")
    return frame


@pytest.fixture(params=["processes", "threads"])
def cluster(request: pytest.FixtureRequest) -> Iterator[Client]:
    processes = request.param == "processes"
    with LocalCluster(n_workers=2, threads_per_worker=2, processes=processes, dashboard_address=None) as local, Client(local) as client:
        yield client


def bits(frame: pandas.DataFrame) -> list[tuple[Any, ...]]:
    ordered = frame.sort_values("listing_id")
    return [(key, value.hex()) for key, value in zip(ordered["listing_id"], ordered[OUTPUT])]


def test_a_cluster_gives_the_bits_of_the_command(rows: pandas.DataFrame, wanted: pandas.DataFrame, cluster: Client) -> None:
    frame = dask.dataframe.from_pandas(rows, npartitions=5)
    scored = leapscore.dask.score(frame, MODEL, keep="listing_id")
    assert bits(scored.compute()) == bits(wanted)
    assert scored.divisions == frame.divisions


@pytest.mark.parametrize("scheduler", ["synchronous", "threads", "processes"])
def test_without_a_cluster(rows: pandas.DataFrame, wanted: pandas.DataFrame, scheduler: str) -> None:
    frame = dask.dataframe.from_pandas(rows, npartitions=3)
    assert bits(leapscore.dask.score(frame, MODEL, keep="listing_id").compute(scheduler=scheduler)) == bits(wanted)


def test_files_are_read_as_far_as_needed(wanted: pandas.DataFrame) -> None:
    frame = dask.dataframe.read_parquet(FOLDER / "listings")
    scored = leapscore.dask.score(frame, MODEL, keep="listing_id")
    assert bits(scored.compute()) == bits(wanted)
    assert "host_name" not in str(scored.optimize().dask)


def test_the_index_and_the_types_stay(rows: pandas.DataFrame) -> None:
    frame = dask.dataframe.from_pandas(rows.assign(kind=rows["room_type"].astype("category")), npartitions=3)
    scored = leapscore.dask.score(frame, MODEL, keep=["kind", "listing_id"])
    answer = scored.compute()
    assert answer.index.equals(rows.index)
    assert answer["kind"].tolist() == rows["room_type"].tolist()
    assert scored.dtypes.astype(str).to_dict() == answer.dtypes.astype(str).to_dict() == {"listing_id": "int64", "kind": "category", OUTPUT: "float64"}


def test_columns_of_arrow(rows: pandas.DataFrame, wanted: pandas.DataFrame) -> None:
    frame = dask.dataframe.from_pandas(rows.convert_dtypes(dtype_backend="pyarrow"), npartitions=2)
    scored = leapscore.dask.score(frame, MODEL, keep="listing_id")
    assert str(scored.dtypes[OUTPUT]) == "float64"
    assert bits(scored.compute()) == bits(wanted)


def test_empty_partitions(rows: pandas.DataFrame, wanted: pandas.DataFrame) -> None:
    frame = dask.dataframe.from_pandas(rows, npartitions=4)
    few = frame[frame["listing_id"] < 10]
    assert bits(leapscore.dask.score(few, MODEL, keep="listing_id").compute()) == bits(wanted[wanted["listing_id"] < 10])
    none = frame[frame["listing_id"] < 0]
    assert list(leapscore.dask.score(none, MODEL, keep="listing_id").compute().columns) == ["listing_id", OUTPUT]


def test_columns_that_do_not_fit_are_an_error_at_once(rows: pandas.DataFrame, tmp_path: Path) -> None:
    frame = dask.dataframe.from_pandas(rows, npartitions=2)
    with pytest.raises(ContractError, match="bedrooms"):
        leapscore.dask.score(frame[["listing_id"]], MODEL)
    with pytest.raises(ModelError, match="absent.zip"):
        leapscore.dask.score(frame, tmp_path / "absent.zip")
    (tmp_path / "broken.zip").write_bytes(b"no zip")
    with pytest.raises(ModelError):
        leapscore.dask.score(frame, tmp_path / "broken.zip")


def test_bad_rows(rows: pandas.DataFrame) -> None:
    part = rows.iloc[:10].copy()
    part.iloc[[3, 5], part.columns.get_loc("bedrooms")] = float("nan")
    frame = dask.dataframe.from_pandas(part, npartitions=1)
    with pytest.raises(BadRowError) as caught:
        leapscore.dask.score(frame, MODEL).compute()
    assert (caught.value.row, caught.value.column) == (3, "bedrooms")
    answer = leapscore.dask.score(frame, MODEL, keep="listing_id", on_error="column").compute()
    assert [at for at, error in enumerate(answer["_error"]) if error is not None] == [3, 5]


def test_a_bundle_in_a_folder_travels(rows: pandas.DataFrame, wanted: pandas.DataFrame, tmp_path: Path) -> None:
    with zipfile.ZipFile(MODEL) as archive:
        archive.extractall(tmp_path / "model")
    scored = leapscore.dask.score(dask.dataframe.from_pandas(rows, npartitions=2), tmp_path / "model", keep="listing_id")
    os.rename(tmp_path / "model", tmp_path / "moved")
    assert bits(pickle.loads(pickle.dumps(scored)).compute()) == bits(wanted)


def processes(parent: int) -> list[psutil.Process]:
    """The processes of leapscore below a process."""
    return [p for p in psutil.Process(parent).children(recursive=True) if "stream" in p.cmdline()]


def test_a_worker_keeps_one_process_which_is_started_again_if_killed(rows: pandas.DataFrame, wanted: pandas.DataFrame) -> None:
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as local, Client(local) as client:
        scored = leapscore.dask.score(dask.dataframe.from_pandas(rows, npartitions=6), MODEL, keep="listing_id")
        assert bits(scored.compute()) == bits(wanted)
        worker = next(iter(client.run(os.getpid).values()))
        assert len(processes(worker)) == 1
        first = processes(worker)[0]
        assert "--workers=2" in first.cmdline()
        first.kill()
        assert bits(scored.compute()) == bits(wanted)
        assert [p.pid for p in processes(worker)] != [first.pid]


def test_a_worker_that_is_killed_leaves_no_process_and_no_gap(rows: pandas.DataFrame, wanted: pandas.DataFrame) -> None:
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local, Client(local) as client:
        scored = leapscore.dask.score(dask.dataframe.from_pandas(rows, npartitions=6), MODEL, keep="listing_id")
        scored.compute()
        worker = next(iter(client.run(os.getpid).values()))
        child = processes(worker)[0]
        child.send_signal(signal.SIGSTOP)  # its partition waits until the worker is killed
        future = client.compute(scored)
        time.sleep(0.5)
        os.kill(worker, signal.SIGKILL)
        child.send_signal(signal.SIGCONT)
        assert bits(future.result()) == bits(wanted)
        psutil.wait_procs([child], timeout=30)
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
