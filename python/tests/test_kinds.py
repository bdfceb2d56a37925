"""The same kind out as in, and the same values in all kinds."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tables import LINEAR, listings, normalizer, skipping, spoilt

import leapscore

TABLE = listings()


@pytest.fixture(scope="module")
def model() -> Iterator[leapscore.Model]:
    with leapscore.load(LINEAR) as m:
        yield m


@pytest.fixture(scope="module")
def want(model: leapscore.Model) -> list[float]:
    return model.predict(TABLE).column("price_prediction").to_pylist()


def test_a_table_keeps_its_chunks_order_and_types(model: leapscore.Model, want: list[float]) -> None:
    chunked = pa.concat_tables([TABLE.slice(0, 700), TABLE.slice(700, 0), TABLE.slice(700, 1), TABLE.slice(701)]).replace_schema_metadata({"a": "b"})
    got = model.predict(chunked)
    assert got.schema.names == ["listing_id", "host_name", "price_prediction"]
    assert got.schema.metadata == {b"a": b"b"}
    assert got.column("price_prediction").to_pylist() == want
    assert got.column("listing_id").equals(TABLE.column("listing_id"))
    assert got.schema.field("listing_id").equals(TABLE.schema.field("listing_id"))


def test_a_large_table_is_cut(model: leapscore.Model, want: list[float]) -> None:
    large = pa.concat_tables([TABLE] * 100)
    assert model.predict(large).column("price_prediction").to_pylist() == want * 100
    tiny = pa.concat_tables([TABLE.slice(i, 1) for i in range(1500)])
    assert model.predict(tiny).column("price_prediction").to_pylist() == want


def test_a_batch_gives_a_batch(model: leapscore.Model, want: list[float]) -> None:
    got = model.predict(TABLE.to_batches()[0])
    assert isinstance(got, pa.RecordBatch)
    assert got.column("price_prediction").to_pylist() == want


def test_a_reader_gives_a_reader_that_reads_as_it_is_read(model: leapscore.Model, want: list[float]) -> None:
    read = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal read
        for i in range(0, 1500, 10):
            read += 1
            yield TABLE.slice(i, 10).to_batches()[0]

    got = model.predict(pa.RecordBatchReader.from_batches(TABLE.schema, batches()), keep=["host_name"])
    assert isinstance(got, pa.RecordBatchReader)
    assert got.schema.names == ["host_name", "price_prediction"] and read == 0
    first = got.read_next_batch()
    assert first.column("host_name").to_pylist() == TABLE.column("host_name").to_pylist()[:10] and read < 20
    assert model.predict(TABLE).num_rows == 1500  # while the reader is open
    rest = got.read_all()
    assert first.column(1).to_pylist() + rest.column(1).to_pylist() == want
    assert model.predict(pa.RecordBatchReader.from_batches(TABLE.schema, [])).read_all().num_rows == 0


def test_a_reader_shows_bad_rows_by_their_number_in_all(model: leapscore.Model) -> None:
    reader = spoilt(TABLE, 1234).to_reader(max_chunksize=100)
    with pytest.raises(leapscore.BadRowError) as failed:
        model.predict(reader).read_all()
    assert failed.value.row == 1234
    dropped = model.predict(spoilt(TABLE, 1234).to_reader(max_chunksize=100), on_error="drop").read_all()
    assert dropped.column("listing_id").to_pylist() == [i for i in TABLE.column("listing_id").to_pylist() if i != 1234]


def test_pandas_keeps_index_and_columns(model: leapscore.Model, want: list[float]) -> None:
    frame = TABLE.to_pandas().rename(columns={"listing_id": 7})
    frame.index = pd.MultiIndex.from_product([range(150), list("abcdefghij")], names=["n", "c"])
    got = model.predict(frame)
    assert list(got.columns) == [7, "host_name", "price_prediction"]
    assert got.index.equals(frame.index)
    assert got["price_prediction"].tolist() == want
    assert got["price_prediction"].dtype == np.float64
    assert "price_prediction" not in frame.columns
    assert list(model.predict(frame, keep="none").columns) == ["price_prediction"]


def test_types_of_pandas(model: leapscore.Model, want: list[float]) -> None:
    frame = TABLE.to_pandas()
    frame["state"] = frame["state"].astype("category")
    frame["room_type"] = frame["room_type"].astype(object)
    frame["instant_bookable"] = frame["instant_bookable"].astype("string")
    frame["bedrooms"] = frame["bedrooms"].astype(object)
    frame["bathrooms"] = frame["bathrooms"].astype("Float64")
    frame["number_of_reviews"] = frame["number_of_reviews"].astype("Int64")
    frame["square_feet"] = frame["square_feet"].astype("double[pyarrow]")
    frame["extra_people"] = pd.arrays.SparseArray(frame["extra_people"])
    assert model.predict(frame)["price_prediction"].tolist() == want


def test_missing_values_of_pandas_are_nulls(model: leapscore.Model) -> None:
    frame = TABLE.to_pandas().head(4)
    for missing in (np.nan, None, pd.NA):
        frame["bedrooms"] = frame["bedrooms"].astype(object if missing is pd.NA else float)
        frame.iloc[2, frame.columns.get_loc("bedrooms")] = missing
        with pytest.raises(leapscore.BadRowError, match="row 2: .*bedrooms") as failed:
            model.predict(frame)
        assert (failed.value.code, failed.value.column) == ("null", "bedrooms")
    frame["bedrooms"] = None
    assert model.predict(frame, on_error="null")["price_prediction"].isna().all()


def test_polars_gives_polars(model: leapscore.Model, want: list[float]) -> None:
    frame = pl.from_arrow(TABLE)
    assert isinstance(frame, pl.DataFrame)
    frame = frame.with_columns(pl.col("state").cast(pl.Categorical), pl.col("bedrooms").cast(pl.Int8))
    got = model.predict(frame)
    assert isinstance(got, pl.DataFrame)
    assert got.columns == ["listing_id", "host_name", "price_prediction"]
    assert got["price_prediction"].to_list() == want
    assert model.predict(frame, keep="none").columns == ["price_prediction"]
    lazy = model.predict(frame.lazy(), keep=["listing_id"])
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect_schema().names() == ["listing_id", "price_prediction"]
    assert lazy.filter(pl.col("listing_id") < 3).select("price_prediction").collect().to_series().to_list() == want[:3]


def test_lists_of_dicts(model: leapscore.Model, want: list[float]) -> None:
    rows = TABLE.to_pylist()[:3]
    kept = datetime.datetime.now(datetime.timezone.utc)
    rows[0]["any"] = kept
    got = model.predict(rows)
    assert got == [
        {"listing_id": 0, "host_name": rows[0]["host_name"], "any": kept, "price_prediction": want[0]},
        *({"listing_id": i, "host_name": rows[i]["host_name"], "price_prediction": want[i]} for i in (1, 2)),
    ]
    assert model.predict(rows[1], keep="none") == {"price_prediction": want[1]}
    assert model.predict([]) == []
    rows[1]["bedrooms"] = int(rows[1]["bedrooms"])
    assert model.predict(rows[1], keep="none") == {"price_prediction": want[1]}
    assert model.predict({**rows[0], "bedrooms": None}, keep="none", on_error="drop") is None
    with pytest.raises(TypeError, match="a list of dicts is wanted, and element 1 is a int"):
        model.predict([rows[0], 3])  # type: ignore[list-item]


def test_missing_texts_of_pandas_in_dicts_are_nulls(model: leapscore.Model) -> None:
    rows = TABLE.to_pylist()[:2]
    for name in ("room_type", "bedrooms"):
        want = model.predict([rows[0], {**rows[1], name: None}], on_error="column", keep="none")
        assert model.predict([rows[0], {**rows[1], name: pd.NA}], on_error="column", keep="none") == want
    for only in (rows[1:], rows):
        want = model.predict([*only[:-1], {**only[-1], "room_type": None}], on_error="column", keep="none")
        assert model.predict([*only[:-1], {**only[-1], "room_type": float("nan")}], on_error="column", keep="none") == want


def test_an_input_that_dicts_lack_is_named(model: leapscore.Model) -> None:
    row = TABLE.to_pylist()[0]
    bathrooms = row.pop("bathrooms")
    with pytest.raises(leapscore.ContractError, match="bathrooms") as failed:
        model.predict(row)
    assert failed.value.column == "bathrooms"
    assert model.predict(row, input_default={"bathrooms": bathrooms}) == model.predict({**row, "bathrooms": bathrooms})


def test_no_rows(model: leapscore.Model) -> None:
    for empty in (TABLE.slice(0, 0), TABLE.schema.empty_table()):
        assert model.predict(empty).schema.names == ["listing_id", "host_name", "price_prediction"]
    frame = TABLE.to_pandas().head(0)
    assert list(model.predict(frame).columns) == ["listing_id", "host_name", "price_prediction"]
    assert model.predict(pl.DataFrame(schema=pl.from_arrow(TABLE).schema)).height == 0  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([True, False], pa.bool_()),
        pa.array(["1", "2"]),
        pa.array([datetime.date(2026, 11, 28)] * 2),
        pa.array([[1.0], [2.0]]),
        pa.array([{"a": 1.0}] * 2),
    ],
)
def test_columns_that_do_not_fit_are_refused(model: leapscore.Model, values: pa.Array) -> None:
    table = TABLE.slice(0, 2)
    table = table.set_column(table.schema.get_field_index("bedrooms"), "bedrooms", values)
    with pytest.raises(leapscore.ContractError, match='"bedrooms"') as failed:
        model.predict(table)
    assert failed.value.column == "bedrooms"


def test_numbers_of_other_types(model: leapscore.Model, want: list[float]) -> None:
    at = TABLE.schema.get_field_index("bedrooms")
    rows = TABLE.slice(0, 3)
    floats = rows.column("bedrooms").combine_chunks()
    for kind in (pa.int8(), pa.uint16(), pa.int64(), pa.float32(), pa.decimal128(9, 2), pa.decimal256(9, 2), pa.dictionary(pa.int32(), pa.float64())):
        values = floats.dictionary_encode() if pa.types.is_dictionary(kind) else floats.cast(kind)
        table = rows.set_column(at, "bedrooms", values)
        assert model.predict(table).column("price_prediction").to_pylist() == want[:3], kind
    with_decimals = [{**row, "bedrooms": decimal.Decimal(str(row["bedrooms"]))} for row in rows.to_pylist()]
    assert [r["price_prediction"] for r in model.predict(with_decimals)] == want[:3]


def test_views_run_lengths_and_large_types(model: leapscore.Model, want: list[float]) -> None:
    import pyarrow.compute as pc

    table = TABLE
    for name, change in {
        "state": lambda c: c.cast(pa.string_view()),
        "room_type": lambda c: c.cast(pa.large_string()),
        "bedrooms": lambda c: pc.run_end_encode(c.combine_chunks()),
    }.items():
        table = table.set_column(table.schema.get_field_index(name), name, change(table.column(name)))
    assert model.predict(table).column("price_prediction").to_pylist() == want
    assert model.predict(table.slice(5, 10)).column("price_prediction").to_pylist() == want[5:15]


def test_values_of_several_types_are_refused(model: leapscore.Model) -> None:
    rows = TABLE.to_pylist()[:2]
    rows[1]["bedrooms"] = "two"
    for data in (rows, pd.DataFrame(rows).astype({"bedrooms": object})):
        with pytest.raises(leapscore.ContractError, match="input column 'bedrooms' cannot be read, its values must be of one type") as failed:
            model.predict(data)
        assert failed.value.column == "bedrooms"


def test_a_type_that_is_stored_as_numbers_is_no_number(model: leapscore.Model) -> None:
    frame = TABLE.to_pandas().head(2)
    frame["bedrooms"] = pd.period_range("2026-01", periods=2, freq="M")
    with pytest.raises(leapscore.ContractError, match="input column 'bedrooms' is .*period.*, which no model reads"):
        model.predict(frame)


def test_a_column_that_is_there_twice_is_refused(model: leapscore.Model) -> None:
    frame = TABLE.to_pandas().head(2)
    with pytest.raises(leapscore.UsageError, match="2 columns of the name 'bedrooms'"):
        model.predict(pd.concat([frame, frame[["bedrooms"]]], axis=1))
    with pytest.raises(leapscore.UsageError, match="2 columns of the name 'bedrooms'"):
        model.predict(TABLE.append_column("bedrooms", TABLE.column("bedrooms")))


def test_data_of_no_kind_is_refused(model: leapscore.Model) -> None:
    for data in (3, "rows.csv", np.zeros((2, 2)), TABLE.schema):
        with pytest.raises(TypeError, match="cannot be scored: want a Table"):
            model.predict(data)  # type: ignore[call-overload]


class Dense:
    """As pyspark.ml.linalg.DenseVector."""

    def __init__(self, *values: float) -> None:
        self.values, self.size = np.array(values), len(values)

    def toArray(self) -> Any:  # noqa: N802
        return self.values


class Sparse(Dense):
    """As pyspark.ml.linalg.SparseVector."""

    def __init__(self, size: int, indices: list[int], values: list[float]) -> None:
        self.size, self.indices, self.values = size, np.array(indices, np.int32), np.array(values)


def test_vectors_dense_and_sparse(tmp_path: Path) -> None:
    want = [[0.6, 0.0, 0.8, 0.0], [0.0, 0.0, 0.0, 1.0]]
    dense = [[3.0, 0.0, 4.0, 0.0], [0.0, 0.0, 0.0, 2.0]]
    sparse = pa.array(
        [{"size": 4, "indices": [0, 2], "values": [3.0, 4.0]}, {"size": 4, "indices": [3], "values": [2.0]}],
        pa.struct([("size", pa.int32()), ("indices", pa.list_(pa.int32())), ("values", pa.list_(pa.float64()))]),
    )
    with leapscore.load(normalizer(tmp_path / "model")) as model:
        assert [(c.name, c.type, c.kind, c.base, c.shape) for c in model.schema.inputs] == [("features", "tensor<double>[4]", "tensor", "double", (4,))]
        for column in (
            pa.array(dense),
            pa.array(dense, pa.list_(pa.float64(), 4)),
            pa.array(dense, pa.large_list(pa.float64())),
            pa.FixedShapeTensorArray.from_numpy_ndarray(np.array(dense)),
            sparse,
        ):
            got = model.predict(pa.table({"features": column}))
            assert got.column("y").to_pylist() == want, column.type
        for values in (
            dense,
            [np.array(d) for d in dense],
            [tuple(d) for d in dense],
            [[int(v) for v in d] for d in dense],
            [Dense(*d) for d in dense],
            [Sparse(4, [0, 2], [3, 4]), Sparse(4, [3], [2])],
            [Sparse(4, [0, 2], [3, 4]), dense[1]],
        ):
            assert [list(y) for y in model.predict(pd.DataFrame({"features": pd.Series(values, dtype=object)}))["y"]] == want
            assert [row["y"] for row in model.predict([{"features": v} for v in values])] == want
        assert model.predict(pl.DataFrame({"features": dense}, schema={"features": pl.Array(pl.Float64, 4)}))["y"].to_list() == want
        columns = model.predict(pa.table({"features": dense}), vectors="columns")
        assert columns.schema.names == ["y_0", "y_1", "y_2", "y_3"] and columns.column("y_2").to_pylist() == [0.8, 0.0]
        not_a_number = pd.DataFrame({"features": [[np.nan, 0.0, 1.0, 0.0], np.array([0.0, np.nan, 0.0, 1.0])]})
        assert np.isnan(model.predict(not_a_number)["y"][0]).all() and np.isnan(model.predict(not_a_number)["y"][1]).all()
        missing = model.predict([{"features": dense[0]}, {"features": None}], on_error="column")
        assert [row["y"] for row in missing] == [want[0], None]
        assert (missing[0]["_error"], missing[1]["_error"]["column"]) == (None, "features")


def test_rows_that_the_model_leaves_out(tmp_path: Path) -> None:
    frame = pd.DataFrame({"s": ["red", "blue", "green"], "id": [1, 2, 3]}, index=[10, 20, 30])
    with leapscore.load(skipping(tmp_path / "model"), outputs=["i", "back"]) as model:
        for on_error in ("raise", "drop"):
            got = model.predict(frame, on_error=on_error)
            assert got.index.tolist() == [10, 30] and got["back"].tolist() == ["red", "green"] and got["id"].tolist() == [1, 3]
        assert model.predict(frame, on_error="null")["i"].isna().tolist() == [False, True, False]
        told = model.predict(pl.from_pandas(frame), on_error="column")
        assert [None if e is None else e["code"] for e in told["_error"].to_list()] == [None, "skipped", None]
        assert model.predict({"s": "blue"}) is None
        assert model.predict(pl.from_pandas(frame)).height == 2
        assert model.predict(pa.Table.from_pandas(frame).to_batches()[0]).num_rows == 2
