"""The linear model and the forest, whole, beside reading and writing of the same columns by pyarrow on one thread."""
from shape import LARGE, Shape
from shape.listings import ID, columns, model, parquet


def pyarrow(tuned):
    """The job of pyarrow. If it is tuned, words stay dictionaries, and it does not try dictionaries for what it writes."""

    def prepare(folder, threads):
        import pyarrow.parquet as pq

        numbers, words = columns()
        read = {"read_dictionary": words} if tuned else {}
        write = {"use_dictionary": False} if tuned else {}

        def job(output):
            table = pq.read_table(folder + "/t.parquet", columns=[ID, *numbers, *words], use_threads=False, **read)
            pq.write_table(table.select([ID, numbers[0]]), output, compression="snappy", **write)

        return job

    return prepare


def arguments(kind):
    return lambda folder: ["--model", model(kind), "--input", folder + "/t.parquet", "--keep", ID]


PEERS = {"pyarrow, no model": pyarrow(False), "pyarrow, words as dictionaries": pyarrow(True)}

SHAPES = [
    Shape("linear", "The linear job, beside reading and writing alone", parquet, arguments("lr"), PEERS, share=LARGE),
    Shape("forest", "The forest job, beside reading and writing alone", parquet, arguments("rf"), PEERS, share=LARGE),
]
