"""make bench-boosters: files of XGBoost, LightGBM and CatBoost, by their library and by leapscore, from Parquet to Parquet.

    python3 boosters.py --rows 200000 --runs 5 --only 500x6,1000x255,100x12

Each library reads a Parquet file by pyarrow, predicts with one thread and writes a Parquet file, in one process that has
its model and its imports already; leapscore is a command with --workers 1. They take turns, and a line has the medians.
"""
import argparse
import datetime
import os
import statistics
import subprocess
import sys
import time

import environment as env
from entries import timed

SHAPES = {"500x6": (500, 6, 64), "1000x255": (1000, 0, 255), "100x12": (100, 12, 4096)}
FEATURES, TRAINED = 30, 60_000


def main():
    a = arguments()
    if "worker" in a.only:
        return worker(*a.only.split(",")[1:])
    env.binaries()
    env.make("the environment of the tree libraries", os.path.join(env.ROOT, "integration", "tools", "install.sh"), "trees")
    python = os.path.join(env.ROOT, ".cache", "tools", "trees", "bin", "python")
    folder = os.path.join(env.CACHE, f"boosters-{a.rows}")
    os.makedirs(folder, exist_ok=True)
    lines = [f"{env.machine()}, leapscore {env.commit()}, one thread, {a.rows:,} rows of {FEATURES} features, load {env.load()}, {datetime.date.today()}", "",
             "| model | library: wall s | CPU s | leapscore: wall s | CPU s | wall, times faster | CPU, times less | bits |", "|---|---|---|---|---|---|---|---|"]
    for shape in a.only.split(","):
        for library in a.libraries.split(","):
            lines.append(compare(python, folder, library, shape, a))
            print(lines[-1], flush=True)
    print("\n".join(lines))


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", type=int, default=200_000)
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--only", default=",".join(SHAPES))
    p.add_argument("--libraries", default="xgboost,lightgbm,catboost")
    return p.parse_args()


def compare(python, folder, library, shape, a):
    """Returns a line of the table."""
    with subprocess.Popen([python, __file__, "--only", f"worker,{folder},{library},{shape},{a.rows}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        model, table, answer = ask(peer, "prepare").split()
        theirs, ours = [], []
        for _ in range(a.runs):
            theirs.append(tuple(map(float, ask(peer, "predict").split())))
            ours.append(leapscore(model, table, answer + ".ours"))
        same = ask(peer, "same")
        peer.stdin.close()
    (w, c), (v, d) = [[statistics.median(x) for x in zip(*runs)] for runs in (theirs, ours)]
    return f"| {library} {shape} | {w:.2f} | {c:.2f} | {v:.2f} | {d:.2f} | {w / v:.1f} | {c / d:.1f} | {same} |"


def ask(peer, word):
    peer.stdin.write(word + "\n")
    peer.stdin.flush()
    return peer.stdout.readline().strip()


def leapscore(model, table, output):
    """Returns wall and CPU seconds of one run."""
    sample, _ = timed([env.LEAPSCORE, "score", "--model", model, "--input", table, "--output", output + ".parquet", "--keep", "none",
                       "--mode", "overwrite", "--workers", "1"])
    return sample.wall, sample.cpu


def worker(folder, library, shape, rows):
    """Answers the words on stdin: it has the library."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    table, answer = os.path.join(folder, "rows.parquet"), os.path.join(folder, f"{library}-{shape}")
    if not os.path.exists(table):
        pq.write_table(matrix(np, pa, int(rows), 1), table)
    predict = MAKERS[library](np, folder, shape, lambda: matrix(np, pa, TRAINED, 2))
    for line in sys.stdin:
        if line.strip() == "prepare":
            print(answer + SUFFIX[library], table, answer, flush=True)
        elif line.strip() == "predict":
            before, start = time.process_time(), time.perf_counter()
            read = pq.read_table(table, use_threads=False)
            x = np.column_stack([c.to_numpy() for c in read.columns])
            pq.write_table(pa.table({"prediction": predict(x)}), answer + ".parquet")
            print(time.perf_counter() - start, time.process_time() - before, flush=True)
        else:
            a, b = (pq.read_table(p)["prediction"].to_numpy().astype(float) for p in (answer + ".parquet", answer + ".ours.parquet"))
            print("same" if np.array_equal(a.view(np.int64), b.view(np.int64)) else f"{(a != b).sum()} differ", flush=True)


def matrix(np, pa, rows, seed):
    r = np.random.default_rng(seed)
    x = r.normal(size=(rows, FEATURES))
    x[:, ::3] = np.round(x[:, ::3] * 100) / 100
    x[r.random(x.shape) < 0.05] = np.nan
    return pa.table({f"f{i}": x[:, i] for i in range(FEATURES)})


def target(np, table):
    x = np.nan_to_num(np.column_stack([c.to_numpy() for c in table.columns]))
    return x, x[:, 0] * x[:, 1] + np.sin(3 * x[:, 2]) + x[:, 3:10].sum(axis=1) * x[:, 10] + np.random.default_rng(3).normal(size=len(x)) * 0.1


def xgboost(np, folder, shape, training):
    import xgboost
    trees, depth, leaves = SHAPES[shape]
    path = os.path.join(folder, f"xgboost-{shape}.ubj")
    if not os.path.exists(path):
        t = training()
        x, y = target(np, t)
        grow = {"max_depth": depth} if depth else {"max_depth": 0, "max_leaves": leaves, "grow_policy": "lossguide"}
        xgboost.train({"eta": 0.05, "tree_method": "hist", **grow}, xgboost.DMatrix(x, y, feature_names=t.column_names), trees).save_model(path)
    b = xgboost.Booster({"nthread": 1}, model_file=path)
    return lambda x: b.inplace_predict(x, validate_features=False)


def lightgbm(np, folder, shape, training):
    import lightgbm
    trees, depth, leaves = SHAPES[shape]
    path = os.path.join(folder, f"lightgbm-{shape}.txt")
    if not os.path.exists(path):
        t = training()
        x, y = target(np, t)
        lightgbm.train({"num_leaves": leaves, "max_depth": depth or -1, "learning_rate": 0.05, "min_data_in_leaf": 5, "verbosity": -1},
                       lightgbm.Dataset(x, y, feature_name=t.column_names), trees).save_model(path)
    b = lightgbm.Booster(model_file=path)
    return lambda x: b.predict(x, num_threads=1)


def catboost(np, folder, shape, training):
    import catboost
    trees, depth, leaves = SHAPES[shape]
    path = os.path.join(folder, f"catboost-{shape}.cbm")
    if not os.path.exists(path):
        t = training()
        x, y = target(np, t)
        m = catboost.CatBoostRegressor(iterations=trees, depth=depth or 8, learning_rate=0.05, verbose=False, allow_writing_files=False)
        m.fit(catboost.Pool(x, y, feature_names=t.column_names)).save_model(path)
    b = catboost.CatBoost()
    b.load_model(path)
    return lambda x: b.predict(x, thread_count=1)


MAKERS = {"xgboost": xgboost, "lightgbm": lightgbm, "catboost": catboost}
SUFFIX = {"xgboost": ".ubj", "lightgbm": ".txt", "catboost": ".cbm"}

if __name__ == "__main__":
    main()
