"""The shapes that shapes.py measures, a module for each kind. Only the functions of a shape import more than the standard library:
they run in workers."""
from dataclasses import dataclass, field
from typing import Callable

# A peer's function returns a job, which does the work once and writes to the path that it is given.
Job = Callable[[str], None]


@dataclass
class Shape:
    """A job, and who else does it.

    make(folder, rows, listings) writes tables and models to the folder, once; listings is a pattern of Parquet files of as many rows.
    arguments(folder) are those of leapscore score, but for --output.
    A peer is made by peer(folder, threads), which loads and warms up what stays in memory, and returns the job."""

    name: str
    title: str
    make: Callable[[str, int, str], None]
    arguments: Callable[[str], list]
    peers: dict = field(default_factory=dict)  # by label
    share: float = 1  # of the rows that are asked for
    rows: int = 0  # or a number of its own
    threads: int = 2
    engine: str = ""  # a version of DuckDB that the peers need, instead of that of requirements.txt

    def size(self, asked):
        return self.rows or max(1000, int(asked * self.share))


LARGE = 4_000_000 / 600_000  # a share: more rows than other shapes have


def own_model(folder):
    """The arguments for a model and a table that a shape has made, whose rows have an id."""
    return ["--model", folder + "/model", "--input", folder + "/t.parquet", "--keep", "id"]
