"""Tree ensembles alone, on one thread: one ensemble that XGBoost has trained, handed to every library in its own format."""
import json
import os

import numpy as np

from .listing_model import children

FEATURES, ROWS, TREES, DEPTH = 20, 65_536, 500, 6


class Make:
    """Trains the ensemble and writes it down for the others."""

    def __init__(self, config):
        import xgboost as xgb

        folder = config["folder"]
        if os.path.exists(os.path.join(folder, "trees.json")):
            return
        os.makedirs(folder, exist_ok=True)
        rng = np.random.default_rng(7)
        x = rng.standard_normal((ROWS, FEATURES), dtype=np.float32)
        y = np.sin(x[:, 0] * x[:, 1]) + np.abs(x[:, 2]) * x[:, 3] + x[:, 4:].sum(axis=1) / 8 + rng.standard_normal(ROWS, dtype=np.float32) / 2
        params = {"max_depth": DEPTH, "eta": 0.1, "base_score": 0, "tree_method": "hist", "nthread": config["threads"], "seed": 7}
        booster = xgb.train(params, xgb.DMatrix(x, y), TREES)
        booster.save_model(os.path.join(folder, "trees.xgb.json"))
        with open(os.path.join(folder, "trees.xgb.json")) as f:
            made = json.load(f)["learner"]["gradient_booster"]["model"]["trees"]
        trees = [preorder(t, 0) for t in made]
        expected = booster.inplace_predict(x).astype(np.float64)
        for name, values in (("rows", x.astype(np.float64)), ("expected", expected)):
            values.tofile(os.path.join(folder, name + ".f64"))
        with open(os.path.join(folder, "trees.lgb.txt"), "w") as f:
            f.write(lightgbm_text(trees))
        whole = {"features": FEATURES, "trees": trees, "rows": x.astype(np.float64).tolist(), "expected": expected.tolist()}
        with open(os.path.join(folder, "trees.json"), "w") as f:
            json.dump(whole, f)

    def versions(self):
        return {}


def preorder(tree, at):
    """XGBoost sends x < t left, in single precision; all others x <= t: that is the next number below."""
    if tree["left_children"][at] < 0:
        return [[tree["split_conditions"][at]]]
    below = np.nextafter(np.float32(tree["split_conditions"][at]), np.float32(-np.inf))
    left, right = (preorder(tree, tree[side][at]) for side in ("left_children", "right_children"))
    return [[tree["split_indices"][at], float(below)]] + left + right


def lightgbm_text(trees):
    texts = []
    for i, tree in enumerate(trees):
        shape = children(tree)
        inner = {at: n for n, at in enumerate(a for a, node in enumerate(tree) if len(node) == 2)}
        leaf = {at: n for n, at in enumerate(a for a, node in enumerate(tree) if len(node) == 1)}

        def number(at):
            return inner[at] if at in inner else ~leaf[at]

        lines = {
            "num_leaves": [len(leaf)],
            "num_cat": [0],
            "split_feature": [tree[a][0] for a in inner],
            "split_gain": [1] * len(inner),
            "threshold": [repr(tree[a][1]) for a in inner],
            "decision_type": [0] * len(inner),
            "left_child": [number(shape[a][0]) for a in inner],
            "right_child": [number(shape[a][1]) for a in inner],
            "leaf_value": [repr(tree[a][0]) for a in leaf],
            "leaf_weight": [1] * len(leaf),
            "leaf_count": [1] * len(leaf),
            "internal_value": [0] * len(inner),
            "internal_weight": [1] * len(inner),
            "internal_count": [1] * len(inner),
            "is_linear": [0],
            "shrinkage": [1],
        }
        texts.append(f"Tree={i}\n" + "".join(f"{k}={' '.join(map(str, v))}\n" for k, v in lines.items()) + "\n\n")
    head = {
        "version": "v3",
        "num_class": 1,
        "num_tree_per_iteration": 1,
        "label_index": 0,
        "max_feature_idx": FEATURES - 1,
        "objective": "regression",
        "feature_names": " ".join(f"x{i}" for i in range(FEATURES)),
        "feature_infos": " ".join(["[-10:10]"] * FEATURES),
        "tree_sizes": " ".join(str(len(t)) for t in texts),
    }
    return "tree\n" + "".join(f"{k}={v}\n" for k, v in head.items()) + "\n" + "".join(texts) + "end of trees\n"


class Trees:
    def __init__(self, config):
        self.folder = config["folder"]
        with open(os.path.join(self.folder, "trees.json")) as f:
            self.trees = json.load(f)["trees"]
        self.rows = np.fromfile(os.path.join(self.folder, "rows.f64")).reshape(-1, FEATURES)
        self.expected = np.fromfile(os.path.join(self.folder, "expected.f64"))
        self.floats = self.rows.astype(np.float32)
        self.named, self.predict = getattr(self, config["library"])()

    def versions(self):
        return self.named

    def run(self, _):
        greatest = float(np.abs(np.asarray(self.predict()).reshape(-1) - self.expected).max())
        return {"rows": len(self.rows), "trees": len(self.trees), "greatest": greatest}

    def xgboost(self):
        import xgboost as xgb

        booster = xgb.Booster({"nthread": 1}, model_file=os.path.join(self.folder, "trees.xgb.json"))
        booster.set_param("nthread", 1)
        return {"XGBoost": xgb.__version__}, lambda: booster.inplace_predict(self.floats)

    def lightgbm(self):
        import lightgbm as lgb

        booster = lgb.Booster(model_file=os.path.join(self.folder, "trees.lgb.txt"))
        return {"LightGBM": lgb.__version__}, lambda: booster.predict(self.rows, num_threads=1)

    def hist(self):
        import sklearn
        from sklearn.ensemble import HistGradientBoostingRegressor
        from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
        from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

        model = HistGradientBoostingRegressor(max_iter=1, early_stopping=False).fit(self.rows[:1000], self.expected[:1000])
        model._baseline_prediction = np.zeros((1, 1))
        model._predictors = []
        none = np.zeros((0, 8), dtype=np.uint32)
        for tree in self.trees:
            nodes = np.zeros(len(tree), dtype=PREDICTOR_RECORD_DTYPE)
            for i, (node, (left, right, depth)) in enumerate(zip(tree, children(tree))):
                n, leaf = nodes[i], len(node) == 1
                n["depth"], n["is_leaf"], n["count"] = depth, leaf, 1
                if leaf:
                    n["value"] = node[0]
                else:
                    n["feature_idx"], n["num_threshold"], n["left"], n["right"] = *node, left, right
            model._predictors.append([TreePredictor(nodes, none, none)])
        return {"scikit-learn": sklearn.__version__}, lambda: model.predict(self.rows)

    def onnx(self):
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = ort.InferenceSession(self.onnx_model().SerializeToString(), options, providers=["CPUExecutionProvider"])
        return {"ONNX Runtime": ort.__version__}, lambda: session.run(None, {"x": self.floats})[0]

    def onnx_model(self):
        from onnx import TensorProto, helper

        a = {k: [] for k in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids", "hitrates")}
        leaves = {k: [] for k in ("target_treeids", "target_nodeids", "target_ids", "target_weights")}
        for t, tree in enumerate(self.trees):
            for i, (node, (left, right, _)) in enumerate(zip(tree, children(tree))):
                leaf = len(node) == 1
                values = (t, i, 0 if leaf else node[0], 0.0 if leaf else node[1], "LEAF" if leaf else "BRANCH_LEQ", max(left, 0), max(right, 0), 1.0)
                for k, v in zip(a, values):
                    a[k].append(v)
                if leaf:
                    for k, v in zip(leaves, (t, i, 0, node[0])):
                        leaves[k].append(v)
        attributes = {"nodes_" + k: v for k, v in a.items()} | leaves | {"n_targets": 1, "aggregate_function": "SUM", "post_transform": "NONE"}
        op = helper.make_node("TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", **attributes)
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, FEATURES])
        y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])
        graph = helper.make_graph([op], "trees", [x], [y])
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15), helper.make_opsetid("ai.onnx.ml", 3)], ir_version=8)
