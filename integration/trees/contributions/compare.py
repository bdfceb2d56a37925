#!/usr/bin/env python3
"""Compares leapscore's --explain with the library's own contributions: compare.py LIBRARY CASES LEAPSCORE

The cases are those of the generators in the folder oracle. Exit code 1 if values differ, or if nothing was compared. Left out are cases that
the library does not explain, cases with options, and CatBoost's trees that are not symmetric, whose values do not sum to CatBoost's raw values."""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

TOLERANCE = {"xgboost": 1e-6, "lightgbm": 1e-10, "catboost": 1e-10}  # of the largest value


def of_lightgbm(file, table):
    import lightgbm
    booster = lightgbm.Booster(model_file=file)
    return booster.predict(table.to_pandas().to_numpy(dtype=float), pred_contrib=True), booster.num_model_per_iteration()


def of_xgboost(file, table):
    import xgboost
    booster = xgboost.Booster(model_file=file)
    rows = xgboost.DMatrix(table.to_pandas().to_numpy(dtype=np.float32), feature_types=booster.feature_types, feature_names=booster.feature_names, enable_categorical=True)
    best = booster.attr("best_iteration")
    values = booster.predict(rows, pred_contribs=True, iteration_range=(0, int(best) + 1) if best else (0, 0))
    return values, values.shape[1] if values.ndim == 3 else 1


def of_catboost(file, table):
    import catboost
    model = catboost.CatBoost().load_model(file)
    if "SymmetricTree" not in str(model.get_all_params().get("grow_policy", "SymmetricTree")):
        return None, 0
    pool = catboost.Pool(table.to_pandas(), cat_features=model.get_cat_feature_indices())
    values = model.get_feature_importance(pool, type="ShapValues")
    return values, values.shape[1] if values.ndim == 3 else 1


def ours(leapscore, file, source):
    """The values, rows x outputs x features and bias; or why there are none."""
    with tempfile.TemporaryDirectory() as temp:
        target = os.path.join(temp, "out.parquet")
        p = subprocess.run([leapscore, "score", "--model", file, "--input", source, "--output", target, "--keep", "__row", "--explain", "all"],
                           capture_output=True, text=True, check=False)
        if p.returncode:
            return None, p.stderr.strip().splitlines()[-1]
        table = pq.read_table(target).sort_by("__row")
    columns = [np.array(table[c].to_pylist(), dtype=float) for c in table.column_names if c.startswith("explain_")]
    values = np.stack([c.reshape(len(c), -1) for c in columns], axis=2)
    return values, None


def check(library, folder, leapscore):
    """What is wrong, and whether values were compared."""
    with open(os.path.join(folder, "case.json")) as f:
        options = json.load(f).get("options")
    source = os.path.join(folder, "input.parquet")
    table = pq.read_table(source).sort_by("__row").drop_columns("__row")
    texts = any(not (pa.types.is_floating(c.type) or pa.types.is_integer(c.type)) for c in table.schema)
    files = [f for f in sorted(os.listdir(folder)) if f.endswith((".txt", ".cbm", ".ubj")) and f != "rows.txt"]
    if options or not files or texts and library != "catboost":
        return None, False
    file = os.path.join(folder, files[0])
    got, refused = ours(leapscore, file, source)
    if refused:
        return (None, False) if "refuses them as well" in refused else (refused, True)
    want, outputs = globals()["of_" + library](file, table)
    if want is None:
        return None, False
    want = want.reshape(len(want), outputs, -1)
    if got.shape != want.shape:
        met = np.isfinite(got[0, :, -1])  # classes that the training did not meet are -inf
        if library == "catboost" and met.sum() == want.shape[1]:
            got = got[:, met]
        elif library == "catboost" and want.shape[1] == 1:  # the mean of an uncertainty
            got = got[:, :1]
        else:
            return f"shape {got.shape}, want {want.shape}", True
    finite = np.isfinite(want) & np.isfinite(got)
    worst = np.abs(np.where(finite, got - want, 0)).max() / max(1e-9, np.abs(np.where(finite, want, 0)).max())
    return (f"values differ by {worst:.2g} of the largest" if worst > TOLERANCE[library] else None), True


def main(library, cases, leapscore):
    compared = bad = 0
    for name in sorted(os.listdir(cases)):
        wrong, done = check(library, os.path.join(cases, name), leapscore)
        compared += done
        if wrong:
            bad += 1
            print(f"{name}: {wrong}")
    print(f"contributions of {compared} cases, {bad} of them wrong")
    sys.exit(1 if bad or not compared else 0)


main(*sys.argv[1:])
