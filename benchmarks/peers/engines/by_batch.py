"""The loop that the Python engines share: row groups are read, scored by a pool of threads, and written in order."""
import glob
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq

from .listing_model import ID, PREDICTION


def run(config, columns, predict, output, dictionaries=()):
    """Writes what predict gives for each record batch. Reading and scoring happen in the pool, writing in this thread."""
    pa.set_cpu_count(config["threads"])
    schema = pa.schema([(ID, pa.int64()), (PREDICTION, pa.float64())])

    def score(path, group):
        file = pq.ParquetFile(path, read_dictionary=list(dictionaries))
        table = file.read_row_group(group, columns=[ID, *columns], use_threads=False)
        return pa.table([table[ID], pa.array(predict(table))], schema=schema)

    jobs = [(p, g) for p in sorted(glob.glob(config["input"])) for g in range(pq.read_metadata(p).num_row_groups)]
    with ThreadPoolExecutor(config["threads"]) as pool, pq.ParquetWriter(output, schema, compression="snappy") as writer:
        waiting = deque()
        for job in jobs:
            waiting.append(pool.submit(score, *job))
            if len(waiting) > 2 * config["threads"]:
                writer.write_table(waiting.popleft().result())
        while waiting:
            writer.write_table(waiting.popleft().result())


def sample(config, columns, rows=2000):
    """The first rows as a data frame, to fit what is then given the bundle's numbers."""
    first = sorted(glob.glob(config["input"]))[0]
    return next(pq.ParquetFile(first).iter_batches(rows, columns=list(columns))).to_pandas()
