from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable

import pytest

from leapscore import errors
from leapscore.process import Process, run

Program = Callable[[str], Path]


def gone(pid: int) -> bool:
    """Waits until a process has ended, which must be soon."""
    for _ in range(1000):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as f:
                if f.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.01)
    return False


def test_a_job_is_run_and_its_manifest_returned(examples: Path, tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []
    manifest = run(
        ["score", "--model", examples / "listings.lr.zip", "--input", examples / "listings", "--output", tmp_path / "out"], on_event=seen.append
    )
    assert manifest is not None and manifest["rows_out"] == 1500
    assert [(e["level"], e["msg"], e["rows_out"]) for e in seen] == [("INFO", "done", 1500)]


def test_an_error_of_the_command_is_raised_by_its_class(examples: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.UsageError, match="no files match: nothing") as failed:
        run(["score", "--model", examples / "listings.lr.zip", "--input", "nothing", "--output", "out"], cwd=tmp_path)
    assert failed.value.exit_code == 2
    with pytest.raises(errors.ModelError):
        run(["score", "--model", "none.zip", "--input", examples / "listings", "--output", "out"], cwd=tmp_path)


def test_nothing_to_do_has_a_class_of_its_own(examples: Path, tmp_path: Path) -> None:
    job = ["score", "--model", examples / "listings.lr.zip", "--input", examples / "listings", "--output", tmp_path / "out", "--incremental"]
    run([*job, "--skip-exit-code", "99"])
    with pytest.raises(errors.NothingToDo, match="no new input") as failed:
        run([*job, "--skip-exit-code", "99"])
    assert failed.value.exit_code == 99
    assert run(job) is not None


def test_variables_are_set_and_removed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program("print(json.dumps({'a': os.environ.get('A'), 'b': os.environ.get('B'), 'cwd': os.getcwd(), 'args': sys.argv[1:]}))")
    monkeypatch.setenv("A", "of the parent")
    said = run(["check"], env={"A": None, "B": "set"}, cwd="/")
    assert said == {"a": None, "b": "set", "cwd": "/", "args": ["check", "--log-format", "json", "--json"]}


def test_much_output_on_both_streams_is_read(program: Program) -> None:
    program("for i in range(3000): print('x' * 100); print(json.dumps({'level': 'INFO', 'msg': 'y' * 100}), file=sys.stderr)\nprint('{\"n\": 1}')")
    seen: list[Any] = []
    assert run(["x"], on_event=seen.append) == {"n": 1}
    assert len(seen) == 3000


def test_a_killed_process_is_an_error_that_says_so(program: Program) -> None:
    program("os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(errors.Crashed, match="leapscore score was killed by signal 9, which is mostly for its memory") as failed:
        run(["score"])
    assert failed.value.exit_code == 137


def test_a_crash_shows_how_it_began(program: Program) -> None:
    program("print('fatal error: x\\n\\ngoroutine 1', file=sys.stderr); [print(i, file=sys.stderr) for i in range(99)]; os.kill(os.getpid(), signal.SIGABRT)")
    with pytest.raises(errors.Crashed, match="(?s)killed by signal 6: fatal error: x\ngoroutine 1.*") as failed:
        run(["score"])
    assert len(str(failed.value).splitlines()) == 40


def test_an_event_that_raises_stops_the_process(program: Program) -> None:
    program("print(json.dumps({'level': 'INFO', 'msg': 'begun', 'pid': os.getpid()}), file=sys.stderr, flush=True); time.sleep(600)")
    seen: list[int] = []

    def refuse(event: dict[str, Any]) -> None:
        seen.append(event["pid"])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(["score"], on_event=refuse)
    assert gone(seen[0])


def test_terminate_lets_it_clear_up_and_kills_it_in_the_end(program: Program) -> None:
    program("signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\nprint('ready', flush=True)\ntime.sleep(600)")
    process = Process(["x"]).start()
    assert process.popen.stdout is not None and process.popen.stdout.read(5) == b"ready"
    assert process.terminate() == 143 and process.terminated
    program("signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('ready', flush=True)\ntime.sleep(600)")
    deaf = Process(["x"]).start()
    assert deaf.popen.stdout is not None and deaf.popen.stdout.read(5) == b"ready"
    assert deaf.terminate(grace=0.1) == -signal.SIGKILL


STARTER = """
import os, subprocess, sys
from leapscore.process import Process
process = Process(["score", "--model", sys.argv[1], "--input", "-", "--output", "out"], stdin=subprocess.PIPE).start()
pid = process.pid
if os.fork() == 0:  # a child that lives on must not keep it
    print(pid, os.getpid(), flush=True)
    os.read(0, 1)
    os._exit(0)
os.kill(os.getpid(), 9)
"""


def test_it_ends_when_the_python_process_is_killed(examples: Path, tmp_path: Path) -> None:
    """The process waits for its stdin, which the child of a fork has inherited."""
    starter = subprocess.Popen([sys.executable, "-c", STARTER, examples / "listings.lr.zip"], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert starter.stdout is not None and starter.stdin is not None
    pid, child = map(int, starter.stdout.readline().split())
    try:
        assert gone(pid)
    finally:
        os.kill(child, signal.SIGKILL)
        starter.stdin.close()
        starter.stdout.close()
        starter.wait()


def test_a_handler_of_a_signal_stops_a_process_that_is_waited_for(program: Program) -> None:
    program("signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\nprint('up', flush=True)\ntime.sleep(60)")
    process = Process(["x"]).start()
    assert process.popen.stdout is not None and process.popen.stderr is not None
    process.popen.stdout.readline()
    codes: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda *_: codes.append(process.terminate()))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        assert process.wait() == 143
    finally:
        signal.signal(signal.SIGALRM, before)
    assert codes == [143]
    process.popen.stdout.close()
    process.popen.stderr.close()


def test_a_file_without_a_name_is_inherited(program: Program, tmp_path: Path) -> None:
    program("print(json.dumps({'text': open(sys.argv[1]).read()}))")
    with open(tmp_path / "f", "w+", encoding="ascii") as file:
        file.write("inside")
        file.flush()
        os.unlink(tmp_path / "f")
        assert run([f"/proc/self/fd/{file.fileno()}"], pass_fds=[file.fileno()]) == {"text": "inside"}


def test_a_process_is_handed_out_when_it_has_started(program: Program) -> None:
    program("time.sleep(60)")
    with pytest.raises(errors.Interrupted):
        run(["x"], started=lambda p: p.terminate())


def test_signals_to_the_group_do_not_reach_a_process_with_its_own(program: Program) -> None:
    program("print(json.dumps({'group': os.getpgid(0), 'pid': os.getpid()}))")
    apart, within = run(["x"], own_group=True), run(["x"])
    assert apart is not None and within is not None
    assert apart["group"] == apart["pid"] and within["group"] == os.getpgid(0)
