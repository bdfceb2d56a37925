"""The listings and the linear model from files of each format. The peers read the same columns, and write the id and a sum."""
import os

from shape import Shape
from shape.listings import ID, columns, copy, duck, model, polars


def arguments(name):
    return lambda folder: ["--model", model("lr"), "--input", os.path.join(folder, name), "--keep", ID]


def by_duckdb(name):
    """Words of CSV that look like numbers stay words, as in the model."""

    def peer(folder, threads):
        path = f"'{os.path.join(folder, name)}'"
        types = ", ".join(f"'{word}': 'VARCHAR'" for word in columns()[1])
        return duck(threads, f"read_csv({path}, types = {{{types}}})" if ".csv" in name else path)

    return peer


def by_polars(name, scan):
    def peer(folder, threads):
        import polars as pl

        types = {"schema_overrides": dict.fromkeys(columns()[1], pl.String)} if scan == "scan_csv" else {}
        return polars(lambda: getattr(pl, scan)(os.path.join(folder, name), **types))

    return peer


def copied(name, options):
    return lambda folder, rows, listings: copy(listings, os.path.join(folder, name), options)


def arrow(folder, rows, listings):
    import glob

    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.concat_tables(pq.read_table(f) for f in sorted(glob.glob(listings)))
    with pa.ipc.new_file(os.path.join(folder, "t.arrow"), table.schema) as writer:
        writer.write_table(table, max_chunksize=65_536)


def shape(name, title, file, options, scan="", make=None, duckdb=True):
    peers = {"DuckDB": by_duckdb(file)} if duckdb else {}
    if scan:
        peers["Polars"] = by_polars(file, scan)
    return Shape(name, title, make or copied(file, options), arguments(file), peers)


SHAPES = [
    shape("parquet", "Parquet, snappy", "t.parquet", "FORMAT parquet", "scan_parquet"),
    shape("jsonl", "JSON lines", "t.jsonl", "FORMAT json", "scan_ndjson"),
    shape("csv", "CSV", "t.csv", "FORMAT csv, HEADER", "scan_csv"),
    shape("csv-gzip", "CSV, gzip", "t.csv.gz", "FORMAT csv, HEADER, COMPRESSION gzip", "scan_csv"),
    shape("csv-zstd", "CSV, zstd", "t.csv.zst", "FORMAT csv, HEADER, COMPRESSION zstd", "scan_csv"),
    shape("arrow", "Arrow IPC", "t.arrow", "", "scan_ipc", arrow, duckdb=False),
]
