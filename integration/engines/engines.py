"""Runs the code of docs/engines.md: engines.py DOC BINARY MODEL PARQUET BAD, and prints what came back as JSON."""

import faulthandler
import json
import os
import re
import sys

import pyarrow as pa
import pyarrow.parquet

faulthandler.dump_traceback_later(600, exit=True)  # rather than hang
doc, binary, model, path, bad = sys.argv[1:]
blocks = re.findall(r"```python\n(.*?)```", open(doc, encoding="utf-8").read(), re.S)
exec(blocks[0])  # the function
arguments = f"--model '{model}' --keep id"


def over(batches):
    return [(r["id"], r["price"].hex()) for b in leapscore_arrow(arguments, binary)(batches) for r in b.to_pylist()]


def refused(do):
    try:
        do()
    except Exception as e:  # the class is the engine's
        return str(e)
    return "accepted"


table = pyarrow.parquet.read_table(path)
found = {
    "batches": over(table.to_batches(max_chunksize=7000)),
    "nothing": over([]),
    "no rows": over(table.slice(0, 0).to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]),
    "refused": refused(lambda: over(pyarrow.parquet.read_table(bad).to_batches())),
}


def broken():
    yield table.to_batches(max_chunksize=1000)[0]
    raise ValueError("the source broke off")


found["broken"] = refused(lambda: over(broken()))

# What Ray Data does with a function of tables.
ray = blocks[2].split("\n\n")[0].replace("--model lr.zip", f"--model '{model}'").replace('--keep id"', f'--keep id", {binary!r}')
exec(ray)
found["tables"] = [(r["id"], r["price"].hex()) for at in range(0, table.num_rows, 20_000) for r in score_table(table.slice(at, 20_000)).to_pylist()]

sys.path.insert(0, "../readers")
from read import spark_session  # noqa: E402

os.environ["PYSPARK_PYTHON"] = sys.executable
spark = spark_session()
spark.sparkContext.setLogLevel("OFF")


def in_spark(name):
    listings = spark.read.parquet(name).repartition(3)
    return [(r.id, r.price.hex()) for r in listings.mapInArrow(leapscore_arrow(arguments, binary), "id long, price double").collect()]


found["spark"] = sorted(in_spark(path))
found["refused by spark"] = refused(lambda: in_spark(bad))
print(json.dumps(found))
