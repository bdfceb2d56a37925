"""Executors that lack model and binary get them from the driver: a cluster whose workers have no LEAPSCORE_BINARY."""

import os
import shutil

import session
from leapscore.errors import ModelError
from leapscore.spark import score
from leapscore.spark.files import WorkerFile


def test_model_and_binary_are_sent(lr, listings, command, tmp_path, monkeypatch):
    want = {k: v["price_prediction"] for k, v in command("--model", lr, "--input", listings).items()}
    binary = str(shutil.copy(os.environ["LEAPSCORE_BINARY"], tmp_path / "leapscore"))
    monkeypatch.setenv("LEAPSCORE_BINARY", "/nowhere")
    spark = session.start("local-cluster[1,2,1024]", **{"spark.executorEnv.PYTHONPATH": os.environ["PYTHONPATH"], "spark.executorEnv.LEAPSCORE_BINARY": "/nowhere"})
    try:
        model = shutil.copy(lr, tmp_path / "model.zip")
        scored = score(spark.read.parquet(listings), model, keep=["listing_id"], binary=binary)
        os.remove(model)
        assert {r.listing_id: r.price_prediction for r in scored.collect()} == want
        # Another model under the old path is another file.
        shutil.copy(session.EXAMPLES / "listings.rf.zip", tmp_path / "model.zip")
        again = score(spark.read.parquet(listings), str(tmp_path / "model.zip"), keep=["listing_id"], binary=binary)
        assert {r.listing_id: r.price_prediction for r in again.collect()} != want
        try:
            WorkerFile("no/such.zip").find()
            raise AssertionError("found")
        except ModelError as e:
            assert "--files" in str(e)
    finally:
        spark.stop()
