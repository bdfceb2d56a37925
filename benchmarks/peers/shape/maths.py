"""Ops that are mostly arithmetic, on one thread, from a Parquet table of vectors to one of answers. The peers read and write by pyarrow."""
from shape import Shape, own_model
from shape.bundles import bundle, doubles, scalar, tensor, tensor_value, tensors
from shape.dense import by_numpy, vectors

COMPONENTS, SIZE = 10, 20
TOPICS, WORDS = 20, 500


def mixture(folder, rows, _):
    import numpy as np

    vectors(SIZE)(folder, rows)
    rng = np.random.default_rng(8)
    means = 2 * rng.standard_normal((COMPONENTS, SIZE))
    roots = rng.standard_normal((COMPONENTS, SIZE, SIZE))
    covs = roots @ roots.transpose(0, 2, 1) + np.eye(SIZE)
    np.savez(folder + "/model.npz", means=means, covs=covs)
    attributes = {
        "means": tensors(means),
        "covs": {"type": "list", "tensor": [tensor_value(c.ravel(), SIZE, SIZE) for c in covs]},
        "weights": doubles([1 / COMPONENTS] * COMPONENTS),
    }
    bundle(folder + "/model", ("gmm", "gaussian_mixture", attributes, {"features": "features"}, {"prediction": "prediction", "probability": "probability"}))


def probabilities(folder):
    import numpy as np
    from sklearn.mixture import GaussianMixture

    saved = np.load(folder + "/model.npz")
    model = GaussianMixture(COMPONENTS)
    model.means_, model.covariances_, model.weights_ = saved["means"], saved["covs"], np.full(COMPONENTS, 1 / COMPONENTS)
    model.precisions_cholesky_ = np.linalg.cholesky(np.linalg.inv(saved["covs"]))
    return model.predict_proba


def topics(folder, rows, _):
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(7)
    counts = np.where(rng.random((rows, WORDS)) < 0.1, rng.integers(1, 6, (rows, WORDS)), 0).astype(float)
    lists = pa.ListArray.from_arrays(np.arange(0, rows * WORDS + 1, WORDS, dtype=np.int32), counts.ravel())
    pq.write_table(pa.table({"id": np.arange(rows), "features": lists}), folder + "/t.parquet")
    lam = rng.gamma(1.0, 1.0, (TOPICS, WORDS)) + 0.01
    np.save(folder + "/lambda.npy", lam)
    attributes = {
        "vocabSize": scalar("int", WORDS),
        "docConcentration": doubles([1 / TOPICS] * TOPICS),
        "topicConcentration": scalar("double", 1 / TOPICS),
        "topicMatrix": tensor(lam.ravel(), WORDS, TOPICS),
    }
    bundle(folder + "/model", ("lda", "lda_local_model_op", attributes, {"features": "features"}, {"prediction": "topics"}))


def shares(folder):
    import numpy as np
    from sklearn.decomposition import LatentDirichletAllocation

    lam = np.load(folder + "/lambda.npy")
    model = LatentDirichletAllocation(TOPICS, learning_method="online", max_iter=1, doc_topic_prior=1 / TOPICS)
    model.fit(np.ones((2, WORDS)))
    model.components_ = lam
    model.exp_dirichlet_component_ = np.exp(expectation(lam))
    return model.transform


def expectation(lam):
    """Of the logarithm of a Dirichlet variable."""
    from scipy.special import psi

    return psi(lam) - psi(lam.sum(axis=1, keepdims=True))


def cosine(size):
    def make(folder, rows, _):
        vectors(size)(folder, rows)
        attributes = {"inverse": scalar("boolean", False), "input_size": scalar("int", size)}
        bundle(folder + "/model", ("dct", "dct", attributes, {"input": "features"}, {"output": "answer"}))

    return make


def transformed(folder):
    from scipy.fft import dct

    return lambda x: dct(x, type=2, norm="ortho")


SHAPES = [
    Shape("gaussian-mixture", "gaussian mixture, 10 of 20", mixture, own_model, {"scikit-learn": by_numpy(probabilities)}, rows=100_000, threads=1),
    Shape("lda", "LDA, 20 topics, 500 words", topics, own_model, {"scikit-learn": by_numpy(shares)}, rows=10_000, threads=1),
    Shape("dct-17", "DCT of 17", cosine(17), own_model, {"scipy": by_numpy(transformed)}, rows=400_000, threads=1),
    Shape("dct-223", "DCT of 223", cosine(223), own_model, {"scipy": by_numpy(transformed)}, rows=40_000, threads=1),
]
