"""The table and the chart of shapes.py. Standard library only."""
import statistics
from dataclasses import dataclass

from report import BAR, COLOURS, LEFT, RIGHT, WIDTH, number, ratio, text

NOTES = """
CPU is user and system time; medians of {runs} runs, in turns, files in the page cache. leapscore is a command, from start to exit, with the model loaded in each run;
the others are in a process that stays, with everything imported and one run before. A ratio is the median of the ratios of the turns. Where the best of the others
takes less, the ratio is bold.
""".strip()


@dataclass
class Result:
    shape: object
    rows: int
    ours: object
    peers: list

    def median(self, entry, of="cpu"):
        return statistics.median(getattr(s, of) for s in entry.samples) if entry.samples else None

    def best(self):
        """The peer that takes the least CPU time."""
        return min((p for p in self.peers if p.samples), key=self.median, default=None)

    def ratio(self, of="cpu"):
        best = self.best()
        if best is None or not self.ours.samples:
            return None
        return statistics.median(getattr(o, of) / getattr(p, of) for o, p in zip(self.ours.samples, best.samples))

    def line(self):
        """A row of the table."""
        best, r = self.best(), self.ratio()
        shown = "-" if r is None else f"**{r:.2f}**" if r > 1 else f"{r:.2f}"
        others = ", ".join(f"{p.label} " + (number(self.median(p)) if p.samples else p.failed) for p in self.peers)
        memory = [number(max(s.peak_mb for s in e.samples)) if e and e.samples else "-" for e in (self.ours, best)]
        ours = number(self.median(self.ours)) if self.ours.samples else self.ours.failed
        return f"| {self.shape.title} | {self.rows:,} | {self.shape.threads} | {ours} | {others} | {shown} | {ratio(self.ratio('wall'), 1)} | {memory[0]} | {memory[1]} |"


def markdown(results, about):
    out = [
        f"{about['machine']}. leapscore {about['commit']}, {about['date']}, load average {about['load']} at the end.",
        "",
        "| shape | rows | threads | leapscore, CPU s | others, CPU s | CPU, leapscore / best | wall | leapscore, MB | best, MB |",
        "|---|---|---|---|---|---|---|---|---|",
        *(r.line() for r in results),
        "",
        NOTES.format(**about),
        "",
        "Versions: " + ", ".join(f"{k} {v}" for k, v in sorted(versions(results))) + ".",
        "",
    ]
    return "\n".join(out)


def versions(results):
    return {item for r in results for e in [r.ours, *r.peers] for item in e.versions.items()}


def chart(results, about):
    """An SVG with a bar for each shape: leapscore's CPU time over that of the best peer."""
    shown = [(r.shape.title, r.best().label, r.ratio()) for r in results if r.ratio() is not None]
    high = max(2, max(r for _, _, r in shown))
    scale, body, y = (WIDTH - LEFT - RIGHT) / high, [], 56
    one = LEFT + scale
    for title, peer, r in shown:
        body.append(text(LEFT - 8, y + 14, title, size=12, anchor="end"))
        body.append(f'<rect x="{LEFT}" y="{y + 2}" width="{r * scale:.1f}" height="{BAR - 5}" rx="2" fill="{COLOURS["ours" if r <= 1 else "peer"]}"/>')
        body.append(text(LEFT + r * scale + 6, y + 14, f"{r:.2f} of {peer}", size=12))
        y += BAR
    body.append(f'<path d="M{one:.1f} 50V{y}" stroke="#1f2328" stroke-dasharray="3 3"/>')
    body.append(text(16, y + 18, f"Medians of {about['runs']} runs, {about['machine']}, {about['date']}. Shorter is faster.", size=11, fill="#57606a"))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 34}" width="{WIDTH}" height="{y + 34}" font-family="Helvetica, Arial, sans-serif">\n'
        f'<rect width="{WIDTH}" height="{y + 34}" rx="8" fill="#ffffff"/>\n'
        + text(16, 32, "CPU time of leapscore over that of the best of others", size=18, weight="bold")
    )
    return head + "\n" + "\n".join(body) + "\n</svg>\n"
