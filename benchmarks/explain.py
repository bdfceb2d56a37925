"""explain.py LEAPSCORE: times Shapley values of leapscore's command beside those of XGBoost, LightGBM, CatBoost and the shap package, one thread each.

The command's time is that of the whole process with --explain all, from Parquet to Parquet; the libraries have their rows in memory.
Prints a table for docs/speed.md. Needs xgboost, lightgbm, catboost, scikit-learn, shap, pyarrow.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["OMP_NUM_THREADS"] = "1"

import catboost  # noqa: E402
import lightgbm  # noqa: E402
import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
import shap  # noqa: E402
import xgboost  # noqa: E402

FEATURES, TRAINING, RUNS = 20, 20000, 3
NAMES = [f"x{i}" for i in range(FEATURES)]


def data():
    random = np.random.default_rng(1)
    x = random.normal(size=(TRAINING, FEATURES)).astype(np.float32).astype(np.float64)
    y = x[:, 0] * x[:, 1] + np.sin(x[:, 2]) + 0.1 * x[:, 3:].sum(axis=1) + 0.1 * random.normal(size=TRAINING)
    return x, y, random.normal(size=(20000, FEATURES)).astype(np.float32).astype(np.float64)


def seconds(run):
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        out = run()
        times.append(time.perf_counter() - start)
    return statistics.median(times), out


def command(leapscore, folder, model, rows):
    """Seconds of the command with and without values, and the values."""
    source, target = os.path.join(folder, "rows.parquet"), os.path.join(folder, "out.parquet")
    pq.write_table(pa.table({n: rows[:, i] for i, n in enumerate(NAMES)}), source)

    def run(*more):
        subprocess.run([leapscore, "score", "--model", model, "--input", source, "--output", target, "--mode", "overwrite",
                        "--workers", "1", "--quiet", *more], check=True)

    without, _ = seconds(run)
    wall, _ = seconds(lambda: run("--explain", "all"))
    table = pq.read_table(target)
    return wall, without, np.column_stack([table[f"explain_{n}"].to_numpy() for n in [*NAMES, "bias"]])


def models(folder, x, y):
    """Name, trees, file, the library's values of rows, and the model for the shap package."""
    def path(name):
        return os.path.join(folder, name)

    matrix = xgboost.DMatrix(x, y, feature_names=NAMES)
    for depth, trees in ((6, 500), (10, 50)):
        b = xgboost.train({"max_depth": depth, "eta": 0.1, "nthread": 1}, matrix, trees)
        b.save_model(path(f"x{depth}.json"))
        yield (f"XGBoost, {trees} trees of depth {depth}", trees, path(f"x{depth}.json"), b,
               lambda r, b=b: b.predict(xgboost.DMatrix(r, feature_names=NAMES), pred_contribs=True))
    for leaves, trees in ((31, 500), (255, 100)):
        b = lightgbm.train({"num_leaves": leaves, "verbose": -1, "num_threads": 1}, lightgbm.Dataset(x, y, feature_name=NAMES), trees)
        b.save_model(path(f"l{leaves}.txt"))
        yield f"LightGBM, {trees} trees of {leaves} leaves", trees, path(f"l{leaves}.txt"), b, lambda r, b=b: b.predict(r, pred_contrib=True)
    b = catboost.CatBoostRegressor(iterations=500, depth=6, thread_count=1, verbose=0, allow_writing_files=False)
    b.fit(catboost.Pool(x, y, feature_names=NAMES))
    b.save_model(path("c.cbm"))
    yield ("CatBoost, 500 trees of depth 6", 500, path("c.cbm"), b,
           lambda r, b=b: b.get_feature_importance(catboost.Pool(r, feature_names=NAMES), type="ShapValues", thread_count=1))


def main(leapscore):
    x, y, rows = data()
    print("| | library | shap package | leapscore | without values | leapscore / library | largest difference |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, trees, file, model, values in models(folder, x, y):
            few = rows if "CatBoost" in name else rows[:100]
            many = rows if "CatBoost" in name else rows[:2000]
            library, want = seconds(lambda: values(few))
            package, _ = seconds(lambda: shap.TreeExplainer(model).shap_values(few, check_additivity=False))
            wall, without, got = command(leapscore, folder, file, many)
            unit = 1e6 / trees
            library, package, wall, without = library / len(few) * unit, package / len(few) * unit, wall / len(many) * unit, without / len(many) * unit
            print(f"| {name} | {library:.3g} | {package:.3g} | {wall:.3g} | {without:.2g} | {wall / library:.3f} | {np.abs(got[:len(few)] - want).max():.1e} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
