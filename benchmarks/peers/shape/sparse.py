"""Texts whose words are hashed into vectors that are nearly all zeros, written as lists. On one thread."""
from shape import Shape, own_model
from shape.bundles import bundle, scalar
from shape.words import texts


def hashed(slots):
    def make(folder, rows, _):
        texts(folder, rows)
        hashing = {"num_features": scalar("long", slots), "binary": scalar("boolean", False), "hashUnsafeBytesVersion": scalar("int", 2)}
        bundle(
            folder + "/model",
            ("tokens", "tokenizer", {}, {"input": "text"}, {"output": "words"}),
            ("hashes", "hashing_term_frequency", hashing, {"input": "words"}, {"output": "answer"}),
        )

    return make


def counts(folder, slots):
    """The ids and a matrix of the counts of hashed words, by scikit-learn."""
    import pyarrow.parquet as pq
    from sklearn.feature_extraction.text import HashingVectorizer

    table = pq.read_table(folder + "/t.parquet", use_threads=False)
    model = HashingVectorizer(n_features=slots, norm=None, alternate_sign=False, token_pattern=None, tokenizer=str.split)
    return table.select(["id"]), model.transform(table["text"].to_pylist())


def lists(slots):
    """All values of a row, zeros included, as leapscore writes them."""

    def peer(folder, threads):
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        def job(output):
            table, matrix = counts(folder, slots)
            ends = pa.array(np.arange(matrix.shape[0] + 1, dtype=np.int32) * slots)
            column = pa.ListArray.from_arrays(ends, pa.array(matrix.toarray().ravel()))
            pq.write_table(table.append_column("answer", column), output, compression="snappy")

        return job

    return peer


def entries(slots):
    """What rows store, without zeros: the lists would fill the memory."""

    def peer(folder, threads):
        import pyarrow as pa
        import pyarrow.parquet as pq

        def job(output):
            table, matrix = counts(folder, slots)
            ends = pa.array(matrix.indptr, pa.int32())
            indices, values = (pa.ListArray.from_arrays(ends, pa.array(x)) for x in (matrix.indices, matrix.data))
            column = pa.StructArray.from_arrays([indices, values], ["indices", "values"])
            pq.write_table(table.append_column("answer", column), output, compression="snappy")

        return job

    return peer


SHAPES = [
    Shape("hashed", "Hashed vectors of 4,096, as lists", hashed(1 << 12), own_model, {"scikit-learn, pyarrow": lists(1 << 12)}, rows=10_000, threads=1),
    Shape("hashed-wide", "Hashed vectors of 2^18, as lists (peer: without zeros)", hashed(1 << 18), own_model, {"scikit-learn, pyarrow": entries(1 << 18)}, rows=20_000, threads=1),
]
