"""Texts: regular expressions, and words up to a score. On one thread, from a Parquet table of texts to one of answers."""
from shape import Shape, own_model
from shape.bundles import bundle, scalar, strings, tensor

LOOKAHEAD = r"(?=[A-Z])|\s"
PATTERNS = [r"[0-9]{2,}", r"\bthe\b", r"^a+b?$", r"x|^$", r"\p{L}é", r"(?i)QUEEN|king"]
SLOTS = 1 << 18


def texts(folder, rows):
    """Titles of one to twelve words, some with capitals, accents and numbers."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    words = "the and to of a rabbit queen king alice spark model vector forest learning down hole heart credit dog tree".split()
    words += [w.capitalize() for w in words[:12]] + ["camelCaseName", "naïve", "café", "x-ray", "b2", "1024", "Über"] + [f"word{n}" for n in range(400)]
    rng = np.random.default_rng(7)
    picked = np.array(words)[rng.zipf(1.3, rows * 6) % len(words)]
    ends = np.sort(rng.choice(np.arange(1, len(picked)), rows - 1, replace=False))
    rows_of_words = np.split(picked, ends)
    pq.write_table(pa.table({"id": np.arange(rows), "text": [" ".join(w) for w in rows_of_words]}), folder + "/t.parquet", use_dictionary=["id"])


def lookahead(folder, rows, _):
    texts(folder, rows)
    attributes = {"regex": scalar("string", LOOKAHEAD), "match_gaps": scalar("boolean", True), "token_min_length": scalar("int", 1), "lowercase_text": scalar("boolean", False)}
    bundle(folder + "/model", ("split", "regex_tokenizer", attributes, {"input": "text"}, {"output": "answer"}))


def numbered(folder, rows, _):
    texts(folder, rows)
    attributes = {"regexes": strings(PATTERNS), "indices": {"type": "list", "int": list(range(len(PATTERNS)))}, "default_value": scalar("int", 99)}
    bundle(folder + "/model", ("number", "regex_indexer", attributes, {"input": "text"}, {"output": "answer"}))


def chain(folder, rows, _):
    """Tokens, hashed, weighted and scored."""
    import numpy as np

    texts(folder, rows)
    rng = np.random.default_rng(8)
    weights, idf = rng.standard_normal(SLOTS), rng.uniform(1, 8, SLOTS)
    np.savez(folder + "/model.npz", weights=weights, idf=idf)
    hashing = {"num_features": scalar("long", SLOTS), "binary": scalar("boolean", False), "hashUnsafeBytesVersion": scalar("int", 2)}
    regression = {"num_classes": scalar("long", 2), "coefficients": tensor(weights, SLOTS), "intercept": scalar("double", 0.5), "threshold": scalar("double", 0.5)}
    bundle(
        folder + "/model",
        ("tokens", "tokenizer", {}, {"input": "text"}, {"output": "words"}),
        ("hashes", "hashing_term_frequency", hashing, {"input": "words"}, {"output": "counts"}),
        ("weights", "idf", {"idf": tensor(idf, SLOTS)}, {"input": "counts"}, {"output": "features"}),
        ("score", "logistic_regression", regression, {"features": "features"}, {"prediction": "answer"}),
    )


def by_texts(load):
    """A peer whose model, made by load(folder), maps a list of texts to a column of answers."""

    def peer(folder, threads):
        import pyarrow.parquet as pq

        model = load(folder)

        def job(output):
            table = pq.read_table(folder + "/t.parquet", use_threads=False)
            answers = model(table["text"].to_pylist())
            pq.write_table(table.select(["id"]).append_column("answer", [answers]), output, compression="snappy")

        return job

    return peer


def split_by_re(folder):
    import re

    import pyarrow as pa

    split = re.compile(LOOKAHEAD).split
    return lambda rows: pa.array([[w for w in split(text) if w] for text in rows], pa.list_(pa.string()))


def number_by_re(folder):
    import re

    import pyarrow as pa

    found = [re.compile(p.replace(r"\p{L}", r"[^\W\d_]")).search for p in PATTERNS]
    return lambda rows: pa.array([next((i for i, f in enumerate(found) if f(text)), 99) for text in rows], pa.int32())


def number_by_polars(folder, threads):
    import polars as pl

    answer = pl.lit(99, pl.Int32)
    for i, pattern in reversed(list(enumerate(PATTERNS))):
        answer = pl.when(pl.col("text").str.contains(pattern)).then(pl.lit(i, pl.Int32)).otherwise(answer)
    return lambda output: pl.read_parquet(folder + "/t.parquet").select("id", answer.alias("answer")).write_parquet(output, compression="snappy")


def score_by_sklearn(folder):
    import numpy as np
    import pyarrow as pa
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import LogisticRegression

    saved = np.load(folder + "/model.npz")
    hashing = HashingVectorizer(n_features=SLOTS, norm=None, alternate_sign=False, token_pattern=None, tokenizer=str.split)
    model = LogisticRegression()
    model.classes_, model.coef_, model.intercept_ = np.array([0.0, 1.0]), (saved["weights"] * saved["idf"])[None, :], np.array([0.5])
    return lambda rows: pa.array(model.predict(hashing.transform(rows)))


SHAPES = [
    Shape("regex-lookahead", "Split at capitals and blanks", lookahead, own_model, {"Python re": by_texts(split_by_re)}, rows=300_000, threads=1),
    Shape("regex-indexer", "Number texts by six patterns", numbered, own_model, {"Python re": by_texts(number_by_re), "Polars": number_by_polars}, rows=300_000, threads=1),
    Shape("text-chain", "Words, hashed to 2^18, weighted and scored", chain, own_model, {"scikit-learn": by_texts(score_by_sklearn)}, rows=300_000, threads=1),
]
