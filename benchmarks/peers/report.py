"""The table and the chart that peers.py writes. Standard library only."""
import statistics
from dataclasses import dataclass
from html import escape
from math import log10

NOTES = """
How it was measured:

* The engines take turns: every engine runs once, then every engine again. The files are in the page cache, each engine has run before (Spark
  three times). Outputs are snappy Parquet of {threads} threads' work and are deleted after each run.
* leapscore is timed as a command, from start to exit: loading the model, reading, scoring, writing, fsync of the output. All others are
  timed inside a running process with the model loaded: no start of an interpreter or JVM, no import, no fsync. The floor is also given
  "as a command": a new Python process that imports duckdb and runs the same COPY.
* The floor reads the 13 columns of the model, and writes the id and a double: the sum of the 8 numbers and of the lengths of the 5 words.
  For ten columns it writes the ten, leapscore one more. It keeps the order of the rows, as leapscore does.
* All engines have the same model, with the numbers of the bundle: the stages of Spark ML and scikit-learn are built from them, skl2onnx
  converts the scikit-learn pipeline to ONNX, and the tree libraries load one ensemble, trained by XGBoost, in their own formats.
  "difference" is the greatest absolute difference of a prediction from leapscore's (for trees, from XGBoost's), and the number of rows that
  differ by more than 0.1 %: in single precision some values are equal to a threshold that they do not reach in double precision.
* CPU is user and system time of the process and its children. Memory is their peak resident set; for engines that stay in memory it is the peak
  of all runs so far.
""".strip()


@dataclass
class Section:
    title: str
    entries: list
    rows: int
    comparable: bool = True
    charted: bool = True
    trees: int = 0
    kernels: bool = False  # the peers are models without reading and writing

    def __post_init__(self):
        self.comparable = self.comparable and not self.trees

    def scaled(self, e, of="wall", by=statistics.median):
        """Seconds, for as many rows as the section has, or None."""
        values = [getattr(s, of) for s in e.samples if getattr(s, of) is not None]
        return by(values) * self.rows / e.rows if values and e.rows else None

    def shown(self, seconds):
        """A time as the section shows it: of the whole table, or of a row and tree."""
        return seconds * 1e9 / self.rows / self.trees if self.trees else seconds

    def base(self):
        """What ratios refer to: the floor; for trees, the fastest of the others."""
        floors = [e for e in self.entries if e.floor]
        others = [e for e in self.entries if not e.ours and e.samples]
        return (floors or sorted(others, key=self.scaled) or [None])[0]

    def ours(self):
        return next((e for e in self.entries if e.ours and e.samples), None)


def number(x, digits=3):
    if x is None:
        return "-"
    return f"{x:,.0f}" if x >= 1000 else f"{x:.{digits}g}" if x >= 1 else f"{x:.{digits}f}".rstrip("0")


def ratio(a, b):
    return "-" if a is None or not b else f"{a / b:.2f}" if a / b < 10 else f"{a / b:,.0f}"


def markdown(sections, about):
    out = [
        f"# leapscore beside others, {about['date']}",
        "",
        f"{about['machine']}. leapscore {about['commit']}. {about['threads']} threads, {about['runs']} runs in turns; "
        f"load average {about['load']} at the end.",
        "",
    ]
    for s in sections:
        out += table(s) + [""]
    out += [NOTES.format(**about), "", "Versions: " + versions(sections) + ".", ""]
    return "\n".join(out)


def table(s):
    unit = "ns per row and tree" if s.trees else "s"
    base, ours = s.base(), s.ours()
    of = "floor" if base and base.floor else base.label if base else "-"
    out = [
        f"## {s.title}" + ("" if s.trees else f", {s.rows:,} rows"),
        "",
        f"| | wall, {unit}: median | min | max | CPU, median | peak MB | wall / {of} | CPU / {of} | wall / leapscore's | difference |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for e in s.entries:
        if not e.samples:
            out.append(f"| {e.label} | {e.failed or 'no runs'} | | | | | | | | |")
            continue
        wall, cpu, peak = s.scaled(e), s.scaled(e, "cpu"), [x.peak_mb for x in e.samples if x.peak_mb]
        times = [number(s.shown(x)) for x in (wall, s.scaled(e, by=min), s.scaled(e, by=max))]
        cells = [
            e.label + (f" ({e.note})" if e.note else ""),
            *times,
            "-" if cpu is None else number(s.shown(cpu)),
            number(max(peak)) if peak else "-",
            ratio(wall, s.scaled(base)),
            ratio(cpu, s.scaled(base, "cpu")),
            ratio(wall, s.scaled(ours) if ours else None),
            difference(e),
        ]
        out.append("| " + " | ".join(cells) + " |")
    return out + ["", against_kernel(s) if s.kernels else winners(s)]


def against_kernel(s):
    """Says how leapscore stands to three floors and the fastest model alone."""
    floor, ours = s.base(), s.ours()
    kernels = [e for e in s.entries if not e.ours and not e.floor and e.samples]
    if ours is None or floor is None or not floor.floor or not kernels:
        return ""
    best = min(kernels, key=s.scaled)
    bound = 3 * s.scaled(floor) + s.scaled(best)
    return f"Three floors and the fastest model alone are {number(bound)} s; leapscore takes {ratio(s.scaled(ours), bound)} of that."


def difference(e):
    d = e.difference
    if not d:
        return ""
    apart = d.get("apart", 0)
    return f"{d['greatest']:.1g}" + (f", {apart:,} rows" if apart else "")


def winners(s):
    """Says who is faster than leapscore, if anybody is."""
    ours = s.ours()
    if ours is None:
        return ""
    faster = [e for e in s.entries if not e.ours and not e.floor and e.samples and s.scaled(e) < s.scaled(ours)]
    if not faster:
        return f"No peer is faster than {ours.label}."
    said = (f"{e.label} ({ratio(s.scaled(ours), s.scaled(e))} times)" for e in sorted(faster, key=s.scaled))
    return f"**Faster than {ours.label}:** " + ", ".join(said) + "."


def versions(sections):
    named = {}
    for s in sections:
        for e in s.entries:
            named |= e.versions
    return ", ".join(f"{k} {v}" for k, v in sorted(named.items(), key=lambda kv: kv[0].lower()))


WIDTH, LEFT, RIGHT, BAR = 860, 320, 150, 20
COLOURS = {"ours": "#0b7a75", "floor": "#8a8f98", "peer": "#c9ccd1"}


def chart(sections, about):
    """An SVG of horizontal bars on logarithmic scales, one panel a section."""
    body, y = [], 56
    for s in sections:
        if s.charted and any(e.samples for e in s.entries):
            y = panel(body, s, y)
    caption = f"Medians of {about['runs']} runs, {about['threads']} threads, {about['machine']}, {about['date']}. Logarithmic scales: shorter is faster."
    body.append(text(16, y + 6, caption, size=11, fill="#57606a"))
    height = y + 22
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="Helvetica, Arial, sans-serif">\n'
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff"/>\n'
        + text(16, 32, "Reading, scoring and writing a table", size=18, weight="bold")
    )
    return head + "\n" + "\n".join(body) + "\n</svg>\n"


def panel(body, s, y):
    title = s.title + ("" if s.trees else f", {s.rows:,} rows")
    body.append(text(16, y + 12, title, size=14, weight="bold"))
    y += 24
    measured = [e for e in s.entries if e.samples]
    values = {id(e): s.shown(s.scaled(e)) for e in measured}
    low, high = decade(min(values.values())), max(values.values())
    scale = (WIDTH - LEFT - RIGHT) / log10(high / low)
    ticks(body, s, y, y + BAR * len(measured), low, high, scale)
    for e in sorted(measured, key=lambda e: values[id(e)]):
        value = values[id(e)]
        width = log10(value / low) * scale
        kind = "ours" if e.ours else "floor" if e.floor else "peer"
        body.append(text(LEFT - 8, y + 14, e.label, size=12, anchor="end", weight="bold" if e.ours else "normal"))
        body.append(f'<rect x="{LEFT}" y="{y + 2}" width="{width:.1f}" height="{BAR - 5}" rx="2" fill="{COLOURS[kind]}"/>')
        body.append(text(LEFT + width + 6, y + 14, label(s, e, value), size=12))
        y += BAR
    return y + 32


def ticks(body, s, top, bottom, low, high, scale):
    """Marks the powers of ten."""
    at = low
    while at <= high * 1.001:
        x = LEFT + log10(at / low) * scale
        body.append(f'<path d="M{x:.1f} {top}V{bottom + 2}" stroke="#d8dee4"/>')
        body.append(text(x, bottom + 13, f"{at:g} {'ns' if s.trees else 's'}", size=10, anchor="middle", fill="#57606a"))
        at *= 10


def decade(x):
    """The power of ten at which the axis begins, at least a third below x."""
    power = 1e-6
    while power * 10 <= x * 0.67:
        power *= 10
    return power


def label(s, e, value):
    base = s.base()
    if s.trees:
        return f"{number(value)} ns per row and tree"
    return f"{number(value)} s" + ("" if e is base or base is None else f" ({ratio(s.scaled(e), s.scaled(base))} x)")


def text(x, y, words, size=12, anchor="start", weight="normal", fill="#1f2328"):
    return f'<text x="{x:.1f}" y="{y}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" fill="{fill}">{escape(words)}</text>'
