"""The linear model over listings with more columns, which are kept: long strings, lists, many columns; and many small files."""
import os

from shape import Shape
from shape.listings import copy, duck, model, polars

TEXT = "concat_ws(' ', " + ", ".join(f"md5(hash(listing_id + {i})::VARCHAR)" for i in range(31)) + ")"
LISTS = (
    "*, list_transform(range(listing_id % 9), lambda i: i * 0.5 + listing_id) AS prices, "
    "list_transform(range(listing_id % 4), lambda i: 'tag ' || (listing_id + i) % 100) AS tags, "
    "list_transform(range(listing_id % 3), lambda i: {'day': i, 'note': 'n' || i}) AS days"
)
MANY = "*, " + ", ".join(f"hash(listing_id + {i}) / 1e19 AS c{i}" for i in range(485))


def wide(columns):
    return lambda folder, rows, listings: copy(listings, folder + "/t.parquet", "FORMAT parquet", columns)


def small_files(folder, rows, listings):
    import duckdb

    con = duckdb.connect()
    con.execute(f"CREATE TABLE t AS SELECT *, row_number() OVER () AS place FROM '{listings}'")
    os.makedirs(folder + "/many")
    each = rows // 1000
    for i in range(1000):
        con.execute(f"COPY (SELECT * EXCLUDE place FROM t WHERE place > {i * each} AND place <= {(i + 1) * each}) TO '{folder}/many/{i:04}.parquet'")


def shape(name, title, make, keep, share=1.0, files="t.parquet"):
    kept = ("*",) if keep == "all" else tuple(keep.split(","))

    def by_polars(folder, threads):
        import polars as pl

        return polars(lambda: pl.scan_parquet(os.path.join(folder, files)), kept)

    return Shape(
        name,
        title,
        make,
        lambda folder: ["--model", model("lr"), "--input", os.path.join(folder, files), "--keep", keep],
        {"DuckDB": lambda folder, threads: duck(threads, f"'{os.path.join(folder, files)}'", kept), "Polars": by_polars},
        share,
    )


SHAPES = [
    shape("strings", "1 KB strings kept", wide(f"*, {TEXT} AS text"), "listing_id,text", 1 / 3),
    shape("lists", "Nested lists kept", wide(LISTS), "listing_id,prices,tags,days"),
    shape("columns", "500 columns kept", wide(MANY), "all", 1 / 15),
    shape("many-files", "1,000 files", small_files, "listing_id", 1, "many/*.parquet"),
]
