from __future__ import annotations

import copy
import pickle

import pytest

from leapscore import errors

KINDS = [getattr(errors, name) for name in errors.__all__ if name != "error_for"]


@pytest.mark.parametrize("kind", KINDS)
def test_errors_are_pickled_with_all_that_they_carry(kind: type[errors.LeapscoreError]) -> None:
    error = kind("no such column", code="null", exit_code=4, row=7, node="root/x", op="bucketizer", column="a")
    error.__dict__["more"] = [1]
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is kind
        assert str(again) == "no such column"
        assert again.__dict__ == error.__dict__


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1, errors.RunError),
        (2, errors.UsageError),
        (3, errors.ModelError),
        (4, errors.ContractError),
        (5, errors.GateError),
        (6, errors.OutputError),
        (70, errors.Crashed),
        (-9, errors.Crashed),
        (-6, errors.Crashed),
        (-15, errors.Interrupted),
        (130, errors.Interrupted),
        (141, errors.RunError),
        (99, errors.RunError),
    ],
)
def test_the_exit_code_decides_the_class(code: int, kind: type[errors.LeapscoreError]) -> None:
    error = errors.error_for(code, "m")
    assert type(error) is kind
    assert error.exit_code == (code if code > 0 else 128 - code)


def test_a_row_that_the_model_refuses_is_an_error_of_its_own() -> None:
    error = errors.error_for(1, "m", row=3, code="null")
    assert type(error) is errors.BadRowError
    assert (error.row, error.code) == (3, "null")
    assert type(errors.error_for(5, "m", row=3)) is errors.GateError
