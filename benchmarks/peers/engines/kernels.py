"""What the fastest library that is known does for the model of a wide or odd shape, on rows that are in memory already: no reading, no
writing. The parameters are of the size of the bundle's, not the same: only time counts here."""
import glob

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


class Kernel:
    def __init__(self, config):
        table = pa.concat_tables(pq.read_table(f) for f in sorted(glob.glob(config["input"])))
        self.threads = config["threads"]
        self.rng = np.random.default_rng(7)
        self.named, self.predict = getattr(self, config["kernel"])(table)

    def versions(self):
        return self.named

    def run(self, _):
        return {"rows": len(self.predict())}

    def matrix(self, table):
        return np.column_stack([table[c].to_numpy() for c in table.column_names if c != "id"])

    def numpy(self, table):
        x = self.matrix(table)
        scaled = self.rng.standard_normal(x.shape[1])  # the scaler is folded into the coefficients
        return {"numpy": np.__version__}, lambda: x @ scaled + 1.0

    def hashing(self, table):
        import sklearn
        from sklearn.feature_extraction.text import HashingVectorizer

        texts = table["text"].to_pylist()
        hasher = HashingVectorizer(n_features=1_000_000, token_pattern=r"\S+", alternate_sign=False, norm=None)
        coefficients = self.rng.standard_normal(1_000_000)
        return {"scikit-learn": sklearn.__version__}, lambda: hasher.transform(texts) @ coefficients

    def forest(self, table):
        from sklearn.ensemble import RandomForestClassifier

        x = self.matrix(table)
        classes = self.rng.integers(0, 50, 20_000)
        return x, RandomForestClassifier(20, max_depth=8, n_jobs=self.threads, random_state=7).fit(x[:20_000], classes)

    def sklearn_forest(self, table):
        import sklearn

        x, forest = self.forest(table)
        return {"scikit-learn": sklearn.__version__}, lambda: forest.predict_proba(x)

    def onnx_forest(self, table):
        import onnxruntime as ort
        from skl2onnx import to_onnx

        x, forest = self.forest(table)
        x = x.astype(np.float32)
        made = to_onnx(forest, x[:1], options={"zipmap": False})
        options = ort.SessionOptions()
        options.intra_op_num_threads = self.threads
        session = ort.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        return {"ONNX Runtime": ort.__version__}, lambda: session.run(None, {name: x})[1]

    def index_in(self, table):
        import pyarrow.compute as pc

        keys, x = table["key"], table["x"].to_numpy()
        labels = pa.array([f"key-{i:07}" for i in range(1_000_000)])

        def predict():
            return pc.index_in(keys, value_set=labels).to_numpy() * 0.0625 + x * 2 + 1

        return {"pyarrow": pa.__version__}, predict

    def pandas_index(self, table):
        import pandas as pd

        keys, x = table["key"].to_pandas(), table["x"].to_numpy()
        labels = pd.Index([f"key-{i:07}" for i in range(1_000_000)])
        labels.get_indexer(keys[:1])  # builds its table

        def predict():
            return labels.get_indexer(keys) * 0.0625 + x * 2 + 1

        return {"pandas": pd.__version__}, predict
