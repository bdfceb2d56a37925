import json
import os
import subprocess
import zipfile

import pyarrow.parquet
import pytest
import session


@pytest.fixture(scope="session")
def spark():
    spark = session.start()
    yield spark
    spark.stop()


@pytest.fixture(scope="session")
def lr():
    return str(session.EXAMPLES / "listings.lr.zip")


@pytest.fixture(scope="session")
def listings():
    return str(session.EXAMPLES / "listings")


@pytest.fixture(scope="session")
def command(tmp_path_factory):
    """Returns a function that scores by the command, and returns the rows by listing."""

    def score(*arguments, key="listing_id"):
        out = str(tmp_path_factory.mktemp("command") / "out.parquet")
        subprocess.run([os.environ["LEAPSCORE_BINARY"], "score", "--quiet", "--output", out, *map(str, arguments)], check=True)
        return {r[key]: r for r in pyarrow.parquet.read_table(out).to_pylist()}

    return score


@pytest.fixture(scope="session")
def linear(tmp_path_factory):
    """A bundle of 1 + 2 a + b / 2 over a vector (a, b, 0, 0, 0)."""

    def node(name, model, inputs, outputs):
        shape = {"inputs": [{"name": n, "port": p} for p, n in inputs.items()], "outputs": [{"name": n, "port": p} for p, n in outputs.items()]}
        folder = f"root/{name}.node/" if name != "root" else "root/"
        return {folder + "model.json": model, folder + "node.json": {"name": name, "shape": shape}}

    size = {"dimensions": [{"size": 5, "name": ""}]}
    files = {
        "bundle.json": {"uid": "d6c6f4b2-8f5e-4c3a-9d1b-0a1b2c3d4e5f", "name": "linear", "format": "json", "version": "0.25.2", "timestamp": "2026-11-01"},
        **node("root", {"op": "pipeline", "attributes": {"nodes": {"type": "list", "string": ["scale", "lr"]}}}, {}, {}),
        **node("scale", {"op": "normalizer", "attributes": {"p_norm": {"double": 2.0}, "input_size": {"int": 5}}}, {"input": "features"}, {"output": "unit"}),
        **node(
            "lr",
            {
                "op": "linear_regression",
                "attributes": {"coefficients": {"double": [2.0, 0.5, 0, 0, 0], "shape": size, "type": "tensor"}, "intercept": {"double": 1.0}},
            },
            {"features": "features"},
            {"prediction": "prediction"},
        ),
    }
    path = tmp_path_factory.mktemp("bundle") / "linear.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, json.dumps(content))
    return str(path)
