# As far as leapscore uses it: the types of Dask need Dask.
from typing import Any

def delayed(value: Any) -> Any: ...
