"""Writes src/leapscore/options.py, the keyword arguments of jobs, from docs/job.schema.json: options.py [--check]"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[2]
FILE = TOP / "python/src/leapscore/options.py"

HEAD = '''"""The keyword arguments of jobs. Written by tools/options.py from docs/job.schema.json: do not edit."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict, Union

__all__ = ["Options", "Value", "Values"]

Value = Union[str, int, float, bool, datetime.date, "os.PathLike[str]"]
"""One value: text, or what is written as text."""

Values = Union[Value, Sequence[Value]]
"""A value, or several."""


class Options(TypedDict, total=False):
    """The flags of ``leapscore score``, with _ for -. None is as if it were not given."""

'''


def type_of(said: Mapping[str, Any]) -> str:
    """Returns the type of a key."""
    if "enum" in said:
        return f"Literal[{', '.join(json.dumps(word) for word in said['enum'])}]"
    kinds = said.get("anyOf", [said])
    names = {kind["type"] if isinstance(kind["type"], str) else "value" for kind in kinds}
    if "object" in names:
        return "Union[Values, Mapping[str, Value]]"
    if "array" in names:
        return "Values"
    return {"boolean": "bool", "integer": "int", "number": "float"}.get(names.pop(), "Value")


def text() -> str:
    """Returns what the file must hold."""
    schema = json.loads((TOP / "docs/job.schema.json").read_text(encoding="utf-8"))
    parts = [HEAD]
    for key, said in schema["properties"].items():
        help_text = said["description"].replace("\\", "\\\\").replace('"""', "'''")
        default = f" (default {json.dumps(said['default'])})" if "default" in said and "default" not in help_text else ""
        parts.append(f'    {key.replace("-", "_")}: Union[{type_of(said)}, None]\n    """{help_text}{default}"""\n')
    return "".join(parts)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(FILE.read_text(encoding="utf-8") != text())
    FILE.write_text(text(), encoding="utf-8")
