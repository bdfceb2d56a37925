"""The kinds of XGBoost models of xgboost.py: name -> (objective, labels, options)."""

PLAIN = {
    "binary": ("binary:logistic", "binary", {}),
    "binary_missing": ("binary:logistic", "binary", {"missing": 0.2}),
    "binary_zeros": ("binary:logistic", "binary", {"zeros": 0.5, "names": ["a b", "é", "x-1", "select", "n.o", "z  z", "f7", "f8", "f9", "f10"]}),
    "logitraw": ("binary:logitraw", "binary", {}),
    "hinge": ("binary:hinge", "binary", {}),
    "logistic": ("reg:logistic", "unit", {}),
    "softprob": ("multi:softprob", "classes", {"params": {"num_class": 3}}),
    "softmax": ("multi:softmax", "classes", {"missing": 0.1, "params": {"num_class": 4}}),
    "base_score": ("reg:squarederror", "regression", {"params": {"base_score": 12.3456789}}),
    "base_score_logistic": ("binary:logistic", "binary", {"params": {"base_score": 0.0312345}}),
    "lossguide": ("reg:squarederror", "regression", {"params": {"grow_policy": "lossguide", "max_leaves": 9, "tree_method": "hist"}}),
    "exact": ("reg:squarederror", "regression", {"missing": 0.2, "params": {"tree_method": "exact", "gamma": 0.5}}),
    "absolute": ("reg:absoluteerror", "regression", {}),
    "pseudohuber": ("reg:pseudohubererror", "regression", {}),
    "squaredlog": ("reg:squaredlogerror", "positive", {}),
    "quantile": ("reg:quantileerror", "regression", {"since": 2, "params": {"quantile_alpha": [0.1, 0.5, 0.9], "tree_method": "hist"}}),
    "poisson": ("count:poisson", "counts", {}),
    "gamma": ("reg:gamma", "positive", {}),
    "tweedie": ("reg:tweedie", "counts", {"params": {"tweedie_variance_power": 1.3}}),
    "cox": ("survival:cox", "positive", {}),
    "aft": ("survival:aft", "positive", {"aft": True}),
    "rank_pairwise": ("rank:pairwise", "ranks", {"group": True}),
    "rank_ndcg": ("rank:ndcg", "ranks", {"group": True, "missing": 0.2}),
    "rank_map": ("rank:map", "binary", {"group": True}),
    "dart": ("binary:logistic", "binary", {"params": {"booster": "dart", "rate_drop": 0.4}}),
    "dart_classes": ("multi:softprob", "classes", {"params": {"booster": "dart", "rate_drop": 0.4, "num_class": 3, "num_parallel_tree": 2, "subsample": 0.7}}),
    "linear": ("reg:squarederror", "regression", {"missing": 0.1, "params": {"booster": "gblinear"}}),
    "linear_classes": ("multi:softprob", "classes", {"params": {"booster": "gblinear", "num_class": 3}}),
    "forest": ("binary:logistic", "binary", {"params": {"num_parallel_tree": 3, "subsample": 0.6, "colsample_bynode": 0.6}}),
    "forest_classes": ("multi:softmax", "classes", {"params": {"num_parallel_tree": 2, "subsample": 0.6, "num_class": 3}}),
    "categorical_onehot": ("binary:logistic", "binary", {"cats": {0: 4, 3: 12}, "params": {"max_cat_to_onehot": 50, "tree_method": "hist"}}),
    "categorical_partition": ("reg:squarederror", "regression", {"cats": {1: 40, 2: 70}, "missing": 0.1, "params": {"max_cat_to_onehot": 1, "tree_method": "hist"}}),
    "targets": ("reg:squarederror", "regression", {"targets": 3}),
    "labels": ("binary:logistic", "binary", {"targets": 2}),
    "vector_leaves": ("reg:squarederror", "regression", {"since": 2, "targets": 3, "params": {"multi_strategy": "multi_output_tree", "tree_method": "hist"}}),
    "vector_classes": ("multi:softprob", "classes", {"since": 2, "params": {"num_class": 4, "multi_strategy": "multi_output_tree", "tree_method": "hist"}}),
    "early": ("binary:logistic", "binary", {"early": True}),
    "one_leaf": ("reg:squarederror", "regression", {"params": {"gamma": 1e12}}),
    "steep": ("binary:logistic", "binary", {"params": {"eta": 60, "lambda": 0, "max_delta_step": 60}}),
}

BOOSTERS = ["gbtree", "gbtree", "gbtree", "dart", "gblinear"]


def random_case(rng, objectives=("binary:logistic", "reg:squarederror", "multi:softprob", "count:poisson", "rank:ndcg", "reg:gamma")):
    """A case of a random kind."""
    objective = str(rng.choice(objectives))
    kind = {"binary:logistic": "binary", "multi:softprob": "classes", "count:poisson": "counts", "rank:ndcg": "ranks", "reg:gamma": "positive"}.get(objective, "regression")
    params = {"booster": str(rng.choice(BOOSTERS)), "max_depth": int(rng.integers(1, 9)), "eta": float(rng.uniform(0.05, 0.6))}
    options = {"missing": float(rng.choice([0, 0, 0.05, 0.3])), "zeros": float(rng.choice([0, 0.4])), "params": params}
    if objective == "multi:softprob":
        params["num_class"] = int(rng.integers(2, 7))
    if objective == "rank:ndcg":
        options["group"] = True
    if params["booster"] == "gblinear":
        return objective, kind, {**options, "missing": 0, "params": {k: v for k, v in params.items() if k not in ("max_depth",)}}
    params["num_parallel_tree"] = int(rng.choice([1, 1, 3]))
    params["subsample"] = float(rng.uniform(0.5, 1))
    if params["booster"] == "dart":
        params["rate_drop"] = 0.3
    elif rng.random() < 0.3:
        options["cats"] = {1: int(rng.integers(2, 90)), 3: int(rng.integers(2, 20))}
        params.update(tree_method="hist", max_cat_to_onehot=int(rng.choice([1, 30])))
    return objective, kind, options
