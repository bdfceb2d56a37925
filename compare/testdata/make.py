"""Writes pairs.parquet and, with pandas, NumPy and SciPy, what is to be found in it: pairs.json.

    pip install pandas scipy pyarrow && python make.py
"""
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import stats

rng = np.random.default_rng(7)
n = 600


def holes(values, share, with_nan=0.0):
    values = [None if rng.random() < share else v for v in values]
    return [float("nan") if v is not None and rng.random() < with_nan else v for v in values]


price = rng.normal(100, 25, n)
other = np.where(rng.random(n) < 0.4, price, price + rng.normal(2, 10, n))
rounded = np.round(price, -1)  # many ties
columns = {
    "a_price": pa.array(holes(price, 0.03, 0.02), pa.float64()),
    "b_price": pa.array(holes(other, 0.02, 0.02), pa.float64()),
    "a_rounded": pa.array(holes(rounded, 0.01), pa.float64()),
    "b_rounded": pa.array(holes(np.round(other, -1), 0.0), pa.float64()),
    "a_class": pa.array(holes(rng.integers(0, 3, n).astype(float), 0.01), pa.float64()),
    "b_class": pa.array(holes(rng.integers(0, 4, n).astype(float), 0.0), pa.float64()),
    "a_count": pa.array(rng.poisson(40, n), pa.int64()),
    "b_count": pa.array(rng.poisson(43, n), pa.int32()),
    "a_label": pa.array(holes([f"l{min(int(x), 30)}" for x in rng.exponential(6, n)], 0.02), pa.string()),
    "b_label": pa.array(holes([f"l{min(int(x), 30)}" for x in rng.exponential(7, n)], 0.02), pa.string()),
    "a_probability": pa.array(list(rng.dirichlet([1, 1, 1], n)), pa.list_(pa.float64())),
}
b = [v if rng.random() < 0.5 else (v + rng.normal(0, 0.1, 3)).tolist() for v in columns["a_probability"].to_pylist()]
columns["b_probability"] = pa.array(b, pa.list_(pa.float64()))
table = pa.table(columns)
pq.write_table(table, "pairs.parquet", compression="zstd", row_group_size=250)


def psi(bins):
    bins = [b for b in bins if b != (0, 0)]
    a, b = np.array(bins, float).T
    k = 0.5 * len(bins)
    q, p = (a + 0.5) / (a.sum() + k), (b + 0.5) / (b.sum() + k)
    return float(((p - q) * np.log(p / q)).sum())


def numbers(name):
    raw = [table[f"{p}_{name}"].to_pylist() for p in "ab"]
    null = [np.array([v is None for v in r]) for r in raw]
    x, y = (np.array([np.nan if v is None else float(v) for v in r]) for r in raw)
    have = ~(null[0] | null[1])
    equal = (null[0] & null[1]) | (have & ((x == y) | (np.isnan(x) & np.isnan(y))))
    both = np.isfinite(x) & np.isfinite(y)
    d = y[both] - x[both]
    frame = pd.DataFrame({"x": x, "y": y}).dropna()
    rho = stats.spearmanr(frame.x, frame.y).statistic
    assert abs(rho - frame.x.corr(frame.y, method="spearman")) < 1e-12
    xs, ys = np.sort(x[~np.isnan(x)]), y[~np.isnan(y)]
    values = np.unique(xs)
    if len(values) <= 20:
        bins = [(int((xs == v).sum()), int((ys == v).sum())) for v in values]
        bins.append((0, int((~np.isin(ys, values)).sum())))
    else:
        edges = np.unique([xs[len(xs) * i // 10] for i in range(10)])
        bins = [(0, int((ys < edges[0]).sum()))]
        for lo, hi in zip(edges, list(edges[1:]) + [np.inf]):
            top = xs[-1] if hi == np.inf else hi
            inside = lambda v: (v >= lo) & ((v <= top) if hi == np.inf else (v < hi))
            bins.append((int(inside(xs).sum()), int(inside(ys).sum())))
        bins.append((0, int((ys > xs[-1]).sum())))
    bins.append((int((np.isnan(x) & ~null[0]).sum()), int((np.isnan(y) & ~null[1]).sum())))
    bins.append((int(null[0].sum()), int(null[1].sum())))
    out = {
        "null_a": int((null[0] & ~null[1]).sum()), "null_b": int((null[1] & ~null[0]).sum()), "null_both": int((null[0] & null[1]).sum()),
        "equal_values": int(equal.sum()), "compared": int(both.sum()),
        "mean": float(d.mean()), "mean_absolute": float(np.abs(d).mean()), "max_absolute": float(np.abs(d).max()),
        "spearman": float(rho), "psi": psi(bins),
    }
    if len(values) <= 20 and len(np.unique(ys)) <= 20:
        changed = frame[frame.x != frame.y]
        out["flips"] = flips(changed.x.map("{:g}".format), changed.y.map("{:g}".format))
    return out


def flips(x, y):
    table = pd.crosstab(x, y).stack()
    table = table[table > 0]
    return {"rows": int(table.sum()), "table": {f"{a} {b}": int(c) for (a, b), c in table.items()}}


def labels(name):
    x, y = (table[f"{p}_{name}"].to_pandas().astype(object) for p in "ab")
    null = x.isna(), y.isna()
    top = x.value_counts()
    top = sorted(top.items(), key=lambda kv: (-kv[1], kv[0]))[:20]
    bins = [(c, int((y == v).sum())) for v, c in top]
    names = [v for v, _ in top]
    bins.append((int((~x.isin(names) & ~null[0]).sum()), int((~y.isin(names) & ~null[1]).sum())))
    bins.append((int(null[0].sum()), int(null[1].sum())))
    have = ~null[0] & ~null[1]
    changed = have & (x != y)
    return {
        "null_a": int((null[0] & ~null[1]).sum()), "null_b": int((null[1] & ~null[0]).sum()), "null_both": int((null[0] & null[1]).sum()),
        "equal_values": int(((have & (x == y)) | (null[0] & null[1])).sum()),
        "psi": psi(bins), "flips": flips(x[changed], y[changed]),
    }


def vectors(name):
    x, y = (np.array(table[f"{p}_{name}"].to_pylist()) for p in "ab")
    d = y - x
    return {
        "null_a": 0, "null_b": 0, "null_both": 0,
        "equal_values": int((x == y).all(axis=1).sum()), "compared": int(d.size), "mean": float(d.mean()),
        "mean_absolute": float(np.abs(d).mean()), "max_absolute": float(np.abs(d).max()),
        "argmax_flips": int((x.argmax(axis=1) != y.argmax(axis=1)).sum()),
    }


found = {name: numbers(name) for name in ["price", "rounded", "class", "count"]}
found["label"] = labels("label")
found["probability"] = vectors("probability")
with open("pairs.json", "w") as f:
    json.dump({"rows": n, "pairs": found}, f, indent=1, sort_keys=True)
    f.write("\n")
