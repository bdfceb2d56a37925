"""The Python package, alone and inside Ray and Dask: Parquet is read, scored and written; without a model, the id and a column
that the model reads are written. PYTHONPATH and LEAPSCORE_BINARY say which package and program."""
import glob
import importlib.metadata
import os

ID, COLUMN = "listing_id", "bedrooms"


def versions(*packages):
    return {name: importlib.metadata.version(name) for name in packages}


class Predict:
    """One process of Python: Model.predict on the whole table."""

    def __init__(self, config):
        import leapscore

        self.config = config
        self.model = leapscore.load(config["model"], workers=config["threads"]) if config["model"] else None

    def versions(self):
        return versions("pyarrow")

    def run(self, output):
        import pyarrow.parquet as pq

        table = pq.ParquetDataset(sorted(glob.glob(self.config["input"]))).read()
        scored = self.model.predict(table, keep=ID) if self.model else table.select([ID, COLUMN])
        pq.write_table(scored, output)
        return {"rows": scored.num_rows}


class Ray:
    """A Ray of this machine, with an actor for each thread. It is started before the first run."""

    def __init__(self, config):
        os.environ["RAY_DATA_DISABLE_PROGRESS_BARS"] = "1"
        import ray

        self.config = config
        ray.init(num_cpus=config["threads"], include_dashboard=False, log_to_driver=False)

    def versions(self):
        return versions("ray")

    def run(self, output):
        import leapscore.ray
        import ray.data

        # Of several paths, Ray tries in threads at once to import what needs aiohttp, which fails at random if that is not installed.
        rows = ray.data.read_parquet(os.path.dirname(self.config["input"]))
        model = self.config["model"]
        scored = leapscore.ray.score(rows, model, keep=ID, concurrency=self.config["threads"]) if model else rows.select_columns([ID, COLUMN])
        scored.write_parquet(output)


class Dask:
    """A cluster of processes of one thread each. It is started before the first run."""

    def __init__(self, config):
        from distributed import Client, LocalCluster

        self.config = config
        self.client = Client(LocalCluster(n_workers=config["threads"], threads_per_worker=1, dashboard_address=None))

    def versions(self):
        return versions("dask")

    def run(self, output):
        import dask.dataframe

        import leapscore.dask

        rows = dask.dataframe.read_parquet(sorted(glob.glob(self.config["input"])))
        model = self.config["model"]
        scored = leapscore.dask.score(rows, model, keep=ID) if model else rows[[ID, COLUMN]]
        scored.to_parquet(output)
