#!/usr/bin/env python3
"""Makes CatBoost models of every kind, and rows with CatBoost's own answers to them: catboost.py OUT [--size ...]

Answers are those of a model that was loaded from its cbm file again. The JSON of a model has the same answers: where
CatBoost reads JSON it loses last digits of leaf values and fractions of statistics."""
import json
import os
import sys

# The script has the name of the library: its own folder must not come first.
here = os.path.dirname(os.path.abspath(__file__))
sys.path = [p for p in sys.path if os.path.abspath(p or ".") != here]
import catboost as cb  # noqa: E402

sys.path.append(here)
import numpy as np  # noqa: E402

import common  # noqa: E402
from catboost_cases import BOTH, KEPT, PLAIN, random_case  # noqa: E402

SIZES = {  # training rows, iterations, depth, features, rows
    "small": (300, 4, 3, 4, 24), "normal": (1200, 25, 5, 7, 1500), "large": (8000, 300, 6, 10, 50000),
}


def category(kind, code):
    """The text of a category; the last code is one that the training does not have."""
    if kind == "unicode":
        return ["é", "日本", "Ж", "🔥", "a b", ""][code % 6] + str(code // 6)
    if kind == "long":
        return "x" * (code * 3) + str(code)
    return int(code) * 7919 - 1000 if kind == "whole" else f"c{code}"


def table(rng, size, options, rows=0, strange=False):
    """Columns: numbers, and categories as texts or whole numbers."""
    n, width = rows or SIZES[size][0], SIZES[size][3]
    x = common.numbers(rng, n, width, options.get("missing", 0) or (options.get("absent", 0) if strange else 0))
    columns = [x[:, j] for j in range(width)]
    for j, count in options.get("cats", {}).items():
        codes = rng.integers(0, count + (2 if strange else 0), n)
        columns[j] = [category(options.get("texts"), int(c)) for c in codes]
    return columns, x


def targets(rng, x, kind, options):
    if kind in ("flags", "shares", "pairs"):
        two = [common.labels(rng, x, {"flags": "binary", "shares": "unit", "pairs": "regression"}[kind]) for _ in range(3)]
        return np.stack(two, 1)
    if kind == "constant":
        return np.full(len(x), 2.5)
    if kind == "interaction":  # the first category acts in another way for each value of the third
        return 3 * np.sin(x[:, 0] * (x[:, 2] + 9.3)) + 5 * (x[:, 2] > 0) + 0.3 * x[:, 1]
    y = common.labels(rng, x, "classes" if kind.endswith("classes") else kind, options.get("classes", 3))
    if kind == "sparse classes":
        return (y * 2).astype(int)
    return np.array(["no", "may be", "yes"])[y.astype(int)] if kind == "named classes" else y


def pool(columns, names, options, y=None):
    rows = list(map(list, zip(*columns)))
    group = np.repeat(np.arange(len(rows) // 20 + 1), 20)[:len(rows)] if options.get("group") else None
    return cb.Pool(rows, y, cat_features=list(options.get("cats", {})) or None, feature_names=names, group_id=group)


def train(rng, size, loss, kind, options, names, folder):
    """A model, saved as cbm, and as JSON where JSON can hold it."""
    columns, x = table(rng, size, options)
    coded = x.copy()
    for j in options.get("cats", {}):
        coded[:, j] = [hash_of(v) for v in columns[j]]
    data = pool(columns, names, options, targets(rng, coded, kind, options))
    p = dict(loss_function=loss, iterations=SIZES[size][1], depth=SIZES[size][2], random_seed=int(rng.integers(1, 10000)), thread_count=1,
             verbose=False, allow_writing_files=False)
    p.update(options.get("params", {}))
    if size == "small":
        p["depth"] = min(p["depth"], SIZES[size][2])
    model = cb.CatBoost(p)
    model.fit(data)
    if "scale" in options:
        model.set_scale_and_bias(*options["scale"])
    os.makedirs(folder, exist_ok=True)
    save(model, data, options, folder, "small" != size or os.path.basename(folder) in BOTH)


def hash_of(v):
    """A number for a category, so that labels depend on it."""
    return sum(str(v).encode()) % 17 - 8


def save(model, data, options, folder, with_json):
    cbm, text = os.path.join(folder, "model.cbm"), os.path.join(folder, "model.json")
    if "retype" in options:
        model.save_model(text, format="json", pool=data)
        with open(text) as f:
            changed = f.read().replace(*options["retype"])
        with open(text, "w") as f:
            f.write(changed)
        model = cb.CatBoost()
        model.load_model(text, format="json")
        os.remove(text)
    model.save_model(cbm)
    if with_json and not options.get("no_json") and "retype" not in options:
        model.save_model(text, format="json", pool=data)


def answers(model, data, loss, options, leaf):
    """What CatBoost answers: raw, the final answer of the loss, and the numbers of the leaves."""
    begin, end = options.get("iterations", (0, 0))
    at = dict(ntree_start=begin, ntree_end=end, thread_count=1)
    out = {"raw": model.predict(data, prediction_type="RawFormulaVal", **at)}
    name = loss.split(":")[0]
    final = {"Poisson": "Exponent", "Tweedie": "Exponent", "RMSEWithUncertainty": "RMSEWithUncertainty"}.get(name)
    if name in ("Logloss", "CrossEntropy", "Focal", "MultiClass", "MultiClassOneVsAll", "MultiLogloss", "MultiCrossEntropy"):
        final = "Probability"
    out["prediction"] = model.predict(data, prediction_type=final, **at) if final else out["raw"]
    if leaf:
        out["leaf"] = np.asarray(model.calc_leaf_indexes(data, ntree_start=begin, ntree_end=end)).astype(np.int32)
    return out


def borders_of(model):
    """The borders of numbers, as (column, value)."""
    found = model.get_borders()
    return [(j, float(v)) for j, values in found.items() for v in values]


def make(args, name, loss, kind, options):
    rng = common.random_of(args.seed, name)
    folder = os.path.join(args.out, name)
    names = [f"f{j}" for j in range(SIZES[args.size][3])]
    train(rng, args.size, loss, kind, options, names, folder)
    columns, x = table(rng, args.size, options, args.rows or SIZES[args.size][4], strange=True)
    model = cb.CatBoost()
    model.load_model(os.path.join(folder, "model.cbm"))
    cats = options.get("cats", {})
    borders = [(j, v) for j, v in borders_of(model) if j not in cats]
    x = common.sprinkle(rng, x, borders, common.EDGES + [np.inf, -np.inf])
    columns = [columns[j] if j in cats else x[:, j] for j in range(len(columns))]
    out = answers(model, pool(columns, names, options), loss, options, args.size != "large")
    if args.size == "small":
        write_rows(folder, columns, out)
        return
    files = sorted(f for f in os.listdir(folder) if f.startswith("model."))
    about = dict(name=name, seed=args.seed, library="catboost", version=cb.__version__, files=files, features=names, objective=loss,
                 categorical=[names[j] for j in cats], params={k: str(v) for k, v in options.get("params", {}).items()})
    if "iterations" in options:
        about["options"] = ["--iterations", "%d:%d" % options["iterations"]]
    common.write_case(folder, names, columns, out, about)


def write_rows(folder, columns, outputs):
    """rows.txt: features|raw|prediction|leaf; a category is a JSON text without spaces."""
    n = len(columns[0])
    parts = [np.asarray(outputs[k]).reshape(n, -1) for k in ("raw", "prediction", "leaf")]
    with open(os.path.join(folder, "rows.txt"), "w") as f:
        for i in range(n):
            cells = [json.dumps(str(c[i])).replace(" ", "\\u0020").replace("|", "\\u007c") if isinstance(c, list) else common.text(c[i]) for c in columns]
            f.write("|".join([" ".join(cells)] + [" ".join(common.text(v) for v in p[i]) for p in parts]) + "\n")


def main():
    args = common.arguments(__doc__)
    for name in common.chosen(args, KEPT if args.size == "small" else PLAIN):
        make(args, name, *PLAIN[name])
    if args.size == "small":
        return
    for k in range(20):
        name = f"random_{k:02}"
        if common.chosen(args, [name]):
            make(args, name, *random_case(common.random_of(args.seed, name)))


if __name__ == "__main__":
    main()
