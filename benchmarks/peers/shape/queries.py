"""The linear model over queries that DuckDB has to run, beside the COPY of the same query by the version of DuckDB that leapscore has."""
import os

from shape import LARGE, Shape
from shape.listings import ID, duck, model, parquet

ENGINE = "1.4.1"
JOIN = """(SELECT t.* REPLACE (t.cleaning_fee + g.high AS cleaning_fee) FROM '{f}/t.parquet' t
  JOIN (SELECT state, extra_people, max(cleaning_fee) AS high FROM '{f}/t.parquet' GROUP BY ALL) g USING (state, extra_people))"""
WINDOW = """(SELECT * REPLACE (cleaning_fee - avg(cleaning_fee) OVER (PARTITION BY state, extra_people ORDER BY listing_id
  ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS cleaning_fee) FROM '{f}/t.parquet')"""
WHERE = "(SELECT * FROM '{f}/t.parquet' WHERE sqrt(square_feet) < 1000)"


def make_database(folder, rows, listings):
    import duckdb

    con = duckdb.connect(folder + "/t.duckdb", config={"storage_compatibility_version": "v1.0.0"})
    con.execute(f"CREATE TABLE t AS FROM '{listings}'")
    con.close()


def shape(name, title, query, database="", share=1.0):
    db = (lambda folder: os.path.join(folder, database)) if database else lambda folder: ""
    return Shape(
        name,
        title,
        make_database if database else parquet,
        lambda folder: ["--model", model("lr"), "--sql", "FROM " + query.format(f=folder), "--keep", ID] + (["--db", db(folder)] if database else []),
        {f"DuckDB {ENGINE}": lambda folder, threads: duck(threads, query.format(f=folder), database=db(folder))},
        share,
        engine=ENGINE,
    )


SHAPES = [
    shape("sql-join", "--sql with JOIN and GROUP BY", JOIN, share=LARGE),
    shape("sql-window", "--sql with a window", WINDOW),
    shape("sql-where", "--sql with WHERE and an expression", WHERE, share=LARGE),
    shape("sql-table", "A table of --db", "t", "t.duckdb", LARGE),
]
