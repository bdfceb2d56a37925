"""Values of tables as JSON: numbers, text, lists and objects as they are, the rest as text."""
import datetime
import decimal
import json
import math
import os
import sys


def plain(v):
    if isinstance(v, float) and not math.isfinite(v):
        return str(v)
    if isinstance(v, (bool, int, float, str)) or v is None:
        return v
    if isinstance(v, (datetime.date, datetime.datetime, decimal.Decimal)):
        return str(v)
    if isinstance(v, (bytes, memoryview)):
        return bytes(v).hex()
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    raise TypeError(f"{type(v)}: {v}")


def rows(table):
    """The rows of an Arrow table by their ids."""
    return sorted((plain(r) for r in table.to_pylist()), key=lambda r: r["id"])


def tell(v):
    """Prints v and ends the process, before threads of native libraries are torn down, which at times aborts."""
    print(json.dumps(v))
    sys.stdout.flush()
    os._exit(0)
