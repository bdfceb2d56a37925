"""LightGBM models of DataFrames, with columns of all types that predict takes."""
import json
import os

import common
import lightgbm as lgb
import numpy as np
import pandas as pd

CITIES = ["Rome", "São Paulo", "a b", "", "10"]
SIZES = [10, 20, 35]


def frame(rng, rows, strange):
    """A table; a strange one has categories that the training had not."""
    cities, sizes = CITIES + ["Atlantis"] * strange, SIZES + [99] * strange
    d = {
        "city": pd.Series(rng.choice(np.array(cities, dtype=object), rows)),
        "size": pd.Series(rng.choice(sizes, rows)),
        "flag": pd.Series(rng.random(rows) < 0.5),
        "rate": pd.Series(rng.choice([0.5, 1.5, 2.25], rows)),
        "long": pd.Series(rng.integers(-(2**62), 2**62, rows)),
        "near": pd.Series(2**53 + rng.integers(0, 9, rows)),
        "byte": pd.Series(rng.integers(-100, 100, rows).astype(np.int8)),
        "float": pd.Series(rng.normal(size=rows).astype(np.float32)),
        "double": pd.Series(rng.normal(size=rows)),
        "bool": pd.Series(rng.random(rows) < 0.4),
    }
    d["city"][rng.random(rows) < 0.1] = None
    d["double"][rng.random(rows) < 0.1] = np.nan
    return pd.DataFrame(d)


def typed(d):
    """The table with its categorical columns."""
    return d.assign(**{c: d[c].astype("category") for c in ("city", "size", "flag", "rate")})


def labels(rng, d):
    return (d["city"].map({c: i for i, c in enumerate(CITIES)}).fillna(3) + (d["size"] == 20) * 2 + d["flag"] + d["rate"] * 2 + d["long"] / 2**61
            + (d["near"] - 2**53) / 4 + d["byte"] / 50 + d["float"] + d["double"].fillna(2) + d["bool"] + rng.normal(0, 0.1, len(d)))


def make(args, rows, rounds):
    rng = common.random_of(args.seed, "pandas")
    d = frame(rng, 1000, False)
    p = dict(objective="regression", num_leaves=24, num_threads=1, verbosity=-1, min_data_in_leaf=3, min_data_per_group=3, cat_smooth=1.0, learning_rate=0.5)
    folder = os.path.join(args.out, "lgb_pandas")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "model.txt")
    lgb.train(p, lgb.Dataset(typed(d), labels(rng, d)), rounds).save_model(path)
    booster = lgb.Booster(model_file=path)
    with open(os.path.join(folder, "dump.json"), "w") as f:
        json.dump(booster.dump_model(), f)
    asked = frame(rng, rows, True)
    outputs = {"raw": booster.predict(typed(asked), raw_score=True), "prediction": booster.predict(typed(asked)),
               "leaf": np.asarray(booster.predict(typed(asked), pred_leaf=True)).astype(np.int32)}
    if args.size == "small":
        write_json(folder, asked, outputs["prediction"])
        return
    columns = [[None if v is None or v != v else v for v in asked[c]] if c == "city" else asked[c].to_numpy() for c in asked]
    common.write_case(folder, list(asked), columns, outputs, {"name": "lgb_pandas", "library": "lightgbm", "version": lgb.__version__, "seed": args.seed})


def write_json(folder, asked, predictions):
    rows = [{**r, "prediction": float(p)} for r, p in zip(asked.to_dict("records"), predictions)]
    with open(os.path.join(folder, "rows.json"), "w") as f:
        json.dump([{k: None if v is None or v != v else v for k, v in r.items()} for r in rows], f, default=lambda v: v.item(), indent=0)
