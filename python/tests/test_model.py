from __future__ import annotations

import concurrent.futures
import gc
import multiprocessing
import os
import pickle
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from tables import FOREST, INPUTS, LINEAR, listings, make_bundle, spoilt
from test_client import in_a_fork
from test_client import halt
from test_process import gone

import leapscore

TABLE = listings()
ROW = TABLE.to_pylist()[0]


@pytest.fixture(scope="module")
def model() -> Iterator[leapscore.Model]:
    with leapscore.load(LINEAR) as m:
        yield m


def test_the_schema_says_what_is_read_and_added(model: leapscore.Model) -> None:
    assert [c.name for c in model.schema.inputs] == INPUTS
    state, scaled = model.schema.inputs[0], model.schema.outputs[-3]
    assert (state.type, state.shape, state.nullable) == ("string", (), True)
    assert (scaled.name, scaled.type, scaled.kind, scaled.base, scaled.shape) == ("scaled", "tensor<double>[8]", "tensor", "double", (8,))
    assert [(c.name, c.nullable, c.node) for c in model.schema.final] == [("price_prediction", False, "root/linear_regression.node")]
    assert "price_prediction: double not null  final" in str(model.schema)
    assert model.inspect()["name"] == "listings.lr"


def test_outputs_and_kept_columns(model: leapscore.Model) -> None:
    def names(**options: object) -> list[str]:
        return model.predict(TABLE, **options).schema.names  # type: ignore[call-overload, no-any-return]

    assert names(outputs=["scaled"], keep="none") == ["scaled"]
    assert names(keep="all") == [*TABLE.schema.names, "price_prediction"]
    assert names(keep=["state", "listing_id"]) == ["state", "listing_id", "price_prediction"]
    assert len(names(outputs="all")) == 2 + len(model.schema.outputs)
    assert names(rename={"listing_id": "id", "price_prediction": "price"}) == ["id", "host_name", "price"]
    kept = model.predict(TABLE, rename={"listing_id": "host", "host_name": "listing_id"}, keep=["host_name", "listing_id"])
    assert kept.schema.names == ["listing_id", "host", "price_prediction"]
    assert kept.column("host").equals(TABLE.column("listing_id"))


def test_names_that_clash_or_are_not_there_are_refused(model: leapscore.Model) -> None:
    with pytest.raises(leapscore.UsageError, match="price_prediction"):
        model.predict(TABLE.rename_columns(["price_prediction", *TABLE.schema.names[1:]]))
    with pytest.raises(leapscore.UsageError, match="nope"):
        model.predict(TABLE, keep=["nope"])
    with pytest.raises(leapscore.UsageError, match="nope"):
        model.predict(TABLE, rename={"nope": "x"})
    with pytest.raises(leapscore.UsageError, match='no output "nope"'):
        model.predict(TABLE, outputs=["nope"])
    with pytest.raises(ValueError, match="on_error 'ignore': want raise, column, null or drop"):
        model.predict(TABLE, on_error="ignore")  # type: ignore[call-overload]


def test_inputs_of_other_names(model: leapscore.Model) -> None:
    renamed = TABLE.rename_columns(["rooms" if n == "bedrooms" else n for n in TABLE.schema.names])
    got = model.predict(renamed, map={"bedrooms": "rooms"})
    assert got.schema.names == ["listing_id", "host_name", "price_prediction"]
    assert got.equals(model.predict(TABLE))
    with leapscore.load(LINEAR, map={"bedrooms": "rooms"}, keep="none") as other:
        assert other.predict(renamed).equals(got.select(["price_prediction"]))


@pytest.mark.parametrize("rows", [[0], [1499], [3, 900, 901]])
def test_bad_rows(model: leapscore.Model, rows: list[int]) -> None:
    table, good = spoilt(TABLE, *rows), model.predict(TABLE).column("price_prediction").to_pylist()
    with pytest.raises(leapscore.BadRowError) as failed:
        model.predict(table)
    error = failed.value
    assert (error.row, error.code, error.op, error.column) == (rows[0], "null", "vector_assembler", "bedrooms")
    assert str(error) == f'row {rows[0]}: node root/assemble_numbers.node (vector_assembler): column "bedrooms": null, and a vector has no nulls [null]'
    want = [None if i in rows else v for i, v in enumerate(good)]
    assert model.predict(table, on_error="null").column("price_prediction").to_pylist() == want
    dropped = model.predict(table, on_error="drop")
    assert dropped.column("price_prediction").to_pylist() == [v for v in want if v is not None]
    assert dropped.column("listing_id").to_pylist() == [i for i in range(1500) if i not in rows]
    told = model.predict(table, on_error="column", error_column="why")
    assert told.schema.names == ["listing_id", "host_name", "price_prediction", "why"]
    assert [i for i, w in enumerate(told.column("why").to_pylist()) if w] == rows


def test_bad_rows_far_into_a_large_table(model: leapscore.Model) -> None:
    large = pa.concat_tables([*([TABLE] * 100), spoilt(TABLE, 7)])
    with pytest.raises(leapscore.BadRowError) as failed:
        model.predict(large)
    assert failed.value.row == 150_007
    assert model.predict(TABLE).num_rows == 1500
    assert model.predict(large, on_error="drop").num_rows == 151_499


def test_a_bundle_that_cannot_be_loaded_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(leapscore.ModelError, match="none.zip"):
        leapscore.load(tmp_path / "none.zip")
    odd = {"name": "odd", "op": "frobnicate", "attributes": {}, "inputs": {}, "outputs": {}}
    with pytest.raises(leapscore.ModelError, match='unknown op "frobnicate"'):
        leapscore.load(make_bundle(tmp_path / "odd", odd))


def test_values_that_the_exporter_lost_are_warnings(tmp_path: Path) -> None:
    node = {
        "name": "lr",
        "op": "linear_regression",
        "attributes": {
            "coefficients": {"type": "tensor", "double": [1.0, 2.0], "shape": {"dimensions": [{"size": 2, "name": ""}]}},
            "intercept": {"double": None},
        },
        "inputs": {"features": "x"},
        "outputs": {"prediction": "y"},
    }
    with pytest.warns(leapscore.ModelWarning, match=r"node root/lr.node \(linear_regression\): intercept is null"):
        leapscore.load(make_bundle(tmp_path / "lost", node)).close()


def test_a_pickled_model_is_loaded_where_it_arrives(model: leapscore.Model) -> None:
    with pickle.loads(pickle.dumps(model)) as again:
        assert again.schema == model.schema
        assert again.predict(TABLE).equals(model.predict(TABLE))


def test_forks_and_pools(model: leapscore.Model) -> None:
    want = model.predict(ROW)
    assert in_a_fork(lambda: model.predict(ROW) == want) == "True"
    for method in ("fork", "spawn"):
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
            assert list(pool.map(model.predict, [ROW] * 4)) == [want] * 4
    assert model.predict(ROW) == want


def test_threads(model: leapscore.Model) -> None:
    pieces = [TABLE.slice(i * 50, 50 + i) for i in range(20)]
    want = [model.predict(p) for p in pieces]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(model.predict, pieces))
    assert all(a.equals(b) for a, b in zip(got, want))


def test_a_process_ends_with_its_model() -> None:
    with leapscore.load(LINEAR) as model:
        pid = model.pid
        assert pid is not None
    assert gone(pid) and model.pid is None
    assert model.predict(ROW)["price_prediction"]  # type: ignore[index]
    pid = model.pid
    assert pid is not None
    del model
    gc.collect()
    assert gone(pid)


def test_a_killed_process_is_started_again() -> None:
    with leapscore.load(LINEAR) as model:
        want = model.predict(ROW)
        assert model.pid is not None
        halt(model.pid)
        threading.Timer(0.2, os.kill, (model.pid, signal.SIGKILL)).start()
        with pytest.raises(leapscore.Crashed):
            model.predict(ROW)
        assert model.predict(ROW) == want


def test_a_model_is_shown(model: leapscore.Model) -> None:
    assert repr(model) == f"<leapscore.Model 'listings.lr' of {str(LINEAR)!r}: 13 inputs, adds price_prediction>"
    html = model._repr_html_()
    assert html.count("<rect") == 1 + len([n for n in model.inspect()["nodes"] if n["op"] != "pipeline"])
    assert "vector_assembler" in html and "price_prediction" in html
    assert re.findall(r"https?://[^\"]*", html) == ["http://www.w3.org/2000/svg"] and "<script" not in html
    with leapscore.load(FOREST) as forest:
        assert "random_forest_regression" in forest._repr_html_()


def test_names_cannot_break_out_of_the_drawing(tmp_path: Path) -> None:
    bad = '"><script>x</script>'
    node = {"name": "t", "op": "tokenizer", "attributes": {}, "inputs": {"input": bad}, "outputs": {"output": "<u>&"}}
    with leapscore.load(make_bundle(tmp_path / "<i>", node)) as model:
        html = model._repr_html_()
    assert "<script" not in html and "<u>&" not in html and "<i>" not in html
    assert "&lt;script&gt;" in html and "&lt;u&gt;&amp;" in html


def test_a_large_pipeline_is_listed(tmp_path: Path) -> None:
    nodes = [{"name": f"t{i}", "op": "tokenizer", "attributes": {}, "inputs": {"input": "a"}, "outputs": {"output": f"b{i}"}} for i in range(200)]
    with leapscore.load(make_bundle(tmp_path / "large", *nodes)) as model:
        html = model._repr_html_()
    assert "<svg" not in html and html.count("<li>") == 200


def test_a_pipeline_without_nodes_adds_nothing(tmp_path: Path) -> None:
    with leapscore.load(make_bundle(tmp_path / "empty")) as model:
        assert model.predict(TABLE.select(["state"])).schema.names == ["state"]
        assert model.predict({"a": 1}, on_error="column") == {"a": 1, "_error": None}
        assert model.predict([{"a": 1}, {"b": 2}]) == [{"a": 1}, {"b": 2}]
        assert repr(model).endswith("0 inputs, adds nothing>")
        with pytest.raises(leapscore.UsageError, match="no columns"):
            model.predict(TABLE, keep="none")
