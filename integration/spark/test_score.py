"""leapscore.spark.score in a classic session."""

import os
import pickle
import subprocess
import uuid

import pytest
from leapscore.errors import ContractError, ModelError, UsageError
from leapscore.spark import score, score_files, split, worker
from pyspark.ml.linalg import DenseVector, SparseVector, Vectors, VectorUDT
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DoubleType, IntegerType, LongType, StringType, StructField, StructType


def spoilt(df):
    """Listings of which each seventh has no bedrooms, which the model refuses."""
    return df.withColumn("bedrooms", F.when(F.col("listing_id") % 7 != 0, F.col("bedrooms")))


def test_the_rows_are_those_of_the_command(spark, lr, listings, command):
    want = command("--model", lr, "--input", listings)
    df = spark.read.parquet(listings).repartition(5)
    scored = score(df, lr)
    assert scored.columns == list(next(iter(want.values())))
    assert {r.listing_id: r.asDict() for r in scored.collect()} == want


def test_files_are_read_by_leapscore(spark, lr, listings, tmp_path):
    df = spark.read.parquet(listings)
    direct, scored = score_files(spark, listings, lr, outputs="all"), score(df, lr, outputs="all")
    assert direct.schema == scored.schema
    assert direct.orderBy("listing_id").collect() == scored.orderBy("listing_id").collect()
    assert score_files(spark, [listings], lr, keep="none", rename={"price_prediction": "p"}).columns == ["p"]
    spoilt(df).write.parquet(str(tmp_path / "bad"))
    with pytest.raises(Exception, match=r"BadRowError|RunError: .*row \d+: node \S+ \(vector_assembler\): column .bedrooms."):
        score_files(spark, str(tmp_path / "bad"), lr).collect()
    with pytest.raises(ContractError, match="bedrooms"):
        df.drop("bedrooms").write.parquet(str(tmp_path / "less"))
        score_files(spark, str(tmp_path / "less"), lr)


def test_columns_keep_their_fields(spark, lr, listings):
    df = spark.read.parquet(listings)
    noted = df.select("*", F.col("host_name").alias("host", metadata={"owner": "sales"})).where("listing_id is not null")
    scored = score(noted, lr, keep=["host", "listing_id"])
    assert scored.schema == StructType(
        [StructField("host", StringType(), True, {"owner": "sales"}), StructField("listing_id", LongType()), StructField("price_prediction", DoubleType())]
    )
    assert scored.schema["host"].metadata == {"owner": "sales"}
    assert score(df, lr, keep="none").columns == ["price_prediction"]
    assert score(df, lr, keep="all").columns == [*df.columns, "price_prediction"]


def test_spark_reads_only_columns_that_are_used(spark, lr, listings):
    df = spark.read.parquet(listings)
    plan = score(df, lr, keep=["listing_id"])._jdf.queryExecution().executedPlan().toString()
    assert "host_name" not in plan and "bedrooms" in plan


def test_names_are_mapped_given_and_renamed(spark, lr, listings, command):
    want = command("--model", lr, "--input", listings)
    df = spark.read.parquet(listings).withColumnRenamed("bedrooms", "a.b `c`").withColumn("price_prediction", F.lit("old")).drop("bathrooms")
    scored = score(
        df, lr, keep=["price_prediction", "listing_id"], map={"bedrooms": "a.b `c`"}, input_default={"bathrooms": 1},
        rename={"price_prediction": "before"},
    )  # fmt: skip
    assert scored.columns == ["before", "listing_id", "price_prediction"]
    assert {r.before for r in scored.collect()} == {"old"}
    assert scored.count() == len(want)
    with pytest.raises(UsageError, match="two columns"):
        score(df, lr, keep=["price_prediction"], map={"bedrooms": "a.b `c`"}, input_default={"bathrooms": 1})


def test_types_of_kept_columns_stay(spark, linear):
    zone = spark.conf.get("spark.sql.session.timeZone")
    spark.conf.set("spark.sql.session.timeZone", "America/New_York")
    try:
        rows = spark.sql("""SELECT id, array(double(id), 0D, 0D, 0D, 0D) AS features, timestamp'2026-03-29 01:30:00.123456' AS at,
            timestamp_ntz'2026-03-29 02:30:00' AS local, decimal(1.10) AS one, cast(-12345678901234567890.12 AS decimal(38, 2)) AS large,
            map('k', array(1, null)) AS m, named_struct('a', struct(id), 'b', cast(null AS array<struct<c: date>>)) AS s,
            cast('bytes' AS binary) AS raw, date'1582-10-15' AS day, interval '1' day AS span, cast(1 AS tinyint) AS tiny,
            cast(null AS string) AS nothing FROM range(0, 3000, 1, 4)""")
        kept = [c for c in rows.columns if c != "features"]
        scored = score(rows, linear, keep=kept)
        assert scored.select(*kept).schema == rows.select(*kept).schema
        assert scored.select(*kept).orderBy("id").collect() == rows.select(*kept).orderBy("id").collect()
        assert scored.where("id = 7").first().prediction == 15.0
    finally:
        spark.conf.set("spark.sql.session.timeZone", zone)


def test_vectors_go_in_and_come_out(spark, linear):
    schema = StructType([StructField("id", IntegerType(), False), StructField("features", VectorUDT())])
    rows = [(0, Vectors.dense([1, 2, 0, 0, 0])), (1, Vectors.sparse(5, [0, 1], [3.0, 4.0]))]
    df = spark.createDataFrame(rows, schema)
    scored = score(df, linear, outputs="all", keep="all")
    assert [f.dataType for f in scored.schema] == [IntegerType(), VectorUDT(), VectorUDT(), DoubleType()]
    first, second = scored.orderBy("id").collect()
    assert first.prediction == 4.0 and isinstance(first.unit, DenseVector) and first.features == rows[0][1]
    assert second.prediction == 9.0 and second.unit == SparseVector(5, {0: 0.6, 1: 0.8}) and isinstance(second.unit, SparseVector)
    lists = score(df, linear, outputs=["unit"], vectors="list")
    assert lists.schema["unit"].dataType == ArrayType(DoubleType())
    assert lists.where("id = 1").first().unit == [0.6, 0.8, 0, 0, 0]
    columns = score(df, linear, outputs="all", keep=["id"], vectors="columns", rename={"prediction": "p"})
    assert columns.columns == ["id", *(f"unit_{i}" for i in range(5)), "p"] or columns.columns[-1] == "p"
    null = spark.createDataFrame([(0, None)], schema)
    assert score(null, linear, on_error="column").first()._error.code == "null"


def test_empty_partitions_and_tables(spark, lr, listings):
    df = spark.read.parquet(listings)
    assert score(df.limit(3).repartition(8), lr).count() == 3
    assert score(df.where("false"), lr).collect() == []
    assert score(df.where("false"), lr).schema == score(df, lr).schema


def test_large_batches_and_small_ones(spark, linear):
    rows = spark.range(0, 50_000, 1, 3).selectExpr("id", "array(double(id), 0D, 0D, 0D, 0D) AS features")
    for size in ("1", "7", "100000"):
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", size)
        n = 500 if size == "1" else 50_000
        scored = score(rows.where(f"id < {n}"), linear)
        assert scored.selectExpr("sum(prediction - 2 * id)", "count(*)").first() == (n, n)
    spark.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")


def test_bad_rows_are_a_column(spark, lr, listings):
    scored = score(spoilt(spark.read.parquet(listings)), lr, on_error="column").persist()
    good, bad = split(scored)
    assert "_error" not in good.columns
    assert {r.listing_id % 7 == 0 for r in good.collect()} == {False}
    rows = bad.collect()
    assert {r.listing_id % 7 for r in rows} == {0} and {r.price_prediction for r in rows} == {None}
    error = rows[0]._error
    assert (error.code, error.op, error.column) == ("null", "vector_assembler", "bedrooms") and "assemble" in error.node
    assert good.count() + len(rows) == 1500
    scored.unpersist()
    named = score(spark.read.parquet(listings).withColumn("_error", F.lit(1)), lr, on_error="column", error_column="why")
    assert named.columns[-1] == "why" and "_error" in named.columns
    with pytest.raises(UsageError, match="error_column"):
        score(spark.read.parquet(listings).withColumn("_error", F.lit(1)), lr, on_error="column")


def test_a_bad_row_fails_with_its_cause(spark, lr, listings):
    df = spoilt(spark.read.parquet(listings)).coalesce(1).orderBy("listing_id").where("listing_id > 0")
    with pytest.raises(Exception, match=r'BadRowError: partition 0: row 6: node \S+ \(vector_assembler\): column "bedrooms": .*\[null\]'):
        score(df, lr).collect()
    # The worker, if it lives, answers the next task.
    assert score(spark.read.parquet(listings), lr).count() == 1500


def test_rejects_are_a_table_that_leapscore_retries(spark, lr, listings, tmp_path):
    good = score(spoilt(spark.read.parquet(listings)), lr, rejects=str(tmp_path / "bad"))
    bad = spark.read.parquet(str(tmp_path / "bad"))
    assert good.columns == ["listing_id", "host_name", "ds", "price_prediction"]
    assert good.count() + bad.count() == 1500 and {r.listing_id % 7 for r in bad.collect()} == {0}
    assert bad.first()._source_file.startswith("partition ") and bad.first()._error_code == "null"
    out = str(tmp_path / "again")
    retry = [os.environ["LEAPSCORE_BINARY"], "retry-rejects", str(tmp_path / "bad"), "--model", lr, "--output", out, "--rejects", str(tmp_path / "still")]
    done = subprocess.run([*retry, "--quiet"], capture_output=True, text=True, check=False)
    assert done.returncode == 5 and "rejected" in done.stderr, done.stderr
    with pytest.raises(Exception, match="ALREADY_EXISTS|already exists"):
        score(spoilt(spark.read.parquet(listings)), lr, rejects=str(tmp_path / "bad"))


def test_mistakes_are_told_on_the_driver(spark, lr, listings, tmp_path):
    df = spark.read.parquet(listings)
    with pytest.raises(ContractError, match="bedrooms"):
        score(df.drop("bedrooms"), lr)
    with pytest.raises(ContractError, match="bedrooms"):
        score(df.withColumn("bedrooms", F.array("bedrooms")), lr)
    with pytest.raises(UsageError, match="no_such"):
        score(df, lr, outputs=["no_such"])
    with pytest.raises(UsageError, match="keep"):
        score(df, lr, keep=["no_such"])
    with pytest.raises(ContractError, match="two columns 'state'"):
        score(df.join(df.select("listing_id", "state"), "listing_id"), lr)
    with pytest.raises(ContractError, match="'span' is interval"):
        score(df.selectExpr("*", "interval '2' month AS span"), lr)
    with pytest.raises(ModelError, match=r"none\.zip"):
        score(df, str(tmp_path / "none.zip"))
    with pytest.raises(UsageError, match="want one of fail, column, reject"):
        score(df, lr, on_error="skip")
    with pytest.raises(UsageError, match="rejects"):
        score(df, lr, on_error="reject")
    with pytest.raises(UsageError, match="reject"):
        score(df, lr, on_error="column", rejects="x")
    with pytest.raises(UsageError, match="_error"):
        split(df)


def test_a_worker_keeps_its_process(spark, lr, listings):
    df = spark.read.parquet(listings).repartition(6)
    mark = uuid.uuid4().hex

    def processes(*_):
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline") as file:
                    words = file.read().split("\0")
            except OSError:
                continue
            if "stream" in words and mark in " ".join(words):
                found.append(int(pid))
        return found

    os.makedirs(f"/tmp/{mark}")
    model = f"/tmp/{mark}/lr.zip"
    os.link(lr, model) if os.stat("/tmp").st_dev == os.stat(lr).st_dev else subprocess.run(["cp", lr, model], check=True)
    try:
        for _ in range(3):
            assert score(df, model).count() == 1500
        first = processes()
        assert 1 <= len(first) <= 2  # local[2] has two workers
        assert score(df, model, keep="none").count() == 1500
        assert set(processes()) == set(first)
    finally:
        subprocess.run(["rm", "-r", f"/tmp/{mark}"], check=True)


def test_a_result_of_which_few_rows_are_taken(spark, linear):
    rows = spark.range(0, 200_000, 1, 2).selectExpr("id", "array(double(id), 0D, 0D, 0D, 0D) AS features")
    for _ in range(3):
        assert len(score(rows, linear).take(5)) == 5
    assert score(rows, linear).selectExpr("sum(prediction - 2 * id)").first()[0] == 200_000


def test_streams_are_scored(spark, lr, listings, tmp_path):
    df = spark.readStream.schema(spark.read.parquet(listings).schema).parquet(listings + "/*")
    scored = score(spoilt(df), lr, on_error="column")
    query = scored.writeStream.format("parquet").option("checkpointLocation", str(tmp_path / "state")).trigger(availableNow=True).start(str(tmp_path / "out"))
    query.awaitTermination()
    out = spark.read.parquet(str(tmp_path / "out"))
    assert out.count() == 1500 and out.where("_error is not null").count() == 215
    with pytest.raises(UsageError, match="stream"):
        score(df, lr, rejects=str(tmp_path / "bad"))


def test_errors_of_rows_are_pickled():
    error = worker.bad_row({"code": "null", "message": "m", "node": "n", "op": "o", "column": "c"}, 3)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == 'partition: row 3: node n (o): column "c": m [null]' and (again.row, again.code) == (3, "null")
    assert str(worker.bad_row({"code": "x", "message": "m", "node": None, "op": None, "column": None}, 3)) == "partition: row 3: m [x]"
