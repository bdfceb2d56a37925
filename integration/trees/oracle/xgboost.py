#!/usr/bin/env python3
"""Makes XGBoost models of every kind, and rows with XGBoost's own answers to them: xgboost.py OUT [--size ...]

Runs with XGBoost 1.7, 2 and 3. Answers are those of a booster that was loaded from its file again, as any reader of
the file has it. A model stands in every form that its version writes, a small one in one of them."""
import json
import os
import sys

# The script has the name of the library: its own folder must not come first.
here = os.path.dirname(os.path.abspath(__file__))
sys.path = [p for p in sys.path if os.path.abspath(p or ".") != here]
import xgboost as xgb  # noqa: E402

sys.path.append(here)
import numpy as np  # noqa: E402

import common  # noqa: E402
from xgboost_cases import PLAIN, random_case  # noqa: E402

VERSION = tuple(int(p) for p in xgb.__version__.split(".")[:2])
FORMS = ["json", "ubj"] + (["deprecated"] if VERSION < (3,) else [])

SIZES = {  # training rows, rounds, depth, features, rows
    "small": (300, 3, 3, 4, 24), "normal": (1500, 25, 5, 8, 1500), "large": (20000, 200, 8, 10, 50000),
}


def floats(x):
    """What XGBoost makes of doubles, without the infinities that it refuses."""
    with np.errstate(over="ignore"):
        y = x.astype(np.float32)
    x = np.where(np.isinf(y), np.float64(1e38) * np.sign(x), x)
    return x, x.astype(np.float32)


def with_categories(rng, x, options, strange=False):
    for j, count in options.get("cats", {}).items():
        codes = rng.integers(0, count, len(x)).astype(float)
        codes[rng.random(len(x)) < max(options.get("missing", 0), 0.02)] = np.nan
        if strange:
            some = rng.random(len(x)) < 0.1
            codes[some] = rng.choice([-1, -0.5, 0.5, 2.9, count, count + 50, 16777215, 16777216, 1e9, np.nan], some.sum())
        x[:, j] = codes
    return x


def matrix(x, names, options, **more):
    types = ["c" if j in options.get("cats", {}) else "q" for j in range(x.shape[1])]
    if not options.get("cats"):
        types = None
    return xgb.DMatrix(floats(x)[1], feature_names=names, feature_types=types, enable_categorical=bool(types), nthread=1, **more)


def parameters(rng, size, objective, options):
    p = {"objective": objective, "nthread": 1, "seed": int(rng.integers(1, 10000)), "verbosity": 0}
    p.update(options.get("params", {}))
    if p.get("booster") != "gblinear":
        p.setdefault("max_depth", SIZES[size][2])
    if p.get("booster") == "gblinear":
        p["updater"] = "coord_descent"
    return p


def training(rng, size, objective, kind, options, names):
    rows, _, _, width, _ = SIZES[size]
    x = with_categories(rng, common.numbers(rng, rows, width, options.get("missing", 0), options.get("zeros", 0)), options)
    classes = options.get("params", {}).get("num_class", 3)
    y = np.stack([common.labels(rng, x, kind, classes) for _ in range(options.get("targets", 1))], axis=1)
    y = y[:, 0] if y.shape[1] == 1 else y
    if options.get("aft"):
        d = matrix(x, names, options)
        d.set_float_info("label_lower_bound", y)
        d.set_float_info("label_upper_bound", np.where(rng.random(rows) < 0.2, np.inf, y))
        return d
    d = matrix(x, names, options, label=y)
    if options.get("group"):
        d.set_group([20] * (rows // 20))
    return d


def train(rng, size, objective, kind, options, names):
    d = training(rng, size, objective, kind, options, names)
    more = {}
    rounds = SIZES[size][1]
    if options.get("params", {}).get("booster") == "dart":
        rounds = min(rounds, 30)  # each round predicts with all before it
    if options.get("early"):
        more = {"evals": [(training(rng, size, objective, kind, options, names), "other")], "early_stopping_rounds": 2, "verbose_eval": False}
        rounds += 20
    return xgb.train(parameters(rng, size, objective, options), d, rounds, **more)


def thresholds(trained):
    """Thresholds of numerical splits: (column, value)."""
    booster = json.loads(trained.save_raw("json").decode())["learner"]["gradient_booster"]
    out = []
    for tree in booster.get("gbtree", booster).get("model", {}).get("trees", [])[:20]:
        for left, feature, value in zip(tree["left_children"], tree["split_indices"], tree["split_conditions"]):
            if left != -1:
                v = np.float32(value)
                out += [(feature, float(n)) for n in (v, np.nextafter(v, np.float32(-np.inf)), np.nextafter(v, np.float32(np.inf)))]
    return out


def questions(rng, size, rows, trained, options):
    """Rows to score."""
    x = common.numbers(rng, rows, SIZES[size][3], options.get("missing", 0) or 0.02, options.get("zeros", 0))
    x = common.sprinkle(rng, x, thresholds(trained), common.EDGES + [np.nan], share=0.2 if size == "small" else 0.05)
    x = with_categories(rng, x, options, strange=True)
    x[-1] = np.nan
    x[-2] = 0.0
    return floats(x)[0]


def answers(path, x, names, options, leaf=True):
    booster = xgb.Booster(model_file=path)
    booster.set_param({"nthread": 1})
    d = matrix(x, names, options)
    rounds = (0, int(booster.attr("best_iteration")) + 1) if options.get("early") else (0, 0)
    out = {"raw": booster.predict(d, output_margin=True, iteration_range=rounds), "prediction": booster.predict(d, iteration_range=rounds)}
    if leaf and options.get("params", {}).get("booster") != "gblinear":
        out["leaf"] = np.asarray(booster.predict(d, pred_leaf=True, iteration_range=rounds)).reshape(len(x), -1).astype(np.int32)
    if options.get("aft") and not xgb.build_info()["USE_CUDA"] and leaf:
        del out["prediction"]  # such builds take the exponent of doubles, and all others that of floats
    return out


def make(args, name, objective, kind, options):
    """Writes one case."""
    rng = common.random_of(args.seed, name)
    width, rows = SIZES[args.size][3], args.rows or SIZES[args.size][4]
    names = options.get("names", [f"f{i}" for i in range(width)])[:width]
    folder = os.path.join(args.out, "xgb_" + name)
    os.makedirs(folder, exist_ok=True)
    trained = train(rng, args.size, objective, kind, options, names)
    paths = [os.path.join(folder, "model." + form) for form in chosen_forms(name, args.size, options)]
    for path in paths:
        trained.save_model(path)
    x = questions(rng, args.size, rows, trained, options)
    outputs = answers(paths[0], x, names, options, leaf=args.size != "large")
    if args.size == "small":
        outputs.setdefault("leaf", np.zeros((rows, 1), np.int32))
        outputs.setdefault("prediction", np.exp(outputs["raw"]))
        common.write_rows(folder, list(x.T), outputs)
        return
    common.write_case(folder, names, list(x.T), outputs, {
        "name": "xgb_" + name, "seed": args.seed, "library": "xgboost", "version": xgb.__version__, "objective": objective, "rows": rows, "features": names})


def chosen_forms(name, size, options):
    """The forms of a case: those that can hold the model, or one of them."""
    new = options.get("cats") or options.get("names") or options.get("params", {}).get("multi_strategy")
    can = [f for f in FORMS if f != "deprecated" or not new]  # the binary form holds neither categories nor names
    if size == "normal":
        return can
    return [can[sum(name.encode()) % len(can)]]


def main():
    args = common.arguments(__doc__.splitlines()[0])
    cases = {name: case for name, case in PLAIN.items() if case[2].get("since", 0) <= VERSION[0]}
    for i in range(0 if args.size == "small" else 20):
        name = f"random_{i}"
        cases[name] = random_case(common.random_of(args.seed, name))
    for name in common.chosen(args, cases):
        make(args, name, *cases[name])


if __name__ == "__main__":
    main()
