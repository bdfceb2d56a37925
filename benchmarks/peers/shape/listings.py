"""The listings as other files, and other software over them. Their columns and models are those of benchmarks/data."""
import os

import environment as env

ID = "listing_id"


def columns():
    from engines.listing_model import read

    m = read(model("lr"))
    return m.numbers, m.words


def model(kind):
    """listings.lr.zip or listings.rf.zip."""
    return os.path.join(env.table("shape-models", "-rows", "1", "-files", "0"), f"listings.{kind}.zip")


def expression(dialect="duckdb"):
    """Stands for the prediction: all that the model reads is read."""
    numbers, words = columns()
    if dialect == "duckdb":
        return " + ".join(numbers + [f"strlen({w})" for w in words]) + " AS prediction"
    import polars as pl

    terms = [pl.col(n) for n in numbers] + [pl.col(w).str.len_bytes().cast(pl.Float64) for w in words]
    return pl.sum_horizontal(terms, ignore_nulls=False).alias("prediction")


def duck(threads, source, kept=(ID,), database=""):
    """DuckDB's COPY of the kept columns and the expression, by one connection that stays."""
    import duckdb

    con = duckdb.connect(database, read_only=bool(database))
    con.execute(f"SET threads = {threads}")
    select = f"SELECT {', '.join(kept)}, {expression()} FROM {source}"
    return lambda output: con.execute(f"COPY ({select}) TO '{output}' (FORMAT parquet, COMPRESSION snappy)")


def polars(scan, kept=(ID,)):
    """The same by Polars' streaming engine; it takes its threads from the environment."""
    import polars as pl

    columns = [pl.col(k) for k in kept] + [expression("polars")]
    return lambda output: scan().select(columns).sink_parquet(output, compression="snappy", mkdir=False)


def parquet(folder, rows, listings):
    """Makes t.parquet, the listings as DuckDB writes them."""
    copy(listings, folder + "/t.parquet", "FORMAT parquet")


def copy(listings, target, options, extra="*"):
    """Writes the listings in another format, by DuckDB."""
    import duckdb

    duckdb.connect().execute(f"COPY (SELECT {extra} FROM '{listings}') TO '{target}' ({options})")
