"""The floor: DuckDB reads the columns and writes a table, and there is no model."""
import duckdb

from .listing_model import ID, PREDICTION, read


class Floor:
    def __init__(self, config):
        self.config = config
        self.con = duckdb.connect()
        self.con.execute(f"SET threads = {config['threads']}")

    def versions(self):
        return {"DuckDB": duckdb.__version__}

    def table(self):
        """The files: a pattern, or a list of them."""
        paths = self.config["input"]
        paths = [paths] if isinstance(paths, str) else paths
        return "read_parquet([" + ", ".join(f"'{p}'" for p in paths) + "])"

    def select(self):
        if self.config["case"] == "ten":
            return "*"
        if self.config["case"] == "columns":
            names = [d[0] for d in self.con.execute(f"SELECT * FROM {self.table()} LIMIT 0").description]
            parts = [" + ".join(names[i : i + 100]) for i in range(1, len(names), 100)]  # deeper expressions are refused
            return f"id, {' + '.join(f'({p})' for p in parts)} AS prediction"
        if self.config["case"] == "select":
            return self.config["select"]
        m = read(self.config["model"])
        columns = m.numbers + [f"strlen({w})" for w in m.words]
        return f"{ID}, {' + '.join(columns)} AS {PREDICTION}"

    def run(self, output):
        where = f" WHERE {self.config['where']}" if self.config.get("where") else ""
        query = f"SELECT {self.select()} FROM {self.table()}{where}"
        self.con.execute(f"COPY ({query}) TO '{output}' (FORMAT parquet, COMPRESSION snappy)")
