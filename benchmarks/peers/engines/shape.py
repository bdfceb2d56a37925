"""A peer of a shape of ../shape, and what makes the tables of shapes."""
import importlib
import sys

from shape.all import named


class Make:
    """Makes the tables and models of a shape in a folder."""

    def __init__(self, config):
        self.config = config

    def versions(self):
        return {}

    def run(self, folder):
        named(self.config["shape"]).make(folder, self.config["rows"], self.config["listings"])


class Peer:
    def __init__(self, config):
        self.job = named(config["shape"]).peers[config["peer"]](config["folder"], config["threads"])

    def versions(self):
        found = {"duckdb": "DuckDB", "polars": "Polars", "numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn", "pyarrow": "pyarrow"}
        return {said: importlib.import_module(m).__version__ for m, said in found.items() if m in sys.modules}

    def run(self, output):
        self.job(output)
