"""fixtures.py FOLDER: writes small ensembles with their covers, rows, and the contributions that XGBoost, LightGBM and CatBoost give for them.

They are those of ops/tree/shap/testdata. Each file holds the trees in a form of its own, so that package ops/tree/shap needs no parser of the libraries' files:
a node is [left, right, column, threshold, missing goes left, categories that go right or null], a leaf has left -1.
"""

import json
import math
import os
import sys

import catboost
import lightgbm
import numpy as np
import xgboost

ROWS = 60


def data(seed, columns=6):
    random = np.random.default_rng(seed)
    x = random.normal(size=(1500, columns))
    x[random.random(x.shape) < 0.1] = np.nan
    y = np.nan_to_num(x[:, 0] * x[:, 1]) + np.sin(np.nan_to_num(x[:, 2])) + random.normal(size=len(x)) * 0.1
    rows = random.normal(size=(ROWS, columns)) * 1.5
    rows[random.random(rows.shape) < 0.15] = np.nan
    return x, y, rows


def plain(values):
    """Numbers as JSON has them: NaN is null."""
    return [None if math.isnan(v) else float(v) for v in np.asarray(values, dtype=np.float64).ravel()]


def write(folder, name, model, rows, want):
    model["rows"] = [plain(r) for r in rows]
    model["want"] = [plain(w) for w in want]
    with open(os.path.join(folder, name + ".json"), "w") as out:
        json.dump(model, out, separators=(",", ":"))
        out.write("\n")


def below(x):
    """x < t is x <= the float32 below t."""
    return float(np.nextafter(np.float32(x), np.float32(-np.inf)))


def xgboost_tree(tree, group, weight):
    categories = {n: tree["categories"][b:b + s] for n, b, s in zip(tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"])}
    nodes, values = [], []
    for i, left in enumerate(tree["left_children"]):
        if left == -1:
            nodes.append([-1, -1, 0, 0, False, None])
            values.append(float(np.float32(tree["split_conditions"][i])))
            continue
        threshold = 0 if i in categories else below(tree["split_conditions"][i])
        nodes.append([left, tree["right_children"][i], tree["split_indices"][i], threshold, bool(tree["default_left"][i]), categories.get(i)])
    return {"nodes": nodes, "cover": plain(np.float32(tree["sum_hessian"])), "values": values, "output": group, "weight": weight}


def from_xgboost(folder, name, x, y, rows, rounds, types=None, **params):
    train = xgboost.DMatrix(x, y, feature_types=types, enable_categorical=types is not None)
    booster = xgboost.train({"nthread": 1, "seed": 1, **params}, train, rounds)
    model = json.loads(booster.save_raw("json"))["learner"]
    gbm = model["gradient_booster"]
    weights = gbm.get("weight_drop")
    trees = gbm.get("gbtree", gbm)["model"]
    groups = max(int(model["learner_model_param"]["num_class"]), 1)
    base = json.loads(model["learner_model_param"]["base_score"])
    if params["objective"].startswith("binary:"):
        base = [-float(np.log(np.float32(1) / np.float32(b) - np.float32(1))) for b in base]
    base = base if len(base) == groups else base * groups
    out = {"columns": x.shape[1], "outputs": groups, "base": plain(np.float32(base)),
           "trees": [xgboost_tree(t, trees["tree_info"][i], weights[i] if weights else 1) for i, t in enumerate(trees["trees"])]}
    rows = rows.astype(np.float32)
    want = booster.predict(xgboost.DMatrix(rows, feature_types=types, enable_categorical=types is not None), pred_contribs=True)
    write(folder, name, out, rows, want.reshape(ROWS, -1))


def lightgbm_tree(tree, output):
    nodes, cover, values = [], [], []

    def put(node):
        at = len(nodes)
        nodes.append([-1, -1, 0, 0, False, None])
        if "leaf_value" in node:
            cover.append(node.get("leaf_count", 1))
            values.append(node["leaf_value"])
            return at
        cover.append(node["internal_count"])
        left = put(node["left_child"])
        nodes[at] = [left, put(node["right_child"]), node["split_feature"], node["threshold"], node["default_left"], None]
        return at

    put(tree["tree_structure"])
    return {"nodes": nodes, "cover": cover, "values": values, "output": output, "weight": 1}


def from_lightgbm(folder, name, x, y, rows, rounds, **params):
    booster = lightgbm.train({"num_threads": 1, "verbose": -1, "seed": 1, **params}, lightgbm.Dataset(x, y), rounds)
    outputs = booster.num_model_per_iteration()
    trees = booster.dump_model()["tree_info"]
    out = {"columns": x.shape[1], "outputs": outputs, "base": [0] * outputs,
           "trees": [lightgbm_tree(t, i % outputs) for i, t in enumerate(trees)]}
    write(folder, name, out, rows, booster.predict(rows, pred_contrib=True).reshape(ROWS, -1))


def catboost_tree(tree, outputs):
    """A symmetric tree as nodes; the last split is that of the root. Dims values a leaf."""
    splits, weights = tree["splits"], tree["leaf_weights"]
    nodes, cover, values = [], [], []

    def put(level, leaf):
        at = len(nodes)
        nodes.append([-1, -1, 0, 0, False, None])
        cover.append(0)
        if level < 0:
            cover[at] = weights[leaf]
            values.extend(tree["leaf_values"][leaf * outputs:(leaf + 1) * outputs])
            return at
        s = splits[level]
        left, right = put(level - 1, leaf), put(level - 1, leaf | 1 << level)
        cover[at] = cover[left] + cover[right]
        nodes[at] = [left, right, s["float_feature_index"], s["border"], True, None]
        return at

    put(len(splits) - 1, 0)
    return {"nodes": nodes, "cover": cover, "values": values, "output": 0, "weight": 1}


def from_catboost(folder, name, x, y, rows, rounds, **params):
    model = catboost.CatBoost({"iterations": rounds, "thread_count": 1, "random_seed": 1, "allow_writing_files": False, "logging_level": "Silent", **params})
    model.fit(x, y)
    path = os.path.join(folder, "model.tmp")
    model.save_model(path, format="json")
    with open(path) as f:
        trees = json.load(f)
    os.remove(path)
    bias = trees["scale_and_bias"][1]
    rows = rows.astype(np.float32)
    want = model.get_feature_importance(catboost.Pool(rows), type="ShapValues", thread_count=1)
    out = {"columns": x.shape[1], "outputs": len(bias), "dims": len(bias), "base": bias,
           "trees": [catboost_tree(t, len(bias)) for t in trees["oblivious_trees"]]}
    write(folder, name, out, rows, want.reshape(ROWS, -1))


def main(folder):
    x, y, rows = data(1)
    classes = np.digitize(y, [-0.5, 0.5])
    from_xgboost(folder, "xgboost_regression", x, y, rows, 4, objective="reg:squarederror", max_depth=5)
    from_xgboost(folder, "xgboost_deep", x, y, rows, 1, objective="reg:squarederror", max_depth=10, min_child_weight=0)
    from_xgboost(folder, "xgboost_classes", x, classes, rows, 3, objective="multi:softprob", num_class=3, max_depth=4)
    from_xgboost(folder, "xgboost_dart", x, y > 0, rows, 6, objective="binary:logistic", booster="dart", rate_drop=0.5, max_depth=4)
    codes, known = x.copy(), rows.copy()
    for m in (codes, known):
        m[:, 3] = np.where(np.isnan(m[:, 3]), np.nan, np.abs(np.round(m[:, 3] * 4)))
    from_xgboost(folder, "xgboost_categories", codes, y + np.nan_to_num(codes[:, 3]) % 3, known, 4, objective="reg:squarederror", max_depth=4,
                 types=["q", "q", "q", "c", "q", "q"], tree_method="hist", max_cat_to_onehot=2)
    from_lightgbm(folder, "lightgbm_regression", x, y, rows, 4, objective="regression", num_leaves=31)
    from_lightgbm(folder, "lightgbm_classes", x, classes, rows, 3, objective="multiclass", num_class=3, num_leaves=15)
    from_catboost(folder, "catboost_regression", x, y, rows, 6, loss_function="RMSE", depth=6)
    from_catboost(folder, "catboost_classes", x, classes, rows, 4, loss_function="MultiClass", depth=4)


if __name__ == "__main__":
    main(sys.argv[1])
