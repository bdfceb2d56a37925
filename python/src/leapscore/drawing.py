"""Draws the pipeline of a model as HTML, for notebooks. It needs no network and runs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

__all__ = ["drawing"]

WIDTH, HEIGHT, GAP_X, GAP_Y = 190, 46, 46, 12
MOST = 120  # nodes that are drawn; more are listed
LONGEST = 26  # characters of a line in a box

Box = tuple[int, list[str], bool]  # its column, its lines, and whether it adds a result


def drawing(inspection: Mapping[str, Any]) -> str:
    """Returns the pipeline as HTML: inputs at the left, results at the right."""
    nodes = [n for n in inspection.get("nodes") or () if n["op"] != "pipeline"]
    final = [str(o["name"]) for o in inspection.get("outputs") or () if o.get("final")]
    inputs = [str(i["name"]) for i in inspection.get("inputs") or ()]
    head = (
        f"<b>{escape(str(inspection.get('name', '')))}</b> &middot; {len(inputs)} inputs &middot; {len(nodes)} nodes &middot; "
        f"adds {escape(', '.join(final)) or 'nothing'} &middot; MLeap {escape(str(inspection.get('mleap_version', '')))}"
    )
    body = _graph(nodes, inputs, final) if len(nodes) <= MOST else _list(nodes)
    return f'<div style="font-family:sans-serif;font-size:12px"><div style="margin-bottom:6px">{head}</div>{body}</div>'


def _list(nodes: Sequence[Mapping[str, Any]]) -> str:
    rows = "".join(f"<li>{escape(_name(n))} ({escape(str(n['op']))})</li>" for n in nodes)
    return f'<details><summary>{len(nodes)} nodes</summary><ol style="margin:0">{rows}</ol></details>'


def _graph(nodes: Sequence[Mapping[str, Any]], inputs: Sequence[str], final: Sequence[str]) -> str:
    boxes: list[Box] = [(0, ["inputs", _short(", ".join(inputs))], False)]
    maker: dict[str, int] = {}  # the box that adds a column
    edges: list[tuple[int, int]] = []
    for node in nodes:
        sources = sorted({maker.get(str(c), 0) for c in node.get("reads") or ()})
        level = 1 + max((boxes[s][0] for s in sources), default=0)
        edges += [(source, len(boxes)) for source in sources]
        adds = [str(c) for c in node.get("adds") or ()]
        for column in adds:
            maker[column] = len(boxes)
        lines = [_short(str(node["op"])), _short(", ".join(adds) or _name(node))]
        boxes.append((level, lines, any(c in final for c in adds)))
    return _svg(boxes, edges)


def _svg(boxes: Sequence[Box], edges: Sequence[tuple[int, int]]) -> str:
    filled: dict[int, int] = {}
    places: list[tuple[int, int]] = []
    for level, _, _ in boxes:
        row = filled.get(level, 0)
        filled[level] = row + 1
        places.append((level * (WIDTH + GAP_X) + 1, row * (HEIGHT + GAP_Y) + 1))
    width = (max(filled) + 1) * (WIDTH + GAP_X) - GAP_X + 2
    height = max(filled.values()) * (HEIGHT + GAP_Y) - GAP_Y + 2
    parts = [_edge(places[a], places[b]) for a, b in edges]
    parts += [_box(place, lines, result) for place, (_, lines, result) in zip(places, boxes)]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
    return f'<div style="overflow:auto">{svg}</div>'


def _edge(a: tuple[int, int], b: tuple[int, int]) -> str:
    x1, y1, x2, y2 = a[0] + WIDTH, a[1] + HEIGHT // 2, b[0], b[1] + HEIGHT // 2
    bend = (x2 - x1) // 2 if x2 - x1 < 2 * GAP_X else GAP_X
    return f'<path d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}" fill="none" stroke="#999"/>'


def _box(place: tuple[int, int], lines: Sequence[str], result: bool) -> str:
    x, y = place
    stroke = ' stroke="#c60" stroke-width="2"' if result else ' stroke="#668"'
    texts = "".join(
        f'<text x="{x + 8}" y="{y + 18 + 17 * i}" fill="currentColor" font-size="12"{" font-weight=" + chr(34) + "bold" + chr(34) if i == 0 else ""}>'
        f"{escape(line)}</text>"
        for i, line in enumerate(lines)
    )
    return f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="5" fill="#88a" fill-opacity="0.12"{stroke}/>{texts}'


def _name(node: Mapping[str, Any]) -> str:
    name = str(node["path"]).rsplit("/", 1)[-1]
    return name[: -len(".node")] if name.endswith(".node") else name


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"
