"""Tasks of Prefect, with the server that it starts for one process."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import prefect
import prefect.settings
import pytest
from conftest import FIRST, LONG, example, rows, start, wait_until_none
from leapscore import tasks
from leapscore.errors import ContractError, ModelError, RunError
from leapscore.prefect import score
from prefect.testing.utilities import prefect_test_harness


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=600):
        yield


def test_a_flow_scores_a_day(home: Path) -> None:
    prices = example("prefect").prices
    assert prices(FIRST) == 500
    assert prices(FIRST) == 500
    assert rows(home / "predictions") == 500


def test_a_task_that_is_tried_again_does_nothing_twice(home: Path) -> None:
    @prefect.flow
    def flow() -> list[dict[str, object]]:
        arguments = {"cwd": home, "model": "listings.lr.zip", "input": "listings", "output": "table", "mode": "append", "run_id": "one"}
        return [score(**arguments), score(**arguments)]

    first, second = flow()
    assert first["rows_out"] == second["rows_out"] == 1500
    assert rows(home / "table") == 1500


def failed(home: Path, monkeypatch: pytest.MonkeyPatch, **arguments: object) -> tuple[int, BaseException]:
    """How often a task was started that fails, and its error."""
    tries: list[object] = []
    once = tasks.score
    monkeypatch.setattr(tasks, "score", lambda *a, **k: tries.append(a) or once(*a, **k))

    @prefect.flow
    def flow() -> object:
        return score.with_options(retries=2)(cwd=home, input="listings", **{"output": "table", **arguments})

    error = flow(return_state=True).result(raise_on_failure=False)
    return len(tries), error


@pytest.mark.parametrize(
    ("arguments", "times", "kind"),
    [
        ({"model": "broken.zip"}, 1, ModelError),
        ({"model": "listings.lr.zip", "map": {"bedrooms": "rooms"}}, 1, ContractError),
        ({"model": "listings.lr.zip", "output": "/proc/none/table"}, 3, RunError),
    ],
)
def test_only_failures_that_may_pass_are_tried_again(
    home: Path, monkeypatch: pytest.MonkeyPatch, arguments: dict[str, object], times: int, kind: type[Exception]
) -> None:
    tried, error = failed(home, monkeypatch, **arguments)
    assert (tried, type(error)) == (times, kind)
    assert str(error)


def test_nothing_new_is_a_state_of_its_own(home: Path) -> None:
    @prefect.flow
    def flow() -> str:
        arguments = {"model": "listings.lr.zip", "input": "listings/*/*.parquet", "output": "scored", "incremental": True, "skip_exit_code": 99}
        return score(cwd=home, return_state=True, **arguments).name

    assert [flow(), flow()] == ["Completed", "Skipped"]


@prefect.flow
def long(home: str) -> None:
    score(cwd=home, run_id="long", **LONG)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_task_that_is_killed_leaves_nothing_and_runs_again(home: Path, how: signal.Signals) -> None:
    worker = start(f"import test_prefect; test_prefect.long({str(home)!r})", home, PREFECT_API_URL=prefect.settings.get_current_settings().api.url)
    worker.send_signal(how)
    worker.wait()
    wait_until_none(home)
    assert not list(home.glob("long/*.parquet"))
    long(str(home))
    assert rows(home / "long") == 1500
