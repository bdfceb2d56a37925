from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tables import LINEAR, listings, spoilt
from test_process import gone

import leapscore
from leapscore.client import Stream

TABLE = listings()
BATCH = TABLE.to_batches()[0]


@pytest.fixture
def stream() -> Iterator[Stream]:
    with Stream(LINEAR) as s:
        yield s


def want() -> pa.RecordBatch:
    with Stream(LINEAR) as s:
        return s.open(TABLE.schema, keep="none").score(BATCH)


WANT = want()


def test_a_batch_is_answered_by_kept_columns_outputs_and_errors(stream: Stream) -> None:
    scorer = stream.open(TABLE.schema)
    assert scorer.schema.names == ["listing_id", "host_name", "price_prediction", "_error"]
    answer = scorer.score(BATCH)
    assert answer.num_rows == 1500
    assert answer.column("listing_id").equals(BATCH.column("listing_id"))
    assert answer.column("_error").null_count == 1500


def test_options_are_of_one_scorer_and_flags_of_all() -> None:
    with Stream(LINEAR, keep=["host_name"], workers=1, rename=None) as stream:
        assert stream.open(TABLE.schema).schema.names == ["host_name", "price_prediction", "_error"]
        scorer = stream.open(TABLE.schema, keep="none", outputs=["scaled", "price_prediction"], rename={"scaled": "s"}, error_column="why")
        assert scorer.schema.names == ["s", "price_prediction", "why"]
    with pytest.raises(TypeError, match="open\\(\\) has no option 'worker'; there are outputs, keep, "):
        stream.open(TABLE.schema, worker=1)


def test_scorers_take_turns_on_one_process(stream: Stream) -> None:
    first, second = stream.open(TABLE.schema, keep="none"), stream.open(TABLE.schema, outputs="all", keep="none")
    for _ in range(3):
        assert first.score(BATCH).equals(WANT)
        assert second.score(BATCH).column("price_prediction").equals(WANT.column(0))


def test_all_batches_are_answered_in_order(stream: Stream) -> None:
    scorer = stream.open(TABLE.schema, keep=["listing_id"])
    batches = [BATCH.slice(i, 7) for i in range(0, 1500, 7)] + [BATCH.slice(0, 0)] + [BATCH] * 40
    answers = list(scorer.score_all(iter(batches)))
    assert [a.num_rows for a in answers] == [b.num_rows for b in batches]
    for answer, batch in zip(answers, batches):
        assert answer.column(0).equals(batch.column("listing_id"))
    assert list(scorer.score_all([])) == []


def test_large_batches_do_not_block_both_sides(stream: Stream) -> None:
    large = pa.Table.from_batches([BATCH] * 20).combine_chunks().to_batches()[0]
    scorer = stream.open(TABLE.schema, outputs="all", keep="all")
    assert sum(a.num_rows for a in scorer.score_all([large] * 3)) == 3 * large.num_rows


def test_a_slow_source_gets_its_answers_at_once(stream: Stream) -> None:
    asked: list[int] = []

    def source() -> Iterator[pa.RecordBatch]:
        for i in range(4):
            time.sleep(0.06)
            asked.append(i)
            yield BATCH.slice(i, 1)

    answers = stream.open(TABLE.schema).score_all(source())
    for i in range(4):
        next(answers)
        assert asked[-1] == i
    assert next(answers, None) is None


def test_dictionaries_are_sent_as_their_values(stream: Stream) -> None:
    at = TABLE.schema.get_field_index("state")
    table = TABLE.set_column(at, "state", TABLE.column("state").dictionary_encode())
    scorer = stream.open(table.schema, keep="none")
    for batch in table.to_batches(max_chunksize=500):
        assert scorer.score(batch).num_rows == 500


def test_a_bad_row_is_told_in_its_place(stream: Stream) -> None:
    answer = stream.open(TABLE.schema, keep="none").score(spoilt(TABLE, 3).to_batches()[0])
    why = answer.column("_error").to_pylist()
    assert why[3] == {
        "code": "null",
        "message": "null, and a vector has no nulls",
        "node": "root/assemble_numbers.node",
        "op": "vector_assembler",
        "column": "bedrooms",
    }
    assert [i for i, w in enumerate(why) if w] == [3]
    assert answer.column(0).to_pylist()[:3] == WANT.column(0).to_pylist()[:3] and answer.column(0)[3].as_py() is None


def test_a_schema_that_does_not_fit_is_refused_and_the_process_goes_on(stream: Stream) -> None:
    with pytest.raises(leapscore.ContractError, match='input column "bedrooms" .* is not there') as failed:
        stream.open(TABLE.schema.remove(TABLE.schema.get_field_index("bedrooms")))
    assert (failed.value.exit_code, failed.value.code, failed.value.column) == (4, "missing_column", "bedrooms")
    pid = stream.pid
    with pytest.raises(leapscore.UsageError, match='the model has no output "price"'):
        stream.open(TABLE.schema, outputs="price")
    assert stream.open(TABLE.schema, keep="none").score(BATCH).equals(WANT) and stream.pid == pid


def test_a_batch_of_another_schema_is_refused(stream: Stream) -> None:
    scorer = stream.open(TABLE.schema, keep="none")
    with pytest.raises(ValueError, match="the batch has another schema than its stream"):
        scorer.score(BATCH.select(["state"]))
    assert scorer.score(BATCH).equals(WANT)


def test_a_model_that_cannot_be_loaded_is_an_error_of_its_class(tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    for path in (tmp_path / "bad.zip", tmp_path / "none.zip"):
        with pytest.raises(leapscore.ModelError, match=path.name) as failed:
            Stream(path).open(TABLE.schema)
        assert failed.value.exit_code == 3


def test_a_flag_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(leapscore.UsageError, match="unknown flag: --worker; did you mean --workers"):
        Stream(LINEAR, worker=2).open(TABLE.schema)


def halt(pid: int) -> None:
    """Stops a process, and waits until it has stopped: on another core it may answer meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    while Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "T":
        time.sleep(0.001)


def test_a_killed_process_loses_one_call(stream: Stream) -> None:
    scorer = stream.open(TABLE.schema, keep="none")
    answers = scorer.score_all([BATCH] * 100)
    next(answers)
    assert stream.pid is not None
    os.kill(stream.pid, signal.SIGKILL)
    with pytest.raises(leapscore.Crashed, match="killed by signal 9") as failed:
        list(answers)
    assert failed.value.exit_code == 137
    assert scorer.score(BATCH).equals(WANT)
    halt(stream.pid)  # it is killed while the call waits for it
    threading.Timer(0.2, os.kill, (stream.pid, signal.SIGKILL)).start()
    with pytest.raises(leapscore.Crashed):
        scorer.score(BATCH)
    assert scorer.score(BATCH).equals(WANT)


def test_an_interrupted_call_leaves_no_answer_for_the_next(stream: Stream) -> None:
    scorer = stream.open(TABLE.schema, keep="none")
    other = stream.open(TABLE.schema, outputs="all")
    pid = stream.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        scorer.score(BATCH)
    assert gone(pid)
    assert scorer.score(BATCH).equals(WANT)
    assert other.score(BATCH.slice(0, 1)).num_rows == 1


def test_an_iteration_that_is_left_leaves_no_answer_for_the_next(stream: Stream) -> None:
    scorer = stream.open(TABLE.schema, keep="none")
    answers = scorer.score_all([BATCH.slice(0, 9)] * 100)
    next(answers)
    with pytest.raises(RuntimeError, match="being read by score_all"):
        scorer.score(BATCH)
    del answers
    assert scorer.score(BATCH).equals(WANT)


def test_a_source_that_raises_leaves_no_answer_for_the_next(stream: Stream) -> None:
    def source() -> Iterator[pa.RecordBatch]:
        yield from [BATCH.slice(0, 9)] * 3
        raise OSError("the disk is gone")

    scorer = stream.open(TABLE.schema, keep="none")
    with pytest.raises(OSError, match="the disk is gone"):
        list(scorer.score_all(source()))
    assert scorer.score(BATCH).equals(WANT)


def test_threads_take_turns(stream: Stream) -> None:
    wrong: list[Any] = []

    def work(first: int) -> None:
        scorer = stream.open(TABLE.schema, keep=["listing_id"])
        for i in range(30):
            piece = BATCH.slice((first + i) * 7, 5)
            answer = scorer.score(piece) if i % 3 else next(iter(list(scorer.score_all([piece]))))
            if not answer.column(0).equals(piece.column("listing_id")):
                wrong.append(answer)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []


def test_a_pickled_stream_has_a_process_of_its_own(stream: Stream) -> None:
    scorer = stream.open(TABLE.schema, keep="none")
    with pickle.loads(pickle.dumps(Stream(LINEAR, workers=1))) as again:
        assert again.flags == {"workers": 1}
        assert again.open(TABLE.schema, keep="none").score(BATCH).equals(scorer.score(BATCH))
        assert again.pid != stream.pid


def in_a_fork(do: Any) -> str:
    """Returns what a child of a fork finds."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = str(do())
        except BaseException as failure:
            said = repr(failure)
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as f:
        said = f.read()
    os.waitpid(child, 0)
    return said


def test_the_child_of_a_fork_has_a_process_of_its_own(stream: Stream) -> None:
    scorer = stream.open(TABLE.schema, keep="none")
    scorer.score(BATCH)
    answers = scorer.score_all([BATCH] * 9)  # the lock is taken, and answers are on their way
    next(answers)
    pid = stream.pid

    def child() -> str:
        return f"{scorer.score(BATCH).equals(WANT)} {stream.pid != pid}"

    assert in_a_fork(child) == "True True"
    assert len(list(answers)) == 8 and stream.pid == pid


def test_processes_end_with_their_stream() -> None:
    stream = Stream(LINEAR)
    scorer = stream.open(TABLE.schema)
    pid = stream.pid
    assert pid is not None
    stream.close()
    assert gone(pid) and stream.pid is None
    scorer.score(BATCH)
    pid = stream.pid
    assert pid is not None
    del scorer, stream
    gc.collect()
    assert gone(pid)


LEFT = """
import sys; sys.path.insert(0, {tests!r})
from tables import LINEAR, listings
from leapscore.client import Stream
stream = Stream(LINEAR)
stream.open(listings().schema)
print(stream.pid, flush=True)
{then}
"""


@pytest.mark.parametrize("then", ["", "import os; os._exit(0)", "import os; os.kill(os.getpid(), 9)", "raise SystemExit(3)"])
def test_processes_end_with_the_interpreter(then: str) -> None:
    code = LEFT.format(tests=str(Path(__file__).parent), then=then)
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert gone(int(done.stdout))
