"""Makes three nights of homes, trains a model of their rents with scikit-learn, and exports it as an MLeap bundle."""

from pathlib import Path

import mleap.sklearn.base
import mleap.sklearn.pipeline
import mleap.sklearn.preprocessing.data
import numpy as np
import pandas as pd
from mleap.sklearn.preprocessing.data import FeatureExtractor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(7)
columns = ["rooms", "area", "age"]


def homes(first, rows):
    rooms = random.integers(1, 7, rows)
    return pd.DataFrame({
        "home_id": range(first, first + rows),
        "rooms": rooms.astype(float),
        "area": (rooms * random.uniform(12, 30, rows)).round(1),
        "age": random.integers(0, 100, rows).astype(float),
    })


def train(table):
    rent = 50 + 30 * table.rooms + 9 * table.area - 0.5 * table.age + random.normal(0, 20, len(table))
    features = FeatureExtractor(input_scalars=columns, output_vector="numbers", output_vector_items=columns)
    scaler, model = StandardScaler(), LinearRegression()
    scaler.mlinit(prior_tf=features, output_features="scaled")
    model.mlinit(input_features="scaled", prediction_column="rent")
    pipeline = Pipeline([(step.name, step) for step in (features, scaler, model)])
    pipeline.mlinit()
    pipeline.fit(table[columns], rent.to_frame())  # MLeap wants a table, not a column
    return pipeline


def write(table, day):
    folder = Path("homes") / f"ds={day}"
    folder.mkdir(parents=True, exist_ok=True)
    table.to_parquet(folder / "homes.parquet", index=False)


first, second, third = homes(0, 1000), homes(1000, 1000), homes(2000, 1000)
second.loc[[3, 14, 159], "area"] = np.nan  # three homes without an area
third["area"] *= 3  # an export in other units
write(first, "2026-11-26")
write(second, "2026-11-27")
write(third, "2026-11-28")

Path("bundles").mkdir(exist_ok=True)
train(first).serialize_to_bundle("bundles", "rents", init=True)
