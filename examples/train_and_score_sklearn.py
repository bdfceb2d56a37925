"""From training to a score in one script: scikit-learn trains, MLeap exports, leapscore scores, and all predictions are compared.

    python train_and_score_sklearn.py [FOLDER]

Needs mleap, scikit-learn, pandas and leapscore, and neither a JVM nor the network.
"""

import sys
import tempfile
from pathlib import Path

import leapscore
import mleap.sklearn.base
import mleap.sklearn.ensemble.forest
import mleap.sklearn.pipeline
import mleap.sklearn.preprocessing.data
import numpy as np
import pyarrow.parquet as pq
from mleap.sklearn.preprocessing.data import FeatureExtractor
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler


def linear(rows, target, columns):
    """Returns a fitted pipeline of a scaler and a linear model, in a form that MLeap exports."""
    features = FeatureExtractor(input_scalars=columns, output_vector="features", output_vector_items=columns)
    scaler, model = StandardScaler(), LinearRegression()
    scaler.mlinit(prior_tf=features, output_features="scaled")
    model.mlinit(input_features="scaled", prediction_column="prediction")
    return fit([features, scaler, model], rows[columns], target.to_frame())  # MLeap wants a table, not a column


def forest(rows, target, columns):
    """Returns a fitted forest, in a form that MLeap exports."""
    features = FeatureExtractor(input_scalars=columns, output_vector="features", output_vector_items=columns)
    model = RandomForestRegressor(n_estimators=20, max_depth=6, random_state=7)
    model.mlinit(input_features="features", prediction_column="prediction", feature_names=columns)
    return fit([features, model], rows[columns], target)


def fit(steps, rows, target):
    pipeline = Pipeline([(step.name, step) for step in steps])
    pipeline.mlinit()
    return pipeline.fit(rows, target)


def compare(name, pipeline, rows, columns, folder):
    """Exports a pipeline, scores the rows in two ways, and prints the largest difference from scikit-learn."""
    pipeline.serialize_to_bundle(str(folder), name, init=True)
    bundle = folder / f"{name}.zip"
    want = np.ravel(pipeline.predict(rows[columns]))

    # A data frame goes in and comes out: the columns that the model does not read, and the prediction.
    with leapscore.load(bundle) as model:
        scored = model.predict(rows)
    assert list(scored.columns) == ["patient", "prediction"], scored.columns

    # The same as a job over files, which ends with a table and the record of the run.
    record = leapscore.score(model=bundle, input=folder / "rows.parquet", output=folder / name, mode="overwrite")
    table = pq.read_table(folder / name).sort_by("patient")
    assert record.counts.rows_out == len(rows), record
    assert table["prediction"].to_numpy().tobytes() == scored["prediction"].to_numpy().tobytes(), "the job has other bits"

    difference = np.max(np.abs(scored["prediction"].to_numpy() - want))
    print(f"{name}: {record.counts.rows_out} rows, largest difference from scikit-learn {difference:.1e}")
    # MLeap adds in another order than scikit-learn, which changes last bits.
    assert np.allclose(scored["prediction"], want, rtol=1e-12, atol=0), difference


def main(folder):
    rows, target = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
    columns = list(rows.columns)
    # Trees of scikit-learn round features to 32 bits before they compare, and MLeap does not.
    # With features that have no more bits, a row takes the same branches in both.
    rows = rows.astype("float32").astype("float64")
    rows.insert(0, "patient", range(len(rows)))
    rows.to_parquet(folder / "rows.parquet", index=False)
    for train in (linear, forest):
        compare(train.__name__, train(rows, target, columns), rows, columns, folder)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(Path(made))
