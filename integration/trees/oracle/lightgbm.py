#!/usr/bin/env python3
"""Makes LightGBM models of every kind, and rows with LightGBM's own answers to them: lightgbm.py OUT [--size ...]

Runs with LightGBM 3.3 and 4. Files and answers are those of a booster that was loaded from its file again, as any
reader of the file has it."""
import json
import os
import sys

# The script has the name of the library: its own folder must not come first.
here = os.path.dirname(os.path.abspath(__file__))
sys.path = [p for p in sys.path if os.path.abspath(p or ".") != here]
import lightgbm as lgb  # noqa: E402

sys.path.append(here)
import numpy as np  # noqa: E402

import common  # noqa: E402
import lightgbm_pandas  # noqa: E402
from lightgbm_cases import PLAIN, random_case  # noqa: E402

SIZES = {  # training rows, rounds, leaves, features, rows
    "small": (300, 3, 5, 4, 24), "normal": (1500, 25, 31, 8, 1500), "large": (20000, 200, 127, 10, 100000),
}

DUMPED = ["infinite_thresholds", "categorical", "linear", "multiclass", "forest", "one_leaf"]  # of the small ones, for the size of the repository


def training(rng, size, options):
    """The training table: numbers, and codes of categories."""
    rows, _, _, width, _ = SIZES[size]
    x = common.numbers(rng, rows, width, options.get("missing", 0), options.get("zeros", 0))
    return with_categories(rng, x, options)


def with_categories(rng, x, options, strange=False):
    for j, count in options.get("cats", {}).items():
        codes = rng.integers(0, count, len(x)).astype(float)
        codes[rng.random(len(x)) < options.get("missing", 0)] = np.nan
        if strange:
            some = rng.random(len(x)) < 0.1
            codes[some] = rng.choice([-1, -0.5, 0.5, 2.9, count, count + 50, 1e9, 2.0**31, -2.0**31, 1e300, np.inf, -np.inf, np.nan], some.sum())
        x[:, j] = codes
    return x


def parameters(rng, size, objective, options):
    p = dict(objective=objective, num_threads=1, seed=int(rng.integers(1, 10000)), deterministic=True, force_row_wise=True, verbosity=-1,
             num_leaves=SIZES[size][2], min_data_in_leaf=5, min_data_per_group=5, cat_smooth=1.0)
    p.update(options.get("params", {}))
    if size == "large" and p.get("boosting") == "dart":
        p["max_drop"] = 5
    return p


def train(rng, size, objective, kind, options, names):
    """A booster, as text."""
    x = training(rng, size, options)
    p = parameters(rng, size, objective, options)
    y = common.labels(rng, x, kind, p.get("num_class", 3))
    if options.get("absent"):
        y = np.isnan(x) @ np.arange(1, x.shape[1] + 1) + rng.normal(0, 0.1, len(x))
    more = {}
    if objective == "custom":
        more = custom(p, y)
    data = lgb.Dataset(x, y, feature_name=names, categorical_feature=list(options.get("cats", {})) or "auto",
                       group=[20] * (len(x) // 20) if options.get("group") else None, params=dict(p), free_raw_data=False)
    return lgb.train(p, data, SIZES[size][1], **more)


def custom(p, y):
    """Trains with an objective that LightGBM does not know: each major version takes it in its own way."""
    classes = p.get("num_class", 1)

    def objective(score, data):
        if classes == 1:
            return score - y, np.ones_like(score)
        wide = score.reshape((len(y), -1), order="A") if score.ndim == 1 and lgb.__version__ >= "4" else score.reshape((classes, len(y))).T
        gradient = wide - (y[:, None] == np.arange(classes))
        gradient = gradient if lgb.__version__ >= "4" else gradient.T.ravel()
        return gradient, np.ones_like(gradient)

    if lgb.__version__ >= "4":
        p["objective"] = objective
        return {}
    p.pop("objective")
    return {"fobj": objective}


def thresholds(booster):
    """Thresholds of numerical splits: (column, value)."""
    out = []

    def visit(node):
        if "left_child" not in node:
            return
        if node["decision_type"] == "<=" and abs(node["threshold"]) < 1e299:
            out.append((node["split_feature"], float(node["threshold"])))
        visit(node["left_child"])
        visit(node["right_child"])

    for tree in booster.dump_model(num_iteration=20)["tree_info"]:
        visit(tree["tree_structure"])
    return out


def questions(rng, size, rows, booster, options):
    """Rows to score."""
    x = common.numbers(rng, rows, SIZES[size][3], options.get("missing", 0) or 0.02, options.get("zeros", 0))
    x = common.sprinkle(rng, x, thresholds(booster), common.EDGES + [np.inf, -np.inf, np.nan], share=0.2 if size == "small" else 0.05)
    x = with_categories(rng, x, options, strange=True)
    x[-1] = np.nan
    x[-2] = 0.0
    return x


def answers(booster, x, options, leaf=True):
    more = {"num_threads": 1}
    if "iterations" in options:
        first, end = options["iterations"]
        more.update(start_iteration=first, num_iteration=end - first)
    with np.errstate(all="ignore"):
        out = {"raw": booster.predict(x, raw_score=True, **more), "prediction": booster.predict(x, **more)}
        if leaf and booster.num_trees():
            out["leaf"] = np.asarray(booster.predict(x, pred_leaf=True, **more)).astype(np.int32)
    return out


def make(args, name, objective, kind, options):
    """Writes one case."""
    rng = common.random_of(args.seed, name)
    width, rows = SIZES[args.size][3], args.rows or SIZES[args.size][4]
    names = options.get("names", [f"Column_{i}" for i in range(width)])[:width]
    folder = os.path.join(args.out, "lgb_" + name)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "model.txt")
    trained = train(rng, args.size, objective, kind, options, names)
    trained.save_model(path, **options.get("saved", {}))
    booster = lgb.Booster(model_file=path)
    if args.size == "normal" or name in DUMPED:
        with open(os.path.join(folder, "dump.json"), "w") as f:
            json.dump(booster.dump_model(), f)
    x = questions(rng, args.size, rows, booster, options)
    outputs = answers(booster, x, options, leaf=args.size != "large")
    if args.size == "small":
        common.write_rows(folder, list(x.T), outputs)
        return
    common.write_case(folder, booster.feature_name(), list(x.T), outputs, {
        "name": "lgb_" + name, "seed": args.seed, "library": "lightgbm", "version": lgb.__version__, "objective": objective, "rows": rows, "features": booster.feature_name(),
        "options": ["--iterations", "{}:{}".format(*options["iterations"])] if "iterations" in options else []})


def main():
    args = common.arguments(__doc__.splitlines()[0])
    cases = {n: c for n, c in PLAIN.items() if args.size != "small" or not {"iterations", "saved"} & set(c[2])}
    for i in range(0 if args.size == "small" else 20):
        cases[f"random_{i}"] = None
    if common.chosen(args, ["pandas"]) and args.size != "large":
        lightgbm_pandas.make(args, *((12, 2) if args.size == "small" else (2000, 20)))
    for name in common.chosen(args, cases):
        make(args, name, *(cases[name] or random_case(common.random_of(args.seed, name))))
        print("made", name, flush=True)


main()
