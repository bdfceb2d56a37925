"""Dense linear algebra on one thread, from a Parquet table of vectors to one of answers. The peers read and write by pyarrow."""
from shape import Shape, own_model
from shape.bundles import bundle, tensor, tensors


def vectors(width, pieces=20):
    """Writes rows of normal numbers as lists of a width."""

    def make(folder, rows):
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        rng = np.random.default_rng(7)
        with pq.ParquetWriter(folder + "/t.parquet", pa.schema([("id", pa.int64()), ("features", pa.list_(pa.float64()))]), use_dictionary=["id"]) as w:
            for i in range(pieces):
                n = rows // pieces
                values = pa.array(rng.standard_normal(n * width))
                lists = pa.ListArray.from_arrays(pa.array(np.arange(0, (n + 1) * width, width, dtype=np.int32)), values)
                w.write_table(pa.table({"id": np.arange(i * n, (i + 1) * n), "features": lists}))

    return make


def by_numpy(answer):
    """answer(folder) loads the model, and returns a function of a matrix to an array of one row for each of its own."""

    def peer(folder, threads):
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        predict = answer(folder)

        def job(output):
            table = pq.read_table(folder + "/t.parquet", use_threads=False)
            lists = table["features"].combine_chunks()
            x = lists.values.to_numpy().reshape(len(table), -1)
            y = predict(x)
            answers = pa.array(y) if y.ndim == 1 else pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(y).ravel()), y.shape[1])
            pq.write_table(pa.table({"id": table["id"], "answer": answers}), output, compression="snappy", use_dictionary=False)

        return job

    return peer


def pca(folder, rows, _):
    import numpy as np

    vectors(2000)(folder, rows)
    w = np.random.default_rng(8).standard_normal((2000, 200))
    np.save(folder + "/w.npy", w)
    bundle(folder + "/model", ("pca", "pca", {"principal_components": tensor(w.T.ravel(), 2000, 200)}, {"input": "features"}, {"output": "y"}))


def product(folder):
    import numpy as np

    w = np.load(folder + "/w.npy")
    return lambda x: x @ w


def multinomial(folder, rows, _):
    import numpy as np

    vectors(2000)(folder, rows)
    rng = np.random.default_rng(8)
    w, b = rng.standard_normal((2000, 200)) / 40, rng.standard_normal(200)
    np.savez(folder + "/w.npz", w=w, b=b)
    attributes = {"num_classes": {"long": 200}, "coefficient_matrix": tensor(w.ravel(), 200, 2000), "intercept_vector": tensor(b, 200)}
    bundle(folder + "/model", ("lr", "logistic_regression", attributes, {"features": "features"}, {"probability": "probability", "prediction": "prediction"}))


def classes(folder):
    import numpy as np

    saved = np.load(folder + "/w.npz")
    w, b = saved["w"], saved["b"]
    return lambda x: softmax(x @ w + b)


def softmax(x):
    import numpy as np

    x = np.exp(x - x.max(axis=1, keepdims=True))
    return x / x.sum(axis=1, keepdims=True)


LAYERS = [2000, 200, 50, 10]


def perceptron(folder, rows, _):
    import numpy as np

    vectors(LAYERS[0])(folder, rows)
    rng = np.random.default_rng(8)
    layers = [(rng.standard_normal((n, m)) / n**0.5, rng.standard_normal(m)) for n, m in zip(LAYERS, LAYERS[1:])]
    weights = np.concatenate([part.ravel() for layer in layers for part in layer])
    np.save(folder + "/w.npy", weights)
    attributes = {"layers": {"type": "list", "long": LAYERS}, "weights": tensor(weights, len(weights))}
    outputs = {"probability": "probability", "prediction": "prediction"}
    bundle(folder + "/model", ("mlp", "multi_layer_perceptron_classifier", attributes, {"features": "features"}, outputs))


def network(folder):
    import numpy as np

    left, layers = np.load(folder + "/w.npy"), []
    for n, m in zip(LAYERS, LAYERS[1:]):
        layers.append((left[: n * m].reshape(n, m), left[n * m : n * m + m]))
        left = left[n * m + m :]

    def predict(x):
        for w, b in layers[:-1]:
            x = 1 / (1 + np.exp(-(x @ w + b)))
        w, b = layers[-1]
        return softmax(x @ w + b)

    return predict


def k_means(folder, rows, _):
    import numpy as np

    vectors(100)(folder, rows)
    centres = np.random.default_rng(8).standard_normal((100, 100))
    np.save(folder + "/w.npy", centres)
    attributes = {"cluster_centers": tensors(centres), "num_clusters": {"long": 100}, "num_features": {"long": 100}}
    bundle(folder + "/model", ("k_means", "k_means", attributes, {"features": "features"}, {"prediction": "prediction"}))


def nearest(folder):
    import numpy as np
    from sklearn.cluster import KMeans

    centres = np.load(folder + "/w.npy")
    model = KMeans(len(centres), init=centres, n_init=1, max_iter=1).fit(centres)
    model.cluster_centers_ = centres
    return model.predict


SHAPES = [
    Shape("pca", "PCA, 2,000 to 200", pca, own_model, {"numpy, OpenBLAS": by_numpy(product)}, rows=20_000, threads=1),
    Shape("multinomial", "logistic regression, 2,000 to 200 classes", multinomial, own_model, {"numpy, OpenBLAS": by_numpy(classes)}, rows=20_000, threads=1),
    Shape("perceptron", "perceptron, 2,000-200-50-10", perceptron, own_model, {"numpy, OpenBLAS": by_numpy(network)}, rows=20_000, threads=1),
    Shape("k-means", "k-means, 100 centres of 100", k_means, own_model, {"scikit-learn": by_numpy(nearest)}, rows=200_000, threads=1),
]
