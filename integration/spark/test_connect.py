"""A session of Spark Connect, with a server of its own, which the package of Spark has since 4.0."""

import os

import pytest
import session
from leapscore.errors import ContractError
from leapscore.spark import score, split


@pytest.fixture(scope="module")
def remote():
    session.environment()
    from pyspark.sql import SparkSession

    arguments = [f"--conf {k}={v}" for k, v in session.SETTINGS.items()]
    os.environ["PYSPARK_SUBMIT_ARGS"] = " ".join([*arguments, "pyspark-shell"])
    spark = SparkSession.builder.remote("local[2]").getOrCreate()
    yield spark
    spark.stop()


def test_rows_are_those_of_the_command(remote, lr, listings, command):
    assert ".connect." in type(remote).__module__
    want = {k: v["price_prediction"] for k, v in command("--model", lr, "--input", listings).items()}
    df = remote.read.parquet(listings)
    scored = score(df, lr, keep=["listing_id"])
    assert {r.listing_id: r.price_prediction for r in scored.collect()} == want
    assert score(df, lr, keep=["listing_id"]).count() == 1500  # the file is there already


def test_bad_rows(remote, lr, listings, tmp_path):
    from pyspark.sql import functions as F

    df = remote.read.parquet(listings)
    bad = df.withColumn("bedrooms", F.when(F.col("listing_id") % 7 != 0, F.col("bedrooms")))
    good, errors = split(score(bad, lr, on_error="column"))
    assert (good.count(), errors.count()) == (1285, 215)
    assert errors.first()._error.column == "bedrooms"
    with pytest.raises(Exception, match="BadRowError: partition"):
        score(bad, lr).collect()
    assert score(bad, lr, rejects=str(tmp_path / "bad")).count() == 1285
    assert remote.read.parquet(str(tmp_path / "bad")).count() == 215
    with pytest.raises(ContractError, match="bedrooms"):
        score(df.drop("bedrooms"), lr)


def test_vectors_come_out(remote, lr, listings):
    scored = score(remote.read.parquet(listings), lr, outputs=["features"], keep="none")
    assert scored.schema["features"].dataType.typeName() == "vector" or "vector" in scored.schema.simpleString()
    assert len(scored.first().features) == 32
