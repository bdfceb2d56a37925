"""The columns of a model: what it reads and adds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

__all__ = ["Column", "Schema"]

_TYPE = re.compile(r"(?:(?P<kind>tensor|list)<(?P<base>\w+)>(?:\[(?P<dims>[-\d,]*)\])?|map<(?P<key>\w+),(?P<value>\w+)>|(?P<scalar>\w+))$")


@dataclass(frozen=True)
class Column:
    """A column that a model reads or adds.

    Attributes:
        name: its name.
        type: its type, as MLeap names it: ``double``, ``string``, ``tensor<double>[8]``, ``list<string>``, ``map<string,double>``.
        base: the type of its values, such as ``double``.
        kind: ``scalar``, ``tensor``, ``list`` or ``map``.
        shape: ``()`` of a scalar, ``(8,)`` of a vector of eight values; None of lists, of maps, and of tensors of any shape.
        nullable: whether its rows may be null.
        final: of an output: whether it is a result of the pipeline, which ``outputs="final"`` gives.
        node: of an output: the node that adds it.
    """

    name: str
    type: str
    base: str
    kind: str
    shape: Optional[tuple[int, ...]]
    nullable: bool
    final: bool = False
    node: Optional[str] = None

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Column:
        """Makes a column of what ``inspect`` says of it."""
        text = str(said["type"])
        m = _TYPE.match(text)
        kind, base, shape = "scalar", text, ()
        if m is not None and m["kind"]:
            kind, base = m["kind"], m["base"]
            shape = tuple(int(d) for d in m["dims"].split(",") if d) if m["dims"] is not None else None
        elif m is not None and m["key"]:
            kind, base, shape = "map", m["value"], None
        return cls(str(said["name"]), text, base, kind, shape, bool(said["nullable"]), bool(said.get("final")), said.get("node"))

    def __str__(self) -> str:
        return f"{self.name}: {self.type}{'' if self.nullable else ' not null'}"


@dataclass(frozen=True)
class Schema:
    """What a model reads (``inputs``) and adds (``outputs``), in its order."""

    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]

    @property
    def final(self) -> tuple[Column, ...]:
        """The results of the pipeline."""
        return tuple(c for c in self.outputs if c.final)

    def __str__(self) -> str:
        lines = ["inputs", *(f"  {c}" for c in self.inputs), "outputs", *(f"  {c}{'  final' if c.final else ''}" for c in self.outputs)]
        return "\n".join(lines)
