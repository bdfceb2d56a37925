"""The linear model and the forest, whole, beside reading and writing of the same columns by pyarrow on one thread."""
from shape import Shape
from shape.listings import ID, columns, copy, model


def make(folder, rows, listings):
    copy(listings, folder + "/t.parquet", "FORMAT parquet")


def pyarrow(folder, threads):
    import pyarrow.parquet as pq

    numbers, words = columns()

    def job(output):
        table = pq.read_table(folder + "/t.parquet", columns=[ID, *numbers, *words], use_threads=False)
        pq.write_table(table.select([ID, numbers[0]]), output, compression="snappy")

    return job


def arguments(kind):
    return lambda folder: ["--model", model(kind), "--input", folder + "/t.parquet", "--keep", ID]


SHAPES = [
    Shape("linear", "The linear job, beside reading and writing alone", make, arguments("lr"), {"pyarrow, no model": pyarrow}, share=4_000_000 / 600_000),
    Shape("forest", "The forest job, beside reading and writing alone", make, arguments("rf"), {"pyarrow, no model": pyarrow}, share=4_000_000 / 600_000),
]
