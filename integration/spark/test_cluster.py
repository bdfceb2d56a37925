"""A cluster of two executors, each a process: files are sent to them, and killed processes change nothing."""

import os
import shutil
import signal
import threading
import time
import uuid

import pytest
import session
from leapscore.spark import score


@pytest.fixture(scope="module")
def cluster():
    forwarded = {f"spark.executorEnv.{k}": os.environ[k] for k in ("PYTHONPATH", "LEAPSCORE_BINARY")}
    spark = session.start("local-cluster[2,1,1024]", **forwarded)
    yield spark
    spark.stop()


@pytest.fixture(scope="module")
def model(lr, tmp_path_factory):
    """The model under a name of its own, by which its processes are found."""
    return str(shutil.copy(lr, tmp_path_factory.mktemp("model") / f"{uuid.uuid4().hex}.zip"))


def processes():
    """Returns the words of the command of each process, and its parent."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline") as file:
                words = file.read().split("\0")
            with open(f"/proc/{pid}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        found[int(pid)] = (words, parent)
    return found


def scorers(model):
    """Returns the processes that score with a model on the executors, and their Python workers."""
    return {pid: parent for pid, (words, parent) in processes().items() if "stream" in words and any(model in w for w in words) and parent != os.getpid()}


def test_killed_processes_change_nothing(cluster, model, listings, command):
    want = {k: v["price_prediction"] for k, v in command("--model", model, "--input", listings).items()}

    def slowly(batches):  # pickled by value, since executors do not find this file
        import time

        for batch in batches:
            for at in range(0, batch.num_rows, 10):
                time.sleep(0.1)
                yield batch.slice(at, 10)

    df = cluster.read.parquet(listings).repartition(6)
    scored = score(df.mapInArrow(slowly, df.schema), model, keep=["listing_id"])
    rows, failure = [], []

    def collect():
        try:
            rows.extend(scored.collect())
        except Exception as e:
            failure.append(e)

    task = threading.Thread(target=collect)
    task.start()
    killed = []
    # First a leapscore, then the Python worker of one, then a whole executor.
    for what in ("leapscore", "worker", "executor"):
        deadline = time.monotonic() + 300
        while task.is_alive() and time.monotonic() < deadline:
            found = {pid: parent for pid, parent in scorers(os.path.basename(model)).items() if pid not in killed and parent not in killed}
            if found:
                pid, parent = next(iter(found.items()))
                of_executor = next((p for p, (words, _) in processes().items() if any("CoarseGrainedExecutorBackend" in w for w in words)), None)
                victim = {"leapscore": pid, "worker": parent, "executor": of_executor}[what]
                if victim is not None:
                    os.kill(victim, signal.SIGKILL)
                    killed += [victim, pid]
                    break
            time.sleep(0.05)
        time.sleep(0.5)
    task.join(600)
    assert not failure and not task.is_alive(), failure
    assert len(killed) == 6
    assert {r.listing_id: r.price_prediction for r in rows} == want and len(rows) == len(want)


def test_nothing_is_left_when_the_session_ends(cluster, model, listings):
    assert score(cluster.read.parquet(listings), model).count() == 1500
    living = scorers(os.path.basename(model))
    assert living
    cluster.stop()
    deadline = time.monotonic() + 60
    while scorers(os.path.basename(model)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not set(living) & set(scorers(os.path.basename(model)))
