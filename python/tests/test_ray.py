"""Ray datasets, scored by a real Ray."""

from __future__ import annotations

import os
import signal
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import ray
import ray.data

import leapscore.ray
from leapscore import BadRowError, ContractError, ModelError, UsageError
from leapscore.process import run

OUTPUT = "price_prediction"


@pytest.fixture(scope="session", autouse=True)
def cluster() -> Iterator[None]:
    """A Ray of two CPUs, which a busy machine may start slowly."""
    folder = str(Path(__file__).parent)  # of the classes below, for the workers
    os.environ["PYTHONPATH"] = os.pathsep.join([folder, os.environ["PYTHONPATH"]])
    os.environ.update(RAY_raylet_start_wait_time_s="300", RAY_agent_register_timeout_ms="300000", RAY_USAGE_STATS_ENABLED="0", RAY_DATA_DISABLE_PROGRESS_BARS="1")
    ray.init(num_cpus=2, include_dashboard=False, object_store_memory=300_000_000, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture(scope="session")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    """The answer of the command."""
    output = tmp_path_factory.mktemp("wanted") / "listings.parquet"
    examples = Path(__file__).parents[2] / "examples"
    run(["score", "--model", str(examples / "listings.lr.zip"), "--input", str(examples / "listings"), "--keep", "listing_id", "--output", str(output)])
    return pq.read_table(output).sort_by("listing_id")


def listings(examples: Path, blocks: int = 4) -> ray.data.Dataset:
    """All listings in several blocks, one of them empty."""
    table = pq.ParquetDataset(examples / "listings").read()
    step = -(-len(table) // blocks)
    parts = [table.slice(at, step) for at in range(0, len(table), step)]
    return ray.data.from_arrow([parts[0], table.slice(0, 0), *parts[1:]])


def sorted_rows(dataset: ray.data.Dataset) -> pa.Table:
    return pa.concat_tables(ray.get(dataset.to_arrow_refs())).sort_by("listing_id").select(["listing_id", OUTPUT])


def bits(table: pa.Table) -> list[tuple[Any, ...]]:
    """Rows with doubles as hexadecimal numbers."""
    return [tuple(v.hex() if isinstance(v, float) else v for v in row.values()) for row in table.to_pylist()]


@pytest.mark.parametrize("batch_format", ["pyarrow", "pandas", "numpy"])
def test_rows_have_the_bits_of_the_command(examples: Path, wanted: pa.Table, batch_format: str) -> None:
    scored = leapscore.ray.score(listings(examples), examples / "listings.lr.zip", keep="listing_id", concurrency=2, batch_format=batch_format, batch_size=100)
    assert bits(sorted_rows(scored)) == bits(wanted)


def test_files_are_read_and_scored_with_as_many_actors_as_cpus(examples: Path, wanted: pa.Table) -> None:
    dataset = ray.data.read_parquet(str(examples / "listings"))
    scored = leapscore.ray.score(dataset, examples / "listings.lr.zip", keep=["listing_id"], concurrency=2)
    assert bits(sorted_rows(scored)) == bits(wanted)


def test_the_scorer_is_a_class_for_map_batches(examples: Path, wanted: pa.Table) -> None:
    scored = listings(examples).map_batches(
        leapscore.ray.Scorer,
        fn_constructor_args=(str(examples / "listings.lr.zip"),),
        fn_constructor_kwargs={"keep": "listing_id"},
        concurrency=1,
        batch_format="pyarrow",
    )
    assert bits(sorted_rows(scored)) == bits(wanted)


def test_the_schema_is_known_before_anything_is_scored(examples: Path) -> None:
    dataset = ray.data.read_parquet(str(examples / "listings"))
    found = leapscore.ray.schema(dataset, examples / "listings.lr.zip", keep="listing_id", on_error="column")
    assert found.names == ["listing_id", OUTPUT, "_error"]
    assert found.field(OUTPUT).type == pa.float64()


def test_columns_that_do_not_fit_are_an_error_at_once(examples: Path) -> None:
    dataset = listings(examples)
    with pytest.raises(ContractError, match="bedrooms"):
        leapscore.ray.score(ray.data.from_arrow(pa.table({"x": [1]})), examples / "listings.lr.zip")
    with pytest.raises(UsageError, match="on_error 'reject'"):
        leapscore.ray.score(dataset, examples / "listings.lr.zip", on_error="reject")
    with pytest.raises(ModelError, match="absent.zip"):
        leapscore.ray.score(dataset, "absent.zip", check=False)


def test_a_broken_model_is_an_error_at_once(examples: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"no zip")
    with pytest.raises(ModelError):
        leapscore.ray.score(listings(examples), tmp_path / "broken.zip")


def with_nulls(examples: Path) -> ray.data.Dataset:
    """One block whose rows 3 and 5 have no bedrooms."""
    table = pq.ParquetDataset(examples / "listings").read().slice(0, 10)
    values = [None if row in (3, 5) else v for row, v in enumerate(table.column("bedrooms").to_pylist())]
    return ray.data.from_arrow(table.set_column(table.column_names.index("bedrooms"), "bedrooms", pa.array(values, pa.float64())))


def test_a_bad_row_ends_the_run_and_is_named(examples: Path) -> None:
    scored = leapscore.ray.score(with_nulls(examples), examples / "listings.lr.zip")
    with pytest.raises(BadRowError, match="row 3") as caught:
        scored.materialize()
    assert caught.value.row == 3
    assert caught.value.code
    assert caught.value.column == "bedrooms"


@pytest.mark.parametrize(("batch_format", "bad"), [("pyarrow", [3, 5]), ("pandas", [3, 5]), ("numpy", [])])
def test_nulls_are_bad_rows_unless_ray_has_made_nan_of_them(examples: Path, batch_format: str, bad: list[int]) -> None:
    scored = leapscore.ray.score(with_nulls(examples), examples / "listings.lr.zip", keep="listing_id", on_error="column", batch_format=batch_format)
    rows = sorted(scored.take_all(), key=lambda row: row["listing_id"])
    assert [at for at, row in enumerate(rows) if row["_error"] is not None] == bad
    assert [at for at, row in enumerate(rows) if row[OUTPUT] is None or row[OUTPUT] != row[OUTPUT]] == [3, 5]


def test_bad_rows_can_be_a_column(examples: Path) -> None:
    scored = leapscore.ray.score(with_nulls(examples), examples / "listings.lr.zip", keep="listing_id", on_error="column")
    rows = sorted(scored.take_all(), key=lambda row: row["listing_id"])
    assert [at for at, row in enumerate(rows) if row["_error"] is not None] == [3, 5]
    assert [at for at, row in enumerate(rows) if row[OUTPUT] is None] == [3, 5]
    assert rows[3]["_error"]["column"] == "bedrooms"


def test_a_local_bundle_travels_to_the_workers(examples: Path, tmp_path: Path, wanted: pa.Table) -> None:
    with zipfile.ZipFile(examples / "listings.lr.zip") as archive:
        archive.extractall(tmp_path / "model")
    scored = leapscore.ray.score(listings(examples), tmp_path / "model", keep="listing_id")
    os.rename(tmp_path / "model", tmp_path / "moved")
    assert bits(sorted_rows(scored)) == bits(wanted)


class Threads(leapscore.ray.Scorer):
    """Answers with the command line of its process."""

    def __call__(self, batch: Any) -> Any:
        super().__call__(batch)
        return pa.table({"line": [" ".join(processes()[0].cmdline())]})


def processes() -> list[psutil.Process]:
    """The processes of leapscore that this one has started."""
    return [p for p in psutil.Process().children(recursive=True) if "stream" in p.cmdline()]


@pytest.mark.parametrize(("cpus", "threads"), [(0.5, 1), (1, 1), (2, 2)])
def test_a_process_has_the_threads_that_ray_has_reserved(examples: Path, cpus: float, threads: int) -> None:
    dataset = listings(examples, 1).map_batches(
        Threads, fn_constructor_args=(str(examples / "listings.lr.zip"),), batch_format="pyarrow", num_cpus=cpus, compute=ray.data.ActorPoolStrategy(size=1)
    )
    assert f"--workers={threads}" in dataset.take_all()[0]["line"].split()


class Killer(leapscore.ray.Scorer):
    """Kills its process, or itself, while the first batch is scored."""

    def __init__(self, model: str, marker: str, victim: str) -> None:
        super().__init__(model, keep="listing_id")
        self.marker, self.victim = Path(marker), victim

    def __call__(self, batch: Any) -> Any:
        if len(batch) and not self.marker.exists():
            super().__call__(batch)  # the process is there
            self.marker.touch()
            child = processes()[0]
            child.send_signal(signal.SIGSTOP)  # it will not answer in time
            target = child if self.victim == "process" else psutil.Process()
            threading.Timer(0.3, target.kill).start()
        return super().__call__(batch)


@pytest.mark.parametrize("victim", ["process", "actor"])
def test_the_run_ends_right_if_one_is_killed(examples: Path, tmp_path: Path, wanted: pa.Table, victim: str) -> None:
    marker = tmp_path / "killed"
    scored = listings(examples).map_batches(
        Killer,
        fn_constructor_args=(str(examples / "listings.lr.zip"), str(marker), victim),
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=1),
    )
    assert bits(sorted_rows(scored)) == bits(wanted)
    assert marker.exists()
