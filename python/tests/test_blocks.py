"""Blocks of engines, scored by the real program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leapscore import BadRowError, ContractError, Crashed, UsageError
from leapscore.blocks import ATTEMPTS, Arrays, BlockScorer
from leapscore.parcel import pack

OUTPUT = "price_prediction"
Make = Callable[..., BlockScorer]


@pytest.fixture
def scorer(examples: Path) -> Iterator[Make]:
    """Makes scorers, and closes them."""
    made: list[BlockScorer] = []

    def make(**arguments: Any) -> BlockScorer:
        made.append(BlockScorer(str(examples / "listings.lr.zip"), 1, **arguments))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def listings(examples: Path) -> pa.Table:
    return pq.ParquetDataset(examples / "listings").read().slice(0, 10)


def arrays(table: pa.Table) -> dict[str, Any]:
    return {name: column.to_numpy() for name, column in zip(table.column_names, table.columns)}


def test_arrays_are_answered_in_arrays(scorer: Make, listings: pa.Table) -> None:
    pictures = numpy.zeros((10, 3, 3))
    answer = scorer(keep=["listing_id", "picture"], rename={"picture": "image"}).score({**arrays(listings), "picture": pictures})
    assert list(answer) == ["listing_id", "image", OUTPUT]
    assert answer["image"].shape == (10, 3, 3)
    assert answer[OUTPUT].tolist() == scorer().score(listings).column(OUTPUT).to_pylist()


def test_arrays_of_no_rows(scorer: Make, listings: pa.Table) -> None:
    answer = scorer(keep="listing_id").score(arrays(listings.slice(0, 0)))
    assert {name: len(values) for name, values in answer.items()} == {"listing_id": 0, OUTPUT: 0}


def test_bad_rows_of_arrays_can_be_left_out(scorer: Make, listings: pa.Table) -> None:
    bad = arrays(listings)
    bad["bedrooms"] = numpy.array([None if row in (4, 6) else 1.0 for row in range(10)], dtype=object)
    with pytest.raises(BadRowError, match="row 4: ") as caught:
        scorer().score(bad)
    assert (caught.value.row, caught.value.code, caught.value.column) == (4, "null", "bedrooms")
    answer = scorer(on_error="drop", keep="listing_id").score(bad)
    assert answer["listing_id"].tolist() == [id_ for row, id_ in enumerate(bad["listing_id"]) if row not in (4, 6)]
    assert len(answer[OUTPUT]) == 8


def test_axes_of_arrays_are_lists() -> None:
    found = Arrays(
        {
            "x": numpy.array([1.0, numpy.nan]),
            "v": numpy.arange(4.0).reshape(2, 2),
            "m": numpy.arange(8).reshape(2, 2, 2),
            "l": numpy.array([numpy.array([1.0]), numpy.array([2.0, 3.0])], dtype=object),
        }
    ).needed(dict.fromkeys("xvml"))
    assert str(found.column("x").to_pylist()) == "[1.0, nan]"
    assert found.column("v").to_pylist() == [[0.0, 1.0], [2.0, 3.0]]
    assert found.column("m").to_pylist() == [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]
    assert found.column("l").to_pylist() == [[1.0], [2.0, 3.0]]


def test_nan_among_objects_is_nan_if_they_are_numbers() -> None:
    nan = float("nan")
    values: dict[str, list[Any]] = {
        "x": [1.0, None, nan],
        "s": ["a", None, nan],
        "l": [numpy.array([1.0, nan]), [None, nan], nan],
        "i": [1, pandas.NA, pandas.NaT],
    }
    arrays: dict[str, Any] = {}
    for name, of in values.items():
        arrays[name] = numpy.empty(3, dtype=object)
        arrays[name][:] = of
    found = Arrays(arrays).needed(dict.fromkeys("xsli"))
    assert str(found.column("x").to_pylist()) == "[1.0, None, nan]"
    assert found.column("i").to_pylist() == [1, None, None]
    assert found.column("s").to_pylist() == ["a", None, None]
    assert str(found.column("l").to_pylist()) == "[[1.0, nan], [None, nan], None]"


def test_arrays_that_arrow_does_not_have_are_refused() -> None:
    with pytest.raises(ContractError, match="input column 'x' cannot be read"):
        Arrays({"x": numpy.zeros(2, dtype=complex)}).needed({"x": None})


def test_an_unknown_word_is_refused(scorer: Make) -> None:
    with pytest.raises(UsageError, match="on_error 'skip': want raise, column, null or drop"):
        scorer(on_error="skip")


def test_a_block_that_does_not_fit_leaves_the_next_alone(scorer: Make, listings: pa.Table) -> None:
    one = scorer()
    with pytest.raises(ContractError, match="bedrooms"):
        one.score(listings.drop_columns(["bedrooms"]))
    assert one.score(listings).num_rows == 10


def test_a_bundle_of_bytes(scorer: Make, listings: pa.Table, examples: Path) -> None:
    packed = BlockScorer(pack(examples / "listings.lr.zip"), 1)
    assert packed.score(listings).equals(scorer().score(listings))
    packed.close()


def test_a_process_that_dies_each_time_is_an_error(scorer: Make, program: Callable[[str], Path], tmp_path: Path, listings: pa.Table) -> None:
    one = scorer()
    one.score(listings)
    one.close()
    program(f"open({str(tmp_path / 'starts')!r}, 'a').write('x'); os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(Crashed):
        one.score(listings)
    assert len((tmp_path / "starts").read_text()) == ATTEMPTS


@pytest.mark.parametrize("engine", ["ray", "dask"])
def test_an_engine_that_is_not_installed_is_named(engine: str) -> None:
    code = f"import sys; sys.modules[{engine!r}] = None; import leapscore.{engine}"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr
    assert f"pip install 'leapscore[{engine}]'" in said
