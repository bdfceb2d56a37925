from __future__ import annotations

import importlib.util
import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tables import FOREST, LINEAR, listings
from test_process import Program, gone

import leapscore
from leapscore import binary, flags, progress
from leapscore.process import Event

LISTINGS = LINEAR.parent / "listings"
TOOL = Path(__file__).parents[1] / "tools" / "options.py"


def test_a_table_is_scored_and_its_record_returned(tmp_path: Path) -> None:
    record = leapscore.score(model=LINEAR, input=LISTINGS, output=tmp_path / "out", run_id="night-1", keep=["listing_id", "ds"], partition_by="ds")
    assert record.done and record.status == "ok" and record.exit_code == 0 and record.run_id == "night-1"
    assert (record.counts.rows_in, record.counts.rows_out, record.counts.rows_rejected) == (1500, 1500, 0)
    assert [c.name for c in record.output.columns] == ["listing_id", "ds", "price_prediction"]
    assert (record.models[0].name, record.models[0].written_by) == ("listings.lr", "MLeap 0.25.2")
    assert record.source.kind == "files" and len(record.source.files) == 3
    assert record.plan is not None and record.plan.steps[-1].op == "linear_regression"
    assert record.took is not None and record.took > 0
    assert sum(f.rows for f in record.output.files) == 1500 == sum(f["rows"] for f in record.manifest["files"])
    again = leapscore.Record.read(tmp_path / "out/_leapscore/night-1.json")
    assert (again.counts, again.models, again.output.columns) == (record.counts, record.models, record.output.columns)
    second = leapscore.score(model=LINEAR, input=LISTINGS, output=tmp_path / "out", run_id="night-1", keep=["listing_id", "ds"], partition_by="ds")
    assert second.outcome == "finished-before" and not second.done and second.finished == record.finished


def test_a_run_that_leaves_a_table_has_no_record(tmp_path: Path) -> None:
    for outcome in ("done", "ignored"):
        record = leapscore.score(model=LINEAR, input=LISTINGS, output=tmp_path / "out", mode="ignore")
        assert record.outcome == outcome
    assert record.run_id == "" and record.counts.rows_out == 0


def test_lists_mappings_and_several_models(tmp_path: Path) -> None:
    record = leapscore.score(
        model={"a": LINEAR, "b": FOREST},
        sql="SELECT * FROM 'examples/listings/**/*.parquet' WHERE state = $state".replace("examples/listings", str(LISTINGS)),
        param={"state": "NY"},
        output=tmp_path / "out.parquet",
        outputs=["a_price_prediction", "b_price_prediction"],
        rename={"a_price_prediction": "price, a"},
        keep=["listing_id"],
        limit=7,
    )
    assert [m.label for m in record.models] == ["a", "b"]
    assert pq.ParquetFile(tmp_path / "out.parquet").schema_arrow.names == ["listing_id", "price, a", "b_price_prediction"]
    assert record.counts.rows_out == 7


def test_a_job_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "job.yaml"
    file.write_text(f"model: {LINEAR}\ninput: {LISTINGS}\noutput: {tmp_path / 'out'}\nlimit: 5\n", encoding="utf-8")
    job = leapscore.Job.from_yaml(file, run_id="x")
    assert job.check()["rows"] == 5
    assert not (tmp_path / "out").exists()
    assert job.run().counts.rows_out == 5
    file.write_text("modle: x\n", encoding="utf-8")
    for do in (job.check, job.run):
        with pytest.raises(leapscore.UsageError, match="modle"):
            do()


def test_rejects_are_retried(tmp_path: Path) -> None:
    sql = f"SELECT * REPLACE (CASE WHEN listing_id < 3 THEN NULL ELSE bedrooms END AS bedrooms) FROM '{LISTINGS}/**/*.parquet'"
    record = leapscore.score(model=LINEAR, sql=sql, output=tmp_path / "out", on_error="reject", rejects=tmp_path / "bad", max_errors="1%")
    assert record.rejects is not None
    assert record.rejects.codes == {"null": 3}
    assert [(c.code, c.column, c.rows) for c in record.rejects.causes] == [("null", "bedrooms", 3)]
    more: dict[str, Any] = {"on_error": "reject", "rejects": tmp_path / "bad2", "mode": "append"}
    with pytest.raises(leapscore.GateError, match="all 3 rows were rejected"):
        leapscore.score(retry_rejects=tmp_path / "bad", model=LINEAR, output=tmp_path / "out", **more)


def test_errors_carry_what_is_to_blame(tmp_path: Path) -> None:
    sql = f"SELECT * REPLACE (CASE WHEN listing_id = 7 THEN NULL ELSE bedrooms END AS bedrooms) FROM '{LISTINGS}/**/*.parquet'"
    with pytest.raises(leapscore.BadRowError, match="query: row 7: ") as failed:
        leapscore.score(model=LINEAR, sql=sql, output=tmp_path / "out")
    error = failed.value
    assert (error.exit_code, error.row, error.code, error.node) == (1, 7, "null", "root/assemble_numbers.node")
    assert (error.op, error.column) == ("vector_assembler", "bedrooms")
    with pytest.raises(leapscore.ContractError) as refused:
        leapscore.score(model=LINEAR, sql="SELECT 1 AS x", output=tmp_path / "out")
    assert (refused.value.code, refused.value.column) == ("missing_column", "state")
    with pytest.raises(leapscore.GateError):
        leapscore.score(model=LINEAR, input=LISTINGS, output=tmp_path / "out", min_rows=9999)
    leapscore.score(model=LINEAR, input=LISTINGS, output=tmp_path / "out")
    with pytest.raises(leapscore.OutputError):
        leapscore.score(model=LINEAR, input=LISTINGS, output=tmp_path / "out")


def test_nothing_new(tmp_path: Path) -> None:
    def again(**more: Any) -> leapscore.Record:
        return leapscore.score(model=LINEAR, input=LISTINGS, output=tmp_path / "out", incremental=True, **more)

    assert again().done
    assert again().outcome == "nothing-new"
    with pytest.raises(leapscore.NothingToDo):
        again(skip_exit_code=99)


def test_warnings_of_the_log_are_warnings(tmp_path: Path) -> None:
    for call in (leapscore.score, lambda **options: leapscore.Job(**options).run()):
        told(call, tmp_path)


def told(call: Any, tmp_path: Path) -> None:
    with pytest.warns(leapscore.RunWarning, match=r"lineage is not told \(.*error=.*127.0.0.1") as warned:
        call(mode="overwrite", model=LINEAR, input=LISTINGS, output=tmp_path / "out", openlineage="http://127.0.0.1:9")
    assert {w.filename for w in warned} == {__file__}


def test_fields_that_are_not_known_are_kept() -> None:
    record = leapscore.Record.of({"run_id": "x", "new": 1, "counts": {"rows_in": 2, "rows_odd": 3}, "drift": None, "models": [{"name": "m", "more": []}]})
    assert record.extra == {"new": 1} and record.counts.extra == {"rows_odd": 3} and record.models[0].extra == {"more": []}
    assert record.drift is None and record.counts.rows_in == 2


def test_records_of_all_fields_are_typed(tmp_path: Path) -> None:
    table = tmp_path / "out"
    leapscore.score(model=LINEAR, input=LISTINGS, output=table, run_id="a")
    with pytest.warns(leapscore.RunWarning, match="drift"):
        record = leapscore.score(model=FOREST, input=LISTINGS, output=table, mode="append", drift_reference=table, drift_max=99)
    assert record.drift is not None and record.drift.reference == "a" and record.drift.columns[0].column == "price_prediction"
    assert record.previous == "a" and record.summary is not None
    known = {"go_version", "platform", "limits", "token"}
    assert set(record.extra) <= known


def test_arguments_are_those_of_the_schema() -> None:
    spec = importlib.util.spec_from_file_location("options_tool", TOOL)
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.FILE.read_text(encoding="utf-8") == tool.text(), "run python/tools/options.py"


def test_lists_with_commas_are_those_of_the_command() -> None:
    said = subprocess.run([binary.find(), "score", "--help"], capture_output=True, text=True, check=True).stdout
    assert flags.COMMAS == set(re.findall(r"--([a-z-]+) A,B ", said))


def test_every_argument_reaches_the_command(program: Program) -> None:
    program("print(json.dumps({'manifest': sys.argv[1:]}))")
    record = leapscore.score(
        job="j.yaml",
        model=["a=x", "b=y"],
        param={"day": "2026-11-28", "n": 3},
        keep=["a", "b,c"],
        partition=["ds=1", "h=2"],
        allow_empty=True,
        csv_header=False,
        drift_max=0.2,
        max_errors="1%",
        run_id=None,
        progress=False,
    )
    assert list(record.manifest) == (
        ["score", "--job=j.yaml", "--model=a=x", "--model=b=y", "--param=day=2026-11-28", "--param=n=3", '--keep=a,"b,c"', "--partition=ds=1"]
        + ["--partition=h=2", "--allow-empty=true", "--csv-header=false", "--drift-max=0.2", "--max-errors=1%", "--json-record", "--log-format", "json", "--json"]
    )


def test_an_argument_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(leapscore.UsageError, match="unknown flag: --ouput; did you mean --output"):
        leapscore.Job(ouput="x").run()  # type: ignore[call-arg]


EVENTS = """
for rows in (0, 500000, 1000000):
    print(json.dumps({'level': 'INFO', 'msg': 'running', 'stage': 'score', 'rows': rows, 'rows_total': 1000000, 'rows_per_second': 250000, 'seconds_left': 2}), file=sys.stderr)
print(json.dumps({'level': 'INFO', 'msg': 'done', 'rows_in': 1000000, 'rows_out': 1000000, 'seconds': 4.1}), file=sys.stderr)
print(json.dumps({'outcome': 'done', 'run': {'run_id': 'x'}, 'manifest': {'args': sys.argv[1:]}}))
"""


def test_progress_is_shown_by_rich(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    program(EVENTS)
    seen: list[Event] = []
    record = leapscore.score(progress=True, on_event=seen.append)
    assert "--progress-every" in record.manifest["args"]
    assert len(seen) == 4
    assert "done" in capsys.readouterr().out


def test_progress_without_rich_is_a_line(program: Program, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    program(EVENTS)
    monkeypatch.setitem(sys.modules, "rich.progress", None)
    leapscore.score(progress=True)
    lines = [line.rstrip() for line in capsys.readouterr().err.split("\r")]
    assert lines == [
        "",
        "score:   0% [                        ] 0 of 1,000,000 rows, 250,000 rows/s, 2 s left",
        "score:  50% [############            ] 500,000 of 1,000,000 rows, 250,000 rows/s, 2 s left",
        "score: 100% [########################] 1,000,000 of 1,000,000 rows, 250,000 rows/s, 2 s left",
        "done: 1,000,000 rows in 4.1 s",
    ]


def test_nobody_who_does_not_look_gets_a_bar(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    program(EVENTS)
    assert "--progress-every" not in leapscore.score().manifest["args"]
    assert capsys.readouterr() == ("", "")
    assert isinstance(progress.shown_by(io.StringIO()), progress.Progress.__mro__[-1])


def test_real_runs_say_how_far_they_are(tmp_path: Path) -> None:
    seen: list[Event] = []
    import leapscore.job as job

    table = listings()
    pq.write_table(table.take(list(range(1500)) * 300), tmp_path / "many.parquet")
    every, job.EVERY = job.EVERY, "1ms"
    try:
        leapscore.score(model=FOREST, input=tmp_path / "many.parquet", output=tmp_path / "out", progress=True, on_event=seen.append)
    finally:
        job.EVERY = every
    running = [e for e in seen if e["msg"] == "running"]
    assert running and {"stage", "seconds"} <= set(running[0])
    assert "done" in [e["msg"] for e in seen]


def test_ctrl_c_stops_the_run_and_publishes_nothing(tmp_path: Path) -> None:
    code = f"""
import leapscore
print("begun", flush=True)
leapscore.score(model={str(LINEAR)!r}, sql="SELECT * REPLACE (1.5 AS bedrooms) FROM '{LISTINGS}/**/*.parquet', range(100000000)", output="out",
    progress=True, on_event=lambda e: print(json.dumps(e), flush=True))
"""
    child = subprocess.Popen([sys.executable, "-c", "import json" + code], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for line in child.stdout:
        if '"running"' in line:
            break
    child.send_signal(signal.SIGINT)
    _, said = child.communicate()
    assert "KeyboardInterrupt" in said
    left = sorted(p.name for p in tmp_path.rglob("*") if p.is_file())
    assert left == [], json.dumps(left)
    assert gone(child.pid)
