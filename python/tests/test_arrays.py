"""Blocks of engines as Arrow tables and back."""

from __future__ import annotations

from typing import Any

import numpy
import pandas
import pyarrow as pa
import pytest

from leapscore import UsageError, arrays

OUTPUTS = pa.table({"p": pa.array([1.5, None]), "n": pa.array([7, None], pa.int64()), "ok": [True, None]})


def test_columns_of_numpy_become_lists() -> None:
    found = arrays.block(
        {
            "x": numpy.array([1.0, numpy.nan]),
            "s": numpy.array(["a", None], dtype=object),
            "u": numpy.array(["ab", "c"]),
            "v": numpy.arange(4.0).reshape(2, 2),
            "m": numpy.arange(8).reshape(2, 2, 2),
            "l": numpy.array([numpy.array([1.0]), numpy.array([2.0, 3.0])], dtype=object),
        }
    ).table(["x", "s", "u", "v", "m", "l"])
    assert str(found.column("x").to_pylist()) == "[1.0, nan]"
    assert {name: found.column(name).to_pylist() for name in "suvml"} == {
        "s": ["a", None],
        "u": ["ab", "c"],
        "v": [[0.0, 1.0], [2.0, 3.0]],
        "m": [[[0, 1], [2, 3]], [[4, 5], [6, 7]]],
        "l": [[1.0], [2.0, 3.0]],
    }


def test_kept_columns_of_numpy_are_the_same_arrays() -> None:
    pictures = numpy.zeros((2, 3, 3))
    answer = arrays.block({"id": numpy.array([1, 2]), "picture": pictures}).joined([("picture", "image")], OUTPUTS)
    assert list(answer) == ["image", "p", "n", "ok"]
    assert answer["image"] is pictures


def test_a_frame_keeps_index_and_types() -> None:
    frame = pandas.DataFrame({"id": pandas.Categorical(["a", "b"]), "x": [1, 2]}, index=pandas.Index([7, 9], name="at"))
    answer = arrays.block(frame).joined([("id", "name")], OUTPUTS)
    assert list(answer.index) == [7, 9] and answer.index.name == "at"
    assert [str(kind) for kind in answer.dtypes] == ["category", "float64", "Int64", "boolean"]


def test_a_frame_of_arrow_columns_is_answered_in_them() -> None:
    frame = pandas.DataFrame({"id": pandas.Series([1, 2], dtype="int64[pyarrow]")})
    answer = arrays.block(frame).joined([("id", "id")], OUTPUTS)
    assert [str(kind) for kind in answer.dtypes] == ["int64[pyarrow]", "double[pyarrow]", "int64[pyarrow]", "bool[pyarrow]"]


def test_extension_types_are_read_by_their_storage_and_kept() -> None:
    tensors = pa.ExtensionArray.from_storage(pa.fixed_shape_tensor(pa.float64(), [2]), pa.array([[1.0, 2.0]], pa.list_(pa.float64(), 2)))
    block = arrays.block(pa.table({"t": tensors}))
    assert block.schema() == pa.schema([("t", pa.list_(pa.float64(), 2))])
    assert block.table(["t"]).column("t").to_pylist() == [[1.0, 2.0]]
    assert block.joined([("t", "t")], pa.table({"p": [1.0]})).schema.field("t").type == tensors.type


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([1, 2], "a block is a builtins.list: want a pyarrow.Table, a pandas.DataFrame or a dict of NumPy arrays"),
        (pandas.DataFrame({0: [1]}), "names are no text, such as 0"),
        (pandas.DataFrame([[1, 2]], columns=["a", "a"]), "two columns 'a'"),
    ],
)
def test_other_data_is_named(data: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        arrays.block(data)


def test_values_that_are_no_column_are_named() -> None:
    frame = pandas.DataFrame({"x": [1, "a"]}, dtype=object)
    with pytest.raises(UsageError, match="column 'x' is no Arrow column"):
        arrays.block(frame).table(["x"])
