"""Assets of Dagster, materialized in this process, and by its command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import dagster
import pytest
from conftest import EXAMPLES, FIRST, LONG, example, rows, start, wait_until_none
from leapscore import process
from leapscore.dagster import _OF_DAGSTER, leapscore_asset
from leapscore.errors import UsageError


def metadata(result: dagster.ExecuteInProcessResult, asset: str) -> dict[str, object]:
    [event] = result.asset_materializations_for_node(asset)
    return {name: value.value for name, value in event.metadata.items()}


def test_a_partition_is_materialized_with_its_counts(home: Path) -> None:
    prices = example("dagster").prices
    result = dagster.materialize([prices], partition_key=FIRST)
    found = metadata(result, "prices")
    assert found["rows_out"] == found["dagster/row_count"] == 500
    assert found["run_id"] == f"{result.run_id}-prices-{FIRST}"
    assert found["output"] == "predictions"
    assert found["model"].startswith("listings.lr ")
    assert rows(home / "predictions") == 500
    dagster.materialize([prices], partition_key=FIRST)
    assert rows(home / "predictions") == 500, "a partition that is materialized again replaces its rows"


def test_a_step_that_is_tried_again_does_nothing_twice(home: Path) -> None:
    """The worker dies after the commit: the retry has the same run id."""
    table = leapscore_asset(name="table", cwd=home, model="listings.lr.zip", input="listings", output="table", mode="append", run_id="{asset}-1")
    assert dagster.materialize([table]).success
    assert dagster.materialize([table]).success
    assert rows(home / "table") == 1500


def tries(asset: dagster.AssetsDefinition) -> tuple[int, str]:
    """How often an asset was started that fails, and its last error."""
    result = dagster.materialize([asset], raise_on_error=False)
    assert not result.success
    kinds = [event.event_type_value for event in result.all_node_events]
    [failure] = [event for event in result.all_node_events if event.is_step_failure]
    return 1 + kinds.count("STEP_RESTARTED"), failure.step_failure_data.user_failure_data.description


@pytest.mark.parametrize(
    ("arguments", "times", "said"),
    [
        ({"model": "broken.zip"}, 1, "ModelError: "),
        ({"model": "listings.lr.zip", "map": {"bedrooms": "rooms"}}, 1, "ContractError: "),
        ({"model": "listings.lr.zip", "min_rows": "2000"}, 1, "GateError: "),
        ({"model": "listings.lr.zip", "output": "/proc/none/table"}, 3, "RunError: "),
    ],
)
def test_only_failures_that_may_pass_are_tried_again(home: Path, arguments: dict[str, object], times: int, said: str) -> None:
    asset = leapscore_asset(name="table", retry_policy=dagster.RetryPolicy(max_retries=2), cwd=home, input="listings", **{"output": "table", **arguments})
    tried, description = tries(asset)
    assert (tried, description[: len(said)]) == (times, said)


def test_nothing_new_materializes_nothing(home: Path) -> None:
    inbox = leapscore_asset(name="inbox", cwd=home, model="listings.lr.zip", input="listings/*/*.parquet", output="scored", incremental=True, skip_exit_code=99)
    assert len(dagster.materialize([inbox]).asset_materializations_for_node("inbox")) == 1
    again = dagster.materialize([inbox])
    assert again.success
    assert again.asset_materializations_for_node("inbox") == []
    assert rows(home / "scored") == 1500


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="name"):
        leapscore_asset(model="m.zip")
    with pytest.raises(UsageError, match="no value 'partition_key', want one of asset, run_id"):
        dagster.materialize([leapscore_asset(name="a", model="m.zip", output="{partition_key}")])


def test_no_argument_of_dagster_is_a_flag() -> None:
    said = process.run(["score", "--help"])
    assert said is None
    text = subprocess.run([os.environ["LEAPSCORE_BINARY"], "score", "--help"], capture_output=True, text=True, check=True).stdout
    assert not [name for name in _OF_DAGSTER if f"--{name.replace('_', '-')} " in text]


def test_the_command_of_dagster_runs_the_example(home: Path, tmp_path: Path) -> None:
    (tmp_path / "dagster").mkdir()
    (tmp_path / "dagster" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    command = [sys.executable, "-m", "dagster", "asset", "materialize", "-f", str(EXAMPLES / "dagster" / "prices.py"), "--select", "prices", "--partition", FIRST]
    said = subprocess.run(command, env={**os.environ, "DAGSTER_HOME": str(tmp_path / "dagster")}, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert rows(home / "predictions") == 500


def long(home: str) -> None:
    dagster.materialize([leapscore_asset(name="long", cwd=home, run_id="long", **LONG)])


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_step_that_is_killed_leaves_nothing_and_runs_again(home: Path, how: signal.Signals) -> None:
    worker = start(f"import test_dagster; test_dagster.long({str(home)!r})", home)
    worker.send_signal(how)
    worker.wait()
    wait_until_none(home)
    assert not list(home.glob("long/*.parquet"))
    long(str(home))
    assert rows(home / "long") == 1500
