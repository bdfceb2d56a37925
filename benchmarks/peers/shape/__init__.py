"""The shapes that shapes.py measures, a module for each kind. Only the functions of a shape import more than the standard library:
they run in workers."""
from dataclasses import dataclass, field
from typing import Callable

# What a peer's function returns: it does the job once, and writes to the path that it is given.
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
    unit: str = ""  # an output in a format of its own: the suffix of its file
    command: str = "score"
    engine: str = ""  # a version of DuckDB that the peers need, instead of that of requirements.txt

    def size(self, asked):
        return self.rows or max(1000, int(asked * self.share))
