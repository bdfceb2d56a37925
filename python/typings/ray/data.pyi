from typing import Any, Optional

class Schema:
    base_schema: Any

class Dataset:
    context: Any
    def schema(self, fetch_if_missing: bool = ...) -> Optional[Schema]: ...
    def map_batches(self, fn: Any, **arguments: Any) -> Dataset: ...

class ActorPoolStrategy:
    def __init__(self, *, min_size: int, max_size: int) -> None: ...
