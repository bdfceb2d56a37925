"""Holds what an engine wrote against what leapscore wrote."""
import duckdb


class Compare:
    def __init__(self, config):
        self.con = duckdb.connect()
        self.config = config

    def versions(self):
        return {}

    def run(self, paths):
        """paths are a table of leapscore and one of a peer, which may hold fewer rows, joined by tabs."""
        ours, theirs = paths.split("\t")
        rows, common, apart, greatest = self.con.execute(f"""
            SELECT (SELECT count(*) FROM read_parquet('{theirs}')), count(*),
                   count(*) FILTER (abs(a.y - b.y) > 1e-3 * (1 + abs(a.y))), max(abs(a.y - b.y))
            FROM (SELECT * FROM read_parquet('{ours}')) a(id, y) JOIN (SELECT * FROM read_parquet('{theirs}')) b(id, y) USING (id)""").fetchone()
        return {"rows": rows, "common": common, "apart": apart, "greatest": greatest}


class Count:
    """Answers a query with its one number."""

    def __init__(self, config):
        self.con = duckdb.connect()

    def versions(self):
        return {}

    def run(self, query):
        return self.con.execute(query).fetchone()[0]
