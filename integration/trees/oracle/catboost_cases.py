"""The kinds of CatBoost models of catboost.py: name -> (loss, labels, options).

Options: missing (share of missing numbers in the training), absent (missing in the rows only), cats (number of
categories by column), texts (how categories look), classes (number), params (of the training), retype (statistics that
only a GPU trains, put in place of others), scale (scale and bias to set), no_json (JSON cannot hold the model)."""

CTR = {"one_hot_max_size": 2, "max_ctr_complexity": 1}
COMBINED = {"one_hot_max_size": 2, "max_ctr_complexity": 3}
MANY = ["Borders:TargetBorderCount=3", "Buckets:TargetBorderCount=2:Prior=0.3/1", "BinarizedTargetMeanValue:TargetBorderCount=5",
        "Counter:Prior=0.5/1:CtrBorderCount=7"]

PLAIN = {
    "binary": ("Logloss", "binary", {}),
    "binary_missing_min": ("Logloss", "binary", {"missing": 0.2}),
    "binary_missing_max": ("Logloss", "binary", {"missing": 0.2, "params": {"nan_mode": "Max"}}),
    "binary_missing_later": ("Logloss", "binary", {"absent": 0.2}),
    "cross_entropy": ("CrossEntropy", "unit", {}),
    "focal": ("Focal:focal_alpha=0.4;focal_gamma=2", "binary", {}),
    "multiclass": ("MultiClass", "classes", {"missing": 0.1}),
    "multiclass_7": ("MultiClass", "classes", {"classes": 7}),
    "multiclass_ova": ("MultiClassOneVsAll", "classes", {"classes": 4}),
    "multiclass_absent": ("MultiClass", "sparse classes", {"params": {"classes_count": 6}}),
    "multiclass_ova_absent": ("MultiClassOneVsAll", "sparse classes", {"params": {"classes_count": 6}}),
    "multiclass_names": ("MultiClass", "named classes", {}),
    "multi_logloss": ("MultiLogloss", "flags", {}),
    "multi_cross_entropy": ("MultiCrossEntropy", "shares", {}),
    "multi_rmse": ("MultiRMSE", "pairs", {}),
    "rmse": ("RMSE", "regression", {}),
    "rmse_scaled": ("RMSE", "regression", {"scale": (1.7, -0.3)}),
    "iterations": ("RMSE", "regression", {"scale": (1.7, -0.3), "iterations": (3, 9)}),
    "iterations_first": ("MultiClass", "classes", {"iterations": (0, 9)}),
    "mae": ("MAE", "regression", {}),
    "quantile": ("Quantile:alpha=0.8", "regression", {}),
    "multi_quantile": ("MultiQuantile:alpha=0.2,0.5,0.9", "regression", {}),
    "poisson": ("Poisson", "counts", {}),
    "tweedie": ("Tweedie:variance_power=1.5", "counts", {}),
    "uncertainty": ("RMSEWithUncertainty", "regression", {}),
    "huber": ("Huber:delta=1", "regression", {}),
    "lq": ("Lq:q=3", "regression", {}),
    "expectile": ("Expectile:alpha=0.3", "regression", {}),
    "log_cosh": ("LogCosh", "regression", {}),
    "mape": ("MAPE", "positive", {}),
    "yetirank": ("YetiRank", "ranks", {"group": True}),
    "query_rmse": ("QueryRMSE", "ranks", {"group": True}),
    "depthwise": ("Logloss", "binary", {"missing": 0.1, "params": {"grow_policy": "Depthwise"}}),
    "depthwise_classes": ("MultiClass", "classes", {"params": {"grow_policy": "Depthwise"}}),
    "lossguide": ("RMSE", "regression", {"params": {"grow_policy": "Lossguide", "max_leaves": 12, "depth": 8}}),
    "lossguide_classes": ("MultiClass", "classes", {"params": {"grow_policy": "Lossguide", "max_leaves": 9}}),
    "depthwise_few": ("RMSE", "regression", {"params": {"grow_policy": "Depthwise", "min_data_in_leaf": 60, "bootstrap_type": "No"}}),
    "deep": ("RMSE", "regression", {"params": {"depth": 11, "iterations": 3}}),
    "deep_classes": ("MultiClass", "classes", {"params": {"depth": 9, "iterations": 3}}),
    "stumps": ("Logloss", "binary", {"params": {"depth": 1}}),
    "constant": ("RMSE", "constant", {"params": {"allow_const_label": True, "bootstrap_type": "No"}}),
    "many_borders": ("RMSE", "regression", {"missing": 0.05, "params": {"border_count": 800}}),
    "few_borders": ("RMSE", "regression", {"params": {"border_count": 2}}),
    "shrunk": ("RMSE", "regression", {"params": {"model_shrink_rate": 0.1, "langevin": True, "posterior_sampling": False}}),
    "one_hot": ("Logloss", "binary", {"cats": {1: 4, 3: 12}, "params": {"one_hot_max_size": 40}}),
    "one_hot_255": ("RMSE", "regression", {"cats": {0: 255, 2: 3}, "params": {"one_hot_max_size": 255}}),
    "one_hot_lossguide": ("Logloss", "binary", {"cats": {1: 6}, "missing": 0.1, "params": {"one_hot_max_size": 40, "grow_policy": "Lossguide"}}),
    "ctr": ("Logloss", "binary", {"cats": {1: 30, 3: 12}, "params": CTR}),
    "ctr_unicode": ("Logloss", "binary", {"cats": {0: 25, 2: 9}, "texts": "unicode", "params": CTR}),
    "ctr_whole": ("Logloss", "binary", {"cats": {0: 40, 3: 7}, "texts": "whole", "params": CTR}),
    "ctr_long": ("RMSE", "regression", {"cats": {1: 60}, "texts": "long", "params": CTR}),
    "ctr_classes": ("MultiClass", "classes", {"cats": {0: 20, 2: 9}, "params": CTR}),
    "ctr_counter": ("RMSE", "regression", {"cats": {0: 20, 2: 9}, "params": {**CTR, "simple_ctr": ["Counter"], "counter_calc_method": "Full"}}),
    "ctr_buckets": ("RMSE", "regression", {"cats": {0: 20, 2: 9}, "params": {**CTR, "simple_ctr": ["Buckets:TargetBorderCount=4"]}}),
    "ctr_borders": ("RMSE", "regression", {"cats": {0: 20, 2: 9}, "params": {**CTR, "simple_ctr": ["Borders:TargetBorderCount=6"]}}),
    "ctr_means": ("RMSE", "regression", {"cats": {0: 20, 2: 9}, "params": {**CTR, "simple_ctr": ["BinarizedTargetMeanValue:TargetBorderCount=7"]}}),
    "ctr_means_float": ("Logloss", "binary", {"cats": {0: 20, 2: 9}, "retype": ("BinarizedTargetMeanValue", "FloatTargetMeanValue"),
                                              "params": {**CTR, "simple_ctr": ["BinarizedTargetMeanValue"]}}),
    "ctr_frequency": ("Logloss", "binary", {"cats": {0: 20, 2: 9}, "retype": ("Counter", "FeatureFreq"), "params": {**CTR, "simple_ctr": ["Counter"]}}),
    "ctr_cuts": ("RMSE", "regression", {"cats": {0: 20, 2: 9}, "no_json": True,
                                        "params": {**CTR, "simple_ctr": ["Borders:TargetBorderCount=1", "Borders:TargetBorderCount=4:Prior=0.1/1"]}}),
    "ctr_many": ("RMSE", "regression", {"cats": {0: 20, 2: 9}, "params": {**CTR, "simple_ctr": MANY}}),
    "ctr_combined": ("Logloss", "binary", {"cats": {0: 7, 2: 3, 3: 2}, "missing": 0.1, "params": COMBINED}),
    "ctr_combined_many": ("RMSE", "regression", {"cats": {0: 7, 2: 5, 3: 2}, "missing": 0.1, "params": {**COMBINED, "simple_ctr": MANY, "combinations_ctr": MANY}}),
    "ctr_combined_one_hot": ("MultiClass", "classes", {"cats": {0: 9, 2: 6, 3: 4}, "params": {"one_hot_max_size": 4, "max_ctr_complexity": 4}}),
    "ctr_conditions": ("RMSE", "interaction", {"cats": {0: 15, 2: 3}, "params": {"one_hot_max_size": 4, "max_ctr_complexity": 4, "iterations": 10}}),
    "ctr_lossguide": ("Logloss", "binary", {"cats": {0: 9, 2: 6}, "params": {**COMBINED, "grow_policy": "Lossguide"}}),
    "ctr_depthwise_classes": ("MultiClass", "classes", {"cats": {0: 9, 2: 6}, "params": {**COMBINED, "grow_policy": "Depthwise"}}),
    "ctr_pairs": ("MultiRMSE", "pairs", {"cats": {0: 9, 2: 6}, "params": CTR, "no_json": True}),
    "ctr_flags": ("MultiLogloss", "flags", {"cats": {0: 9, 2: 6}, "params": CTR, "no_json": True}),
    "ctr_per_feature": ("Logloss", "binary", {"cats": {0: 9, 2: 6}, "params": {**CTR, "per_feature_ctr": ["0:Borders:Prior=0.2/1", "2:Buckets:Prior=0.5/1"]}}),
    "ctr_uncertainty": ("RMSEWithUncertainty", "regression", {"cats": {0: 9, 2: 6}, "params": COMBINED}),
    "only_categories": ("Logloss", "binary", {"cats": {0: 9, 1: 4, 2: 6, 3: 30}, "params": CTR}),
}

# The cases that the tests of models/catboost/booster keep (of seed 1; ctr_combined_one_hot of seed 4, whose trees combine categories with
# numbers, and ctr_conditions of seed 10, whose trees combine them with single categories), and those of them that have JSON too.
KEPT = ["binary_missing_min", "binary_missing_max", "binary_missing_later", "multiclass", "multiclass_absent", "multiclass_names", "multi_logloss",
        "multi_quantile", "rmse_scaled", "tweedie", "uncertainty", "depthwise_classes", "lossguide", "constant", "one_hot", "one_hot_lossguide",
        "ctr_unicode", "ctr_long", "ctr_whole", "ctr_means", "ctr_means_float", "ctr_frequency", "ctr_many", "ctr_combined_many", "ctr_combined_one_hot", "ctr_conditions"]
BOTH = ["binary_missing_max", "multiclass_absent", "depthwise_classes", "lossguide", "ctr_combined_one_hot", "ctr_conditions", "ctr_means"]


def random_case(rng):
    """A model of any kind."""
    loss, kind, options = PLAIN[list(PLAIN)[rng.integers(len(PLAIN))]]
    params = dict(options.get("params", {}))
    params.setdefault("depth", int(rng.integers(1, 9)))
    params.setdefault("border_count", int(rng.choice([5, 32, 254, 600])))
    if rng.random() < 0.3:
        params.setdefault("l2_leaf_reg", float(rng.uniform(0.1, 10)))
    return loss, kind, {"missing": float(rng.choice([0, 0.2])), **options, "params": params}
