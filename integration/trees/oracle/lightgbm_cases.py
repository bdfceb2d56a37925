"""The kinds of LightGBM models of lightgbm.py: name -> (objective, labels, options)."""

PLAIN = {
    "binary": ("binary", "binary", {}),
    "binary_missing": ("binary", "binary", {"missing": 0.2}),
    "binary_zero_as_missing": ("binary", "binary", {"zeros": 0.5, "params": {"zero_as_missing": True}}),
    "binary_no_missing": ("binary", "binary", {"missing": 0.1, "params": {"use_missing": False}}),
    "binary_sigmoid": ("binary", "binary", {"params": {"sigmoid": 0.7}}),
    "multiclass": ("multiclass", "classes", {"params": {"num_class": 3}}),
    "multiclassova": ("multiclassova", "classes", {"missing": 0.1, "params": {"num_class": 4, "sigmoid": 1.3}}),
    "regression": ("regression", "regression", {}),
    "regression_sqrt": ("regression", "regression", {"params": {"reg_sqrt": True}}),
    "regression_l1": ("regression_l1", "regression", {}),
    "l1_sqrt": ("regression_l1", "regression", {"params": {"reg_sqrt": True}}),
    "huber": ("huber", "regression", {}),
    "fair": ("fair", "regression", {}),
    "quantile": ("quantile", "regression", {"params": {"alpha": 0.8}}),
    "mape": ("mape", "positive", {}),
    "poisson": ("poisson", "counts", {}),
    "gamma": ("gamma", "positive", {}),
    "tweedie": ("tweedie", "counts", {}),
    "cross_entropy": ("cross_entropy", "unit", {}),
    "cross_entropy_lambda": ("cross_entropy_lambda", "unit", {}),
    "lambdarank": ("lambdarank", "ranks", {"group": True}),
    "rank_xendcg": ("rank_xendcg", "ranks", {"group": True}),
    "custom": ("custom", "regression", {}),
    "custom_classes": ("custom", "classes", {"params": {"num_class": 3}}),
    "dart": ("binary", "binary", {"params": {"boosting": "dart", "drop_rate": 0.4}}),
    "forest": ("binary", "binary", {"params": {"boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1}}),
    "forest_classes": ("multiclass", "classes", {"params": {"num_class": 3, "boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1}}),
    "linear": ("regression", "regression", {"params": {"linear_tree": True, "linear_lambda": 0.1}}),
    "linear_missing": ("regression", "regression", {"missing": 0.1, "params": {"linear_tree": True}}),
    "linear_categorical": ("binary", "binary", {"cats": {1: 9}, "missing": 0.1, "params": {"linear_tree": True}}),
    "categorical": ("binary", "binary", {"cats": {0: 5, 3: 60}, "missing": 0.1}),
    "categorical_onehot": ("regression", "regression", {"cats": {1: 3, 2: 4}, "params": {"max_cat_to_onehot": 8}}),
    "categorical_wide": ("multiclass", "classes", {"cats": {2: 300}, "params": {"num_class": 3}}),
    "infinite_thresholds": ("regression", "regression", {"missing": 0.5, "absent": True}),
    "iterations": ("multiclass", "classes", {"params": {"num_class": 3}, "iterations": (1, 3)}),
    "forest_iterations": ("binary", "binary", {"params": {"boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1}, "iterations": (1, 3)}),
    "linear_iterations": ("regression", "regression", {"params": {"linear_tree": True}, "missing": 0.1, "iterations": (1, 2)}),
    "saved_in_part": ("binary", "binary", {"saved": {"start_iteration": 1, "num_iteration": 2}}),
    "saved_without_trees": ("binary", "binary", {"saved": {"start_iteration": 100}}),
    "one_leaf": ("binary", "binary", {"params": {"min_gain_to_split": 1e12}}),
    "names": ("binary", "binary", {"names": ["a b", "é", "x-1", "select", "n.o", "z  z", "f7", "f8", "f9", "f10"]}),
}


def random_case(rng):
    """A kind with random options, for models that nobody has thought of."""
    name = sorted(PLAIN)[rng.integers(len(PLAIN))]
    objective, kind, options = PLAIN[name]
    options = {k: dict(v) if isinstance(v, dict) else v for k, v in options.items() if k != "names"}
    params = options.setdefault("params", {})
    options["missing"] = float(rng.choice([0, 0.05, 0.3]))
    options["zeros"] = float(rng.choice([0, 0.1, 0.6]))
    if "boosting" not in params and rng.random() < 0.3:
        params["boosting"] = str(rng.choice(["dart", "gbdt"]))
    if not params.get("linear_tree"):
        params["use_missing"] = bool(rng.random() < 0.8)
        params["zero_as_missing"] = bool(rng.random() < 0.3)
        params["extra_trees"] = bool(rng.random() < 0.3)
        if rng.random() < 0.4:
            options["cats"] = {int(j): int(rng.integers(2, 200)) for j in rng.choice(4, 2, replace=False)}
    params["learning_rate"] = float(rng.choice([0.05, 0.3, 1.0]))
    params["max_depth"] = int(rng.choice([-1, 4]))
    return objective, kind, options
