"""Blocks of engines, scored by the real program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leapscore import BadRowError, ContractError, Crashed, UsageError
from leapscore.blocks import ATTEMPTS, BlockScorer, Request
from leapscore.parcel import pack

OUTPUT = "price_prediction"
Make = Callable[..., BlockScorer]


@pytest.fixture
def scorer(examples: Path) -> Iterator[Make]:
    """Makes scorers, and closes them."""
    made: list[BlockScorer] = []

    def make(**arguments: Any) -> BlockScorer:
        made.append(BlockScorer(Request(str(examples / "listings.lr.zip"), **arguments), 1))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def listings(examples: Path) -> pa.Table:
    return pq.ParquetDataset(examples / "listings").read().slice(0, 10)


def test_only_the_columns_that_the_model_reads_are_sent(scorer: Make, listings: pa.Table) -> None:
    plan = scorer().plan(listings.schema)
    assert set(listings.column_names) - set(plan.sent) == {"listing_id", "host_name", "ds"}
    assert [old for old, _ in plan.kept] == ["listing_id", "host_name", "ds"]
    assert plan.answer.names == ["listing_id", "host_name", "ds", OUTPUT]


def test_kept_columns_stay_as_they_are(scorer: Make, listings: pa.Table) -> None:
    answer = scorer().score(listings)
    assert answer.select(["listing_id", "host_name", "ds"]).equals(listings.select(["listing_id", "host_name", "ds"]))
    assert answer.schema.field("ds").type == listings.schema.field("ds").type


def test_no_rows(scorer: Make, listings: pa.Table) -> None:
    answer = scorer(keep="listing_id").score(listings.slice(0, 0))
    assert (answer.num_rows, answer.column_names) == (0, ["listing_id", OUTPUT])


def test_names_that_clash(scorer: Make, listings: pa.Table) -> None:
    scored = scorer().score(listings)
    again = listings.append_column(OUTPUT, pa.array([0.0] * 10))
    with pytest.raises(UsageError, match="two columns"):
        scorer().score(again)
    renamed = scorer(rename={OUTPUT: "before", "listing_id": "id"}, keep=["listing_id", OUTPUT]).score(again)
    assert renamed.column_names == ["id", "before", OUTPUT]
    assert renamed.column(OUTPUT).equals(scored.column(OUTPUT))
    assert renamed.column("before").to_pylist() == [0.0] * 10


def test_columns_of_objects(scorer: Make, listings: pa.Table) -> None:
    wanted = scorer(keep="none").score(listings).column(OUTPUT).to_pylist()
    objects = listings.to_pandas().astype({"state": object, "room_type": object, "bedrooms": object})
    assert scorer(keep="none").score(objects)[OUTPUT].tolist() == wanted
    arrays = {name: column.to_numpy() for name, column in zip(listings.column_names, listings.columns)}
    assert scorer(keep="none").score(arrays)[OUTPUT].tolist() == wanted


def test_bad_rows(scorer: Make, listings: pa.Table) -> None:
    bedrooms = pa.array([None if row in (4, 6) else 1.0 for row in range(10)])
    bad = listings.set_column(listings.column_names.index("bedrooms"), "bedrooms", bedrooms)
    with pytest.raises(BadRowError, match=r"row 4 of a block: .*vector has no nulls") as caught:
        scorer().score(bad)
    assert (caught.value.row, caught.value.code, caught.value.column, caught.value.op) == (4, "null", "bedrooms", "vector_assembler")
    answer = scorer(on_error="column").score(bad)
    assert [row for row, error in enumerate(answer.column("_error").to_pylist()) if error] == [4, 6]
    with pytest.raises(UsageError, match="on_error 'skip'"):
        scorer(on_error="skip")


def test_a_block_that_does_not_fit_leaves_the_next_alone(scorer: Make, listings: pa.Table) -> None:
    one = scorer()
    with pytest.raises(ContractError, match="bedrooms"):
        one.score(listings.drop_columns(["bedrooms"]))
    assert one.score(listings).num_rows == 10


def test_a_bundle_of_bytes(scorer: Make, listings: pa.Table, examples: Path) -> None:
    packed = BlockScorer(Request(pack(examples / "listings.lr.zip")), 1)
    assert packed.score(listings).equals(scorer().score(listings))
    packed.close()


def test_a_process_that_dies_each_time_is_an_error(program: Callable[[str], Path], tmp_path: Path, listings: pa.Table) -> None:
    program(f"open({str(tmp_path / 'starts')!r}, 'a').write('x'); os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(Crashed):
        BlockScorer(Request("model.zip"), 1).score(listings)
    assert len((tmp_path / "starts").read_text()) == ATTEMPTS


@pytest.mark.parametrize("engine", ["ray", "dask"])
def test_an_engine_that_is_not_installed_is_named(engine: str) -> None:
    code = f"import sys; sys.modules[{engine!r}] = None; import leapscore.{engine}"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr
    assert f"pip install 'leapscore[{engine}]'" in said
