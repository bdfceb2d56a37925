"""leapscore-spark: jobs, by the command's main function in one session."""

import json
import os
import re
import shutil

import pytest
from leapscore.spark import __main__ as cli
from leapscore.spark import query


@pytest.fixture
def run(spark, lr, listings, tmp_path, monkeypatch, capsys):
    """Returns a function that runs a job of a file with flags, and returns the exit code, stderr and the result."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(listings, tmp_path / "listings")
    shutil.copy(lr, tmp_path / "listings.lr.zip")

    def call(*flags, **job):
        keys = {"model": "listings.lr.zip", "sql": "SELECT * FROM parquet.`listings`", "output": "out", **{k.replace("_", "-"): v for k, v in job.items()}}
        # The JVM of the session was started in another folder.
        keys = {k: str(tmp_path / v) if v and k in ("output", "input", "rejects") else v for k, v in keys.items()}
        if keys["sql"]:
            keys["sql"] = keys["sql"].replace("`listings`", f"`{tmp_path}/listings`")
        (tmp_path / "job.json").write_text(json.dumps({k: v for k, v in keys.items() if v is not None}))
        code = cli.main(["--job", "job.json", "--json", *flags])
        said = capsys.readouterr()
        lines = said.out.strip().splitlines()
        return code, said.err, json.loads(lines[-1]) if lines else None

    return call


SPOILT = """SELECT listing_id, host_name, bathrooms, if(listing_id % 7 = 0, null, bedrooms) AS bedrooms, square_feet, security_deposit, cleaning_fee,
    extra_people, number_of_reviews, review_scores_rating, state, room_type, host_is_superhost, cancellation_policy, instant_bookable, ds
    FROM parquet.`listings`"""


def test_a_job_writes_the_table_of_the_command(spark, run, command, tmp_path):
    code, said, result = run(
        "--param", "day=2026-11-27", sql="SELECT * FROM parquet.`listings` -- all $days\nWHERE ds = CAST($day AS DATE) AND '$day' <> ''", keep=["listing_id", "ds"],
        partition_by="ds", file_rows=200, compression="zstd",
    )  # fmt: skip
    assert (code, result["rows_out"], result["rejected"], result["skipped"]) == (0, 500, 0, False), said
    files = list((tmp_path / "out" / "ds=2026-11-27").glob("part-*.zstd.parquet"))
    assert len(files) >= 3 and (tmp_path / "out" / "_SUCCESS").exists()
    out = spark.read.parquet(str(tmp_path / "out"))
    assert out.columns == ["listing_id", "price_prediction", "ds"] and out.count() == 500
    want = command("--model", "listings.lr.zip", "--input", "listings/ds=2026-11-27/*.parquet")
    assert {r.listing_id: r.price_prediction for r in out.collect()} == {k: v["price_prediction"] for k, v in want.items()}
    assert run(sql=None, input="listings", output="other.csv", output_format="csv", keep="none")[0] == 0
    assert spark.read.option("header", "true").csv(str(tmp_path / "other.csv")).columns == ["price_prediction"]


def test_modes(spark, run, tmp_path):
    assert run()[0] == 0
    code, said, _ = run()
    assert code == 6 and "output exists" in said
    code, said, result = run(mode="ignore")
    assert code == 0 and spark.read.parquet(str(tmp_path / "out")).count() == 1500
    assert run(mode="append")[2]["rows_out"] == 1500 and spark.read.parquet(str(tmp_path / "out")).count() == 3000
    assert run(mode="overwrite")[0] == 0 and spark.read.parquet(str(tmp_path / "out")).count() == 1500
    code, said, _ = run(mode="overwrite", sql="SELECT * FROM parquet.`listings` WHERE listing_id < 0")
    assert code == 5 and "no rows" in said and spark.read.parquet(str(tmp_path / "out")).count() == 1500
    days = {"partition_by": ["ds"], "mode": "overwrite-partitions", "output": "days", "sql": "SELECT * FROM parquet.`listings` WHERE ds = $day"}
    assert run("--param", "day=2026-11-26", **days)[0] == 0
    assert run("--param", "day=2026-11-27", "--partition", "ds=2026-11-27", **days)[0] == 0
    assert run("--param", "day=2026-11-27", "--partition", "ds=2026-11-27", **days)[0] == 0
    assert spark.read.parquet(str(tmp_path / "days")).count() == 1000
    code, said, _ = run("--param", "day=2026-11-28", "--partition", "ds=2026-11-27", **days)
    assert code == 4 and "ds=2026-11-28" in said and spark.read.parquet(str(tmp_path / "days")).count() == 1000


def test_rejects_and_gates(spark, run, tmp_path):
    code, said, _ = run(sql=SPOILT)
    assert code == 1 and re.search(r'partition \d+: row \d+: node \S+ \(vector_assembler\): column "bedrooms"', said) and "Traceback" not in said
    assert not (tmp_path / "out" / "_SUCCESS").exists()
    bad = {"sql": SPOILT, "on_error": "reject", "rejects": "bad", "mode": "overwrite"}
    code, said, _ = run(max_errors="1%", **bad)
    assert code == 5 and "215 of 1500" in said and not (tmp_path / "bad").exists()
    code, said, result = run(max_errors=215, record="record.json", **bad)
    assert (code, result["rows_in"], result["rows_out"], result["rejected"]) == (0, 1500, 1285, 215), said
    assert spark.read.parquet(str(tmp_path / "bad")).count() == 215 and spark.read.parquet(str(tmp_path / "out")).count() == 1285
    assert json.loads((tmp_path / "record.json").read_text())["job"]["max-errors"] == "215"
    code, said, _ = run(min_rows="1286", **bad)
    assert code == 5 and "min-rows" in said


def test_a_finished_run_is_not_repeated(spark, run, tmp_path):
    first = run("--run-id", "night:1+0", mode="overwrite")
    assert first[0] == 0
    stamp = os.stat(tmp_path / "out" / "_SUCCESS").st_mtime_ns
    code, said, result = run("--run-id", "night:1+0", mode="overwrite")
    assert code == 0 and result["skipped"] and result["rows_out"] == 1500 and "finished before" in said
    assert os.stat(tmp_path / "out" / "_SUCCESS").st_mtime_ns == stamp
    code, said, _ = run("--run-id", "night:1+0", mode="overwrite", keep="none")
    assert code == 4 and "keep" in said
    assert run("--run-id", "night:2", mode="overwrite")[2]["skipped"] is False
    assert spark.read.parquet(str(tmp_path / "out")).count() == 1500


def test_keys_that_mean_nothing_in_spark_are_refused(run):
    code, said, _ = run(db="x.duckdb", drift_max=0.2, drift_reference="out", incremental=True)
    assert code == 2 and "mistakes" in said
    for key in ("db", "drift-max", "drift-reference", "incremental"):
        assert f"{key}: not in Spark: " in said
    for job, word in (
        ({"model": None}, "model: missing"),
        ({"sql": None}, "want one of input, sql and sql-file"),
        ({"mode": "append", "run_id": "x"}, "run-id: with mode append"),
        ({"output": None}, "output: missing"),
        ({"table_format": "iceberg"}, "iceberg-table"),
        ({"on_error": "reject"}, "needs rejects"),
        ({"min_rows": "90%"}, "min-rows 90%"),
        ({"output_format": "arrow"}, "Spark writes parquet, csv, json"),
        ({"modle": "x"}, "modle"),
        ({"sql": "SELECT * FROM 'listings/*.parquet'"}, "Spark SQL"),
        ({"sql": "SELECT * FROM nowhere"}, "nowhere"),
        ({"sql": "SELECT $day"}, "--param day=VALUE"),
    ):
        code, said, _ = run(**job)
        assert code == 2 and word in said, (job, said)
    code, said, _ = run(sql="SELECT listing_id FROM parquet.`listings`")
    assert code == 4 and "bedrooms" in said
    assert run(model="none.zip")[0] == 3


def test_parameters():
    text, used = query.parameters("SELECT '$a', \"$b\", `$c` -- $d\n/* $e */, $f, 'it\\'s $g', $h_1")
    assert used == {"f", "h_1"} and ":f" in text and ":h_1" in text and "$a" in text
