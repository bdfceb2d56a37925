"""Parts that the tasks of schedulers share."""

from __future__ import annotations

import logging
import pickle
from datetime import date

import pytest
from leapscore import errors, tasks

VALUES = {"day": date(2026, 11, 26), "run_id": "a"}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("ds={day}", "ds=2026-11-26"),
        ("{day:%Y%m%d}/{run_id}", "20261126/a"),
        ("x/{a,b}/*.parquet", "x/{a,b}/*.parquet"),
        ("SELECT {'a': 1}", "SELECT {'a': 1}"),
        ("{{day}}", "{day}"),
        ("", ""),
    ],
)
def test_names_in_braces_are_replaced(text: str, want: str) -> None:
    assert tasks.filled(text, VALUES) == want


def test_texts_in_lists_and_mappings_are_replaced_and_all_else_stays() -> None:
    assert tasks.filled({"param": {"day": "{day}"}, "input": ["{run_id}", 1], "rerun": True, "x": None}, VALUES) == {
        "param": {"day": "2026-11-26"},
        "input": ["a", 1],
        "rerun": True,
        "x": None,
    }


def test_a_name_without_a_value_is_an_error() -> None:
    with pytest.raises(errors.UsageError, match=r"\{dya\}: there is no value 'dya', want one of day, run_id; write \{\{dya\}\}"):
        tasks.filled("ds={dya}", VALUES)


def test_only_some_failures_may_pass() -> None:
    stay = {errors.UsageError, errors.ModelError, errors.ContractError, errors.GateError}
    for kind in (*stay, errors.RunError, errors.BadRowError, errors.OutputError, errors.Interrupted, errors.Crashed):
        error = pickle.loads(pickle.dumps(kind("because")))
        assert tasks.may_pass(error) == (kind not in stay), kind
    assert tasks.may_pass(ConnectionError())


def test_lines_of_the_log_keep_their_levels(caplog: pytest.LogCaptureFixture) -> None:
    write = tasks.events_to(logging.getLogger("of-a-task"))
    with caplog.at_level(logging.DEBUG):
        write({"time": "2026-11-30T10:00:00Z", "level": "WARN", "msg": "100% bad", "rows": 3})
        write({"level": "INFO", "msg": "done"})
        write({"level": "ERROR", "msg": "panic", "from": "stderr"})
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [("WARNING", "100% bad rows=3"), ("INFO", "done"), ("ERROR", "panic")]
