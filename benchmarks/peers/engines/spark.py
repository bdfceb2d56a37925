"""Spark ML, whose stages get the numbers of the bundle, and the MLeap runtime in Spark's tasks. Both run in one warm session
of local[THREADS]; starting the JVM is not measured."""
import os
import subprocess

from .listing_model import ID, PREDICTION, children, read


def session(config, classpath=""):
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(f"local[{config['threads']}]")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "4g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.parquet.compression.codec": "snappy",
        "spark.local.dir": config["scratch"],
        "spark.sql.warehouse.dir": os.path.join(config["scratch"], "warehouse"),
    }
    if classpath:
        settings["spark.driver.extraClassPath"] = classpath
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def versions(spark):
    return {"Spark": spark.version, "JDK": spark._jvm.System.getProperty("java.version")}


class SparkML:
    def __init__(self, config):
        self.config, self.model = config, read(config["model"])
        self.spark = session(config)
        self.pipeline = self.stages()

    def versions(self):
        return versions(self.spark)

    def run(self, output):
        rows = self.spark.read.parquet(self.config["input"]).select(ID, *self.model.inputs)
        self.pipeline.transform(rows).select(ID, PREDICTION).write.mode("overwrite").parquet(output)

    def vector(self, values):
        from pyspark.ml.common import _py2java
        from pyspark.ml.linalg import Vectors

        return _py2java(self.spark.sparkContext, Vectors.dense(values))

    def array(self, java_class, values):
        out = self.spark._sc._gateway.new_array(java_class, len(values))
        for i, v in enumerate(values):
            out[i] = v
        return out

    def stages(self):
        """The constructors that take numbers are private to Spark's Scala, not to the JVM."""
        from pyspark.ml import PipelineModel
        from pyspark.ml.feature import OneHotEncoderModel, StandardScalerModel, StringIndexerModel, VectorAssembler

        m, jvm = self.model, self.spark._jvm
        ml = jvm.org.apache.spark.ml
        words = list(m.words)
        indexes, vectors = [w + "_index" for w in words], [w + "_vector" for w in words]
        stages = [StringIndexerModel.from_labels(m.words[w], inputCol=w, outputCol=i, handleInvalid="keep") for w, i in zip(words, indexes)]
        if not m.trees:
            sizes = self.array(jvm.int, [len(v) + 1 for v in m.words.values()])
            encoder = OneHotEncoderModel(ml.feature.OneHotEncoderModel("encode", sizes))
            stages.append(encoder._set(inputCols=indexes, outputCols=vectors, dropLast=True, handleInvalid="error"))
        stages.append(VectorAssembler(inputCols=m.numbers, outputCol="numbers"))
        scaler = StandardScalerModel(ml.feature.StandardScalerModel("scale", self.vector(m.std), self.vector(m.mean)))
        stages.append(scaler._set(inputCol="numbers", outputCol="scaled", withMean=True, withStd=True))
        stages.append(VectorAssembler(inputCols=(indexes if m.trees else vectors) + ["scaled"], outputCol="features"))
        stages.append(self.forest() if m.trees else self.linear())
        return PipelineModel(stages)

    def linear(self):
        from pyspark.ml.regression import LinearRegressionModel

        new = self.spark._jvm.org.apache.spark.ml.regression.LinearRegressionModel
        made = LinearRegressionModel(new("linear", self.vector(self.model.coefficients), float(self.model.intercept)))
        return made._set(featuresCol="features", predictionCol=PREDICTION)

    def forest(self):
        from pyspark.ml.regression import RandomForestRegressionModel

        ml, width = self.spark._jvm.org.apache.spark.ml, len(self.model.inputs)
        trees = [
            ml.regression.DecisionTreeRegressionModel(f"tree{i}", self.tree(t, children(t), 0), width)
            for i, t in enumerate(self.model.trees)
        ]
        made = ml.regression.RandomForestRegressionModel("forest", self.array(ml.regression.DecisionTreeRegressionModel, trees), width)
        return RandomForestRegressionModel(made)._set(featuresCol="features", predictionCol=PREDICTION)

    def tree(self, nodes, shape, at):
        ml = self.spark._jvm.org.apache.spark.ml.tree
        if len(nodes[at]) == 1:
            return ml.LeafNode(float(nodes[at][0]), 0.0, None)
        left, right = (self.tree(nodes, shape, child) for child in shape[at][:2])
        feature, threshold = nodes[at]
        return ml.InternalNode(0.0, 0.0, 0.0, left, right, ml.ContinuousSplit(feature, float(threshold)), None)


class MLeapTasks:
    """Needs ORACLE_HOME, where benchmarks/peers/oracle/build.sh has put MLeap."""

    def __init__(self, config):
        self.config, self.model = config, read(config["model"])
        classpath = compiled(config["oracle"], config["scratch"])
        self.spark = session(config, classpath)
        self.tasks = self.spark._jvm.leapscore.peers.MLeapTasks

    def versions(self):
        return {"MLeap": self.tasks.version()} | versions(self.spark)

    def run(self, output):
        inputs = self.spark._sc._gateway.new_array(self.spark._jvm.String, len(self.model.inputs))
        for i, name in enumerate(self.model.inputs):
            inputs[i] = name
        self.tasks.run(self.spark._jsparkSession, self.config["model"], self.config["input"], inputs, ID, PREDICTION, output)


def compiled(oracle, scratch):
    """The class path of MLeap, in front of it MLeapTasks.scala, compiled by the Scala that comes with Spark."""
    import pyspark

    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    spark = os.path.join(os.path.dirname(pyspark.__file__), "jars", "*")
    mleap = f"{oracle}/mleap:{oracle}/jars/*"
    classes = os.path.join(scratch, "mleap-classes")
    source = os.path.join(here, "mleap", "MLeapTasks.scala")
    made = os.path.join(classes, "leapscore", "peers", "MLeapTasks.class")
    if not os.path.exists(made) or os.path.getmtime(made) < os.path.getmtime(source):
        os.makedirs(classes, exist_ok=True)
        scalac = ["java", "-Xss16m", "-cp", spark, "scala.tools.nsc.Main", "-nowarn", "-usejavacp", "-release", "17"]
        jars = ":".join([f"{oracle}/mleap"] + [os.path.join(d, j) for d in (f"{oracle}/jars", spark[:-2]) for j in sorted(os.listdir(d))])
        subprocess.run(scalac + ["-cp", jars, "-d", classes, source], check=True)
    return f"{classes}:{mleap}"
