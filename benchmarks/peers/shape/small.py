"""Long pipelines and tiny jobs: the cost of a node, of a start and of loading. There is nothing to compare them with but the work itself."""
from shape import Shape, own_model
from shape.bundles import bundle, scalar

NODES = 5_000


def chain(folder, rows, _):
    """Each node adds one to the column of the node before."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": np.arange(rows), "x0": np.random.default_rng(7).standard_normal(rows)}), folder + "/t.parquet")
    bundle(folder + "/model", *map(add_one, range(NODES)))


def add_one(i):
    return f"add{i}", "math_binary", {"operation": scalar("string", "add"), "db": scalar("double", 1.0)}, {"input_a": f"x{i}"}, {"output": f"x{i + 1}"}


def numpy(folder, threads):
    """The same additions over blocks that fit into a cache."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    def job(output):
        table = pq.read_table(folder + "/t.parquet", use_threads=False)
        x = table["x0"].to_numpy().copy()
        for block in np.array_split(x, max(1, len(x) // 8192)):
            for _ in range(NODES):
                block += 1.0
        pq.write_table(pa.table({"id": table["id"], "x": x}), output, compression="snappy")

    return job


def one_row(folder, rows, _):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"x0": [1.5]}), folder + "/t.parquet")
    bundle(folder + "/model", add_one(0))


def nothing(folder, threads):
    """A Python that imports DuckDB, in a process of its own."""
    import subprocess
    import sys

    return lambda output: subprocess.run([sys.executable, "-c", f"import duckdb; duckdb.execute(\"COPY (FROM '{folder}/t.parquet') TO '{output}' (FORMAT parquet)\")"], check=True)


SHAPES = [
    Shape("chain", "A chain of 5,000 nodes", chain, own_model, {"numpy": numpy}, rows=100_000, threads=1),
    Shape("one-row", "A job of one row", one_row, lambda f: ["--model", f + "/model", "--input", f + "/t.parquet"], {"DuckDB in a new Python": nothing}, rows=1),
]
