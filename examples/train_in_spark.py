"""Trains a pipeline in Spark, exports it with MLeap, scores with leapscore, and compares with Spark's own predictions.

    spark-submit --jars "$MLEAP_JARS" train_in_spark.py

It needs the Python packages mleap and leapscore, and the jars of MLeap for this Spark (0.25.2 is for Spark 4.1)."""

import sys
import tempfile
from pathlib import Path

import mleap.pyspark  # noqa: F401 (adds serializeToBundle to Spark's transformers)
import pyarrow.parquet
from leapscore.spark import score
from mleap.pyspark.spark_support import SimpleSparkSerializer  # noqa: F401
from pyspark.ml import Pipeline
from pyspark.ml.feature import OneHotEncoder, StandardScaler, StringIndexer, VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = SparkSession.builder.getOrCreate()
folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())

# Homes of three cities, and their rents.
homes = spark.range(2000).select(
    F.col("id").alias("home_id"),
    (1 + F.floor(6 * F.rand(1))).cast("double").alias("rooms"),
    F.round(20 + 80 * F.rand(2), 1).alias("area"),
    F.floor(100 * F.rand(3)).cast("double").alias("age"),
    F.element_at(F.array(F.lit("Lima"), F.lit("Oslo"), F.lit("Pune")), (1 + F.floor(3 * F.rand(4))).cast("int")).alias("city"),
)
rent = 50 + 30 * F.col("rooms") + 9 * F.col("area") - 0.5 * F.col("age") + F.length("city") + 20 * F.randn(5)
homes.withColumn("rent", rent).write.mode("overwrite").parquet(str(folder / "homes"))
homes = spark.read.parquet(str(folder / "homes"))

# Train.
pipeline = Pipeline(stages=[
    StringIndexer(inputCol="city", outputCol="city_index", handleInvalid="keep"),
    OneHotEncoder(inputCols=["city_index"], outputCols=["city_vector"]),
    VectorAssembler(inputCols=["rooms", "area", "age"], outputCol="numbers"),
    StandardScaler(inputCol="numbers", outputCol="scaled", withMean=True),
    VectorAssembler(inputCols=["scaled", "city_vector"], outputCol="features"),
    LinearRegression(labelCol="rent", predictionCol="predicted_rent"),
])  # fmt: skip
model = pipeline.fit(homes)

# Export. MLeap wants a transformed table, whose schema goes into the bundle.
bundle = folder / "rents.zip"
bundle.unlink(missing_ok=True)
model.serializeToBundle(f"jar:file:{bundle}", model.transform(homes))

# Score with leapscore, and with Spark.
keep = ["home_id"]
score(homes, bundle, keep=keep).write.mode("overwrite").parquet(str(folder / "by_leapscore"))
model.transform(homes).select("home_id", "predicted_rent").write.mode("overwrite").parquet(str(folder / "by_spark"))

ours, theirs = (pyarrow.parquet.read_table(folder / name).sort_by("home_id") for name in ("by_leapscore", "by_spark"))
assert ours["home_id"] == theirs["home_id"]
pairs = list(zip(ours["predicted_rent"].to_pylist(), theirs["predicted_rent"].to_pylist()))
equal, apart = sum(a == b for a, b in pairs), max(abs(a - b) / max(1.0, abs(b)) for a, b in pairs)
print(f"{len(pairs)} homes, {equal} predictions equal to the last bit, the others within {apart:.1e}")
assert apart < 1e-12
