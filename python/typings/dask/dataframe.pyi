from typing import Any, Sequence

class DataFrame:
    _meta: Any
    columns: Any
    def __getitem__(self, names: Sequence[str]) -> DataFrame: ...
    def map_partitions(self, function: Any, *arguments: Any, meta: Any) -> DataFrame: ...
