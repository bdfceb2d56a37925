"""Tasks of Luigi with its local scheduler."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import luigi
import pytest
from conftest import EXAMPLES, FIRST, LONG, SECOND, example, rows, start, wait_until_none
from leapscore.errors import ContractError, LeapscoreError, ModelError, UsageError
from leapscore.luigi import LeapscoreTask, RunTarget


def build(task: luigi.Task) -> luigi.execution_summary.LuigiRunResult:
    return luigi.build([task], local_scheduler=True, detailed_summary=True, log_level="WARNING")


def test_a_day_is_scored_once(home: Path) -> None:
    prices = example("luigi")
    report = prices.Report(day=date.fromisoformat(FIRST))
    assert not prices.Prices(day=date.fromisoformat(FIRST)).complete()
    assert build(report).scheduling_succeeded
    task = prices.Prices(day=date.fromisoformat(FIRST))
    assert task.complete()
    assert (home / "reports" / f"{FIRST}.html").exists()
    assert rows(home / "predictions") == 500
    assert task.output().record()["rows_out"] == 500
    parts = sorted(home.glob("predictions/*/*.parquet"))
    assert "1 complete ones were encountered" in build(task).summary_text
    assert sorted(home.glob("predictions/*/*.parquet")) == parts

    # Another day is another task, and the first stays complete.
    second = prices.Prices(day=date.fromisoformat(SECOND))
    assert not second.complete()
    assert build(second).scheduling_succeeded
    assert rows(home / "predictions") == 1000
    assert task.complete() and second.complete()


def test_the_command_of_luigi_runs_the_example(home: Path) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], str(EXAMPLES / "luigi")])}
    command = [sys.executable, "-m", "luigi", "--module", "prices", "Prices", "--day", FIRST, "--local-scheduler"]
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert "msg" not in said.stderr and "rows_out=500" in said.stderr, "the log of leapscore is not in that of Luigi"


class Broken(LeapscoreTask):
    cwd = luigi.Parameter()
    arguments = {"model": "broken.zip", "input": "listings", "output": "predictions"}


class Unfit(LeapscoreTask):
    cwd = luigi.Parameter()
    arguments = {"model": "listings.lr.zip", "input": "listings", "map": {"bedrooms": "rooms"}, "output": "predictions"}


@pytest.mark.parametrize(("kind", "error"), [(Broken, ModelError), (Unfit, ContractError)])
def test_a_failure_says_why(home: Path, kind: type[LeapscoreTask], error: type[Exception]) -> None:
    task = kind(cwd=str(home))
    seen = []
    kind.event_handler(luigi.Event.FAILURE)(lambda _, failure: seen.append(failure))
    assert build(task).status == luigi.LuigiStatusCode.FAILED
    assert [type(failure) for failure in seen] == [error]
    assert str(seen[0]), "the failure has no message"
    assert not task.complete()
    assert not (home / "predictions").exists()


def test_mistakes_in_a_task_are_named(home: Path) -> None:
    class NoOutput(LeapscoreTask):
        arguments = {"job": "prices.yaml"}

    class NoName(LeapscoreTask):
        arguments = {"model": "m.zip", "output": "{dya}"}

    with pytest.raises(UsageError, match="has no output: name the table there"):
        NoOutput().output()
    with pytest.raises(UsageError, match="there is no value 'dya', want one of task_id"):
        NoName().output()


def test_a_store_that_is_silent_is_no_table_without_runs(tmp_path: Path) -> None:
    nowhere = "s3://bucket/table?endpoint=http://127.0.0.1:1&region=eu-west-1&s3ForcePathStyle=true"
    access = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    with pytest.raises(LeapscoreError, match="connection refused"):
        RunTarget(nowhere, "a", env=access, io_timeout="2s").exists()
    assert not RunTarget(str(tmp_path / "none"), "a").exists()


class Long(LeapscoreTask):
    cwd = luigi.Parameter()
    arguments = LONG


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_task_that_is_killed_leaves_nothing_and_runs_again(home: Path, how: signal.Signals) -> None:
    script = f"import luigi, test_luigi; luigi.build([test_luigi.Long(cwd={str(home)!r})], local_scheduler=True)"
    worker = start(script, home)
    worker.send_signal(how)
    worker.wait()
    wait_until_none(home)
    task = Long(cwd=str(home))
    assert not task.complete()
    assert build(task).scheduling_succeeded
    assert task.complete()
    assert rows(home / "long") == 1500
