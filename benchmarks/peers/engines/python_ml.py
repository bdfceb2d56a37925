"""scikit-learn, ONNX Runtime on what skl2onnx makes of it, and numpy by hand."""
import numpy as np
import pyarrow as pa

from . import by_batch
from .listing_model import children, read


def pipeline(m, frame):
    """A fitted scikit-learn pipeline whose parameters are those of the bundle."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    labels = [np.array(v, dtype=object) for v in m.words.values()]
    if m.trees:
        words = OrdinalEncoder(categories=labels, dtype=np.float32)
        model = RandomForestRegressor(n_estimators=len(m.trees), max_depth=2)
    else:
        words = OneHotEncoder(categories=labels, handle_unknown="ignore", sparse_output=False)
        model = LinearRegression()
    features = ColumnTransformer([("words", words, list(m.words)), ("numbers", StandardScaler(), m.numbers)])
    p = Pipeline([("features", features), ("model", model)]).fit(frame, np.arange(len(frame), dtype=float))
    scaler = p["features"].named_transformers_["numbers"]
    scaler.mean_, scaler.scale_, scaler.var_ = np.array(m.mean), np.array(m.std), np.array(m.std) ** 2
    if m.trees:
        for estimator, tree in zip(p["model"].estimators_, m.trees):
            estimator.tree_ = sklearn_tree(tree, len(m.inputs))
    else:
        p["model"].coef_, p["model"].intercept_ = np.array(m.coefficients), np.float64(m.intercept)
    return p


def sklearn_tree(tree, features):
    from sklearn.tree._tree import NODE_DTYPE, Tree

    nodes = np.zeros(len(tree), dtype=NODE_DTYPE)
    values = np.zeros((len(tree), 1, 1))
    shape = children(tree)
    for i, (n, (left, right, _)) in enumerate(zip(tree, shape)):
        leaf = len(n) == 1
        feature, threshold = (-2, -2.0) if leaf else n
        nodes[i] = (left, right, feature, threshold, 0.0, 1, 1.0, 0)
        values[i] = n[0] if leaf else 0.0
    t = Tree(features, np.array([1], dtype=np.intp), 1)
    t.__setstate__({"max_depth": max(s[2] for s in shape), "node_count": len(tree), "nodes": nodes, "values": values})
    return t


class ScikitLearn:
    def __init__(self, config):
        self.config, self.model = config, read(config["model"])
        self.pipeline = pipeline(self.model, by_batch.sample(config, self.model.inputs))

    def versions(self):
        import pandas
        import sklearn

        return {"scikit-learn": sklearn.__version__, "pandas": pandas.__version__, "pyarrow": pa.__version__}

    def run(self, output):
        columns = self.model.inputs
        by_batch.run(self.config, columns, lambda t: self.pipeline.predict(t.select(columns).to_pandas()), output)


class OnnxRuntime:
    """Numbers go in as doubles where the converter allows it, so that nothing but the order of sums differs."""

    def __init__(self, config):
        import onnxruntime as ort
        from skl2onnx import to_onnx
        from skl2onnx.common.data_types import DoubleTensorType, StringTensorType

        self.config, self.model = config, read(config["model"])
        m = self.model
        types = [(c, StringTensorType([None, 1])) for c in m.words] + [(c, DoubleTensorType([None, 1])) for c in m.numbers]
        made = to_onnx(pipeline(m, by_batch.sample(config, m.inputs)), initial_types=types)
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # the pool calls it from as many threads as allowed
        self.session = ort.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def versions(self):
        import onnxruntime
        import skl2onnx

        return {"ONNX Runtime": onnxruntime.__version__, "skl2onnx": skl2onnx.__version__, "pyarrow": pa.__version__}

    def run(self, output):
        def predict(t):
            feed = {c: t[c].to_numpy().astype(object, copy=False).reshape(-1, 1) for c in self.model.words}
            feed |= {c: t[c].to_numpy().reshape(-1, 1) for c in self.model.numbers}
            return self.session.run(None, feed)[0].reshape(-1).astype(np.float64, copy=False)

        by_batch.run(self.config, self.model.inputs, predict, output)


class NumpyByHand:
    """What a patient author writes for this one linear model: codes of dictionaries index tables of coefficients."""

    def __init__(self, config):
        self.config, self.model = config, read(config["model"])

    def versions(self):
        return {"numpy": np.__version__, "pyarrow": pa.__version__}

    def run(self, output):
        m = self.model
        weights, at = {}, 0
        for c, labels in m.words.items():
            weights[c] = dict(zip(labels, m.coefficients[at:]))
            at += len(labels)
        scale = np.array(m.coefficients[at:]) / np.array(m.std)
        intercept = m.intercept - float(scale @ np.array(m.mean))

        def predict(t):
            y = np.full(len(t), intercept)
            for c, w in weights.items():
                coded = t[c].combine_chunks()
                coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
                y += np.array([w[v] for v in coded.dictionary.to_pylist()])[coded.indices.to_numpy()]
            for c, s in zip(m.numbers, scale):
                y += s * t[c].to_numpy()
            return y

        by_batch.run(self.config, m.inputs, predict, output, dictionaries=m.words)
