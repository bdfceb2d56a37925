"""What the generators of tree models share: random tables with the values that break comparisons, and cases.

A case is a folder: model files, input.parquet (__row and the features), expected.parquet (__row and one column an
output, lists where it has several values) and case.json. Tests of Go packages read rows.txt instead, which has
features|raw|prediction|leaf of one row a line."""
import argparse
import json
import os
import re

import numpy as np

# Numbers around the borders that the libraries draw: zeros, 1e-35 as a float32 and its neighbours, denormals of
# both widths, the ends of float32, whole numbers that a float32 or a double cannot hold.
ZERO = float(np.float32(1e-35))
EDGES = [0.0, -0.0, ZERO, -ZERO, np.nextafter(ZERO, 1), np.nextafter(-ZERO, -1), 5e-36, -5e-36, 5e-324, -5e-324,
         1e-310, 1e-45, 1e-40, -1e-40, 1.0, -1.0, 0.1, float(np.float32(0.1)), 16777216.0, 16777217.0, 2.0**31, -2.0**31,
         2.0**53, 3.4028234663852886e38, 3.5e38, 1e300, -1e300, 1.7976931348623157e308, -0.5, 2.9]


def arguments(description):
    p = argparse.ArgumentParser(description=description)
    p.add_argument("out", help="folder of the cases")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--only", default=".", help="regular expression of names")
    p.add_argument("--size", choices=["small", "normal", "large"], default="normal",
                   help="small: a few KB with rows.txt, for the tests of packages; large: big models and --rows rows")
    p.add_argument("--rows", type=int, default=0, help="rows of a case")
    return p.parse_args()


def numbers(rng, rows, width, missing=0.0, zeros=0.0):
    """Columns of different scales; some values are missing, some are zero."""
    x = np.empty((rows, width))
    for j in range(width):
        kind = j % 5
        if kind == 0:
            x[:, j] = rng.uniform(-5, 5, rows)
        elif kind == 1:
            x[:, j] = rng.normal(0, 10, rows)
        elif kind == 2:
            x[:, j] = rng.gamma(2, 2, rows)
        elif kind == 3:
            x[:, j] = rng.integers(0, 8, rows)
        else:
            x[:, j] = np.round(rng.normal(0, 1, rows), 2)
    if zeros:
        x[rng.random(x.shape) < zeros] = 0.0
    if missing:
        x[rng.random(x.shape) < missing] = np.nan
    return x


def sprinkle(rng, x, thresholds, edges, share=0.05):
    """Puts edges, and thresholds [(column, value)] and their neighbours, into some cells of x."""
    if x.shape[1] == 0:
        return x
    cells = rng.random(x.shape) < share
    x[cells] = rng.choice(edges, cells.sum())
    for _ in range(int(share * x.size)):
        if not thresholds:
            break
        j, v = thresholds[rng.integers(len(thresholds))]
        near = [v, np.nextafter(v, -np.inf), np.nextafter(v, np.inf), float(np.float32(v))]
        x[rng.integers(len(x)), j] = near[rng.integers(4)]
    return x


def labels(rng, x, kind, classes=3):
    """Labels that depend on the features."""
    clean = np.nan_to_num(np.clip(np.asarray(x, float), -20, 20))
    z = clean @ rng.normal(size=clean.shape[1]) / 5 + rng.normal(0, 0.3, len(clean))
    if kind == "binary":
        return (z > 0).astype(float)
    if kind == "classes":
        return np.digitize(z, np.quantile(z, np.linspace(0, 1, classes + 1)[1:-1])).astype(float)
    if kind == "positive":
        return np.exp(np.clip(z, -5, 5)) + 0.1
    if kind == "counts":
        return rng.poisson(np.exp(np.clip(z, -3, 3))).astype(float)
    if kind == "unit":
        return 1 / (1 + np.exp(-z))
    if kind == "ranks":
        return np.clip(np.floor(z + 2), 0, 4)
    return z


def table(names, columns, outputs):
    """Input and expected answers as Arrow tables."""
    import pyarrow as pa  # here, for environments that make rows.txt only
    n = len(columns[0]) if columns else len(next(iter(outputs.values())))
    rows = pa.array(np.arange(n), pa.int64())
    given = pa.table({"__row": rows, **{name: pa.array(c, from_pandas=False) for name, c in zip(names, columns)}})
    answers = {"__row": rows}
    for name, values in outputs.items():
        v = np.asarray(values).reshape(n, -1)
        answers[name] = pa.FixedSizeListArray.from_arrays(pa.array(v.ravel()), v.shape[1]).cast(pa.list_(pa.from_numpy_dtype(v.dtype)))
    return given, pa.table(answers)


def write_case(folder, names, columns, outputs, about):
    """Writes all of a case but the model."""
    import pyarrow.parquet as pq
    os.makedirs(folder, exist_ok=True)
    given, answers = table(names, columns, outputs)
    pq.write_table(given, os.path.join(folder, "input.parquet"))
    pq.write_table(answers, os.path.join(folder, "expected.parquet"))
    with open(os.path.join(folder, "case.json"), "w") as f:
        json.dump(about, f, indent=1)


def write_rows(folder, columns, outputs):
    """Writes rows.txt."""
    os.makedirs(folder, exist_ok=True)
    n = len(columns[0])
    parts = [np.asarray(outputs[k]).reshape(n, -1) for k in ("raw", "prediction", "leaf")]
    with open(os.path.join(folder, "rows.txt"), "w") as f:
        for i in range(n):
            lists = [[c[i] for c in columns]] + [p[i] for p in parts]
            f.write("|".join(" ".join(text(v) for v in values) for values in lists) + "\n")


def text(v):
    return str(int(v)) if isinstance(v, (int, np.integer)) else repr(float(v))


def chosen(args, names):
    """The names that --only asks for."""
    return [n for n in names if re.search(args.only, n)]


def random_of(seed, name):
    """A generator of its own for every case, so that each can be made alone."""
    return np.random.default_rng([seed, *name.encode()])
