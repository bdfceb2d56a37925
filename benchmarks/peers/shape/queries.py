"""The linear model over queries that DuckDB has to run, beside the COPY of the same query by the version of DuckDB that leapscore has."""
import os

from shape import Shape
from shape.listings import ID, duck, model

ENGINE = "1.4.1"
JOIN = """(SELECT t.* REPLACE (t.cleaning_fee + g.high AS cleaning_fee) FROM '{f}/t.parquet' t
  JOIN (SELECT state, extra_people, max(cleaning_fee) AS high FROM '{f}/t.parquet' GROUP BY ALL) g USING (state, extra_people))"""
WINDOW = """(SELECT * REPLACE (cleaning_fee - avg(cleaning_fee) OVER (PARTITION BY state, extra_people ORDER BY listing_id
  ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS cleaning_fee) FROM '{f}/t.parquet')"""
WHERE = "(SELECT * FROM '{f}/t.parquet' WHERE sqrt(square_feet) < 1000)"


def make(folder, rows, listings):
    from shape.listings import copy

    copy(listings, folder + "/t.parquet", "FORMAT parquet")


def make_database(folder, rows, listings):
    import duckdb

    con = duckdb.connect(folder + "/t.duckdb", config={"storage_compatibility_version": "v1.0.0"})
    con.execute(f"CREATE TABLE t AS FROM '{listings}'")
    con.close()


def source(query, folder):
    return query.format(f=folder)


def shape(name, title, query, database="", share=1.0):
    db = (lambda folder: os.path.join(folder, database)) if database else lambda folder: ""
    return Shape(
        name,
        title,
        make_database if database else make,
        lambda folder: ["--model", model("lr"), "--sql", "FROM " + source(query, folder), "--keep", ID] + (["--db", db(folder)] if database else []),
        {f"DuckDB {ENGINE}": lambda folder, threads: duck(threads, source(query, folder), database=db(folder))},
        share,
        engine=ENGINE,
    )


SHAPES = [
    shape("sql-join", "--sql with JOIN and GROUP BY", JOIN, share=4_000_000 / 600_000),
    shape("sql-window", "--sql with a window", WINDOW),
    shape("sql-where", "--sql with WHERE and an expression", WHERE, share=4_000_000 / 600_000),
    shape("sql-table", "A table of --db", "t", "t.duckdb", 4_000_000 / 600_000),
]
