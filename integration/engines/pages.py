"""Runs the Python of a page, in its order: pages.py PAGE."""

import re
import sys

page = open(sys.argv[1], encoding="utf-8").read()

if __name__ == "__main__":  # the processes of Dask begin here too
    names = {}
    for match in re.finditer(r"```python\n(.*?)```", page, re.S):
        line = page.count("\n", 0, match.start()) + 1
        exec(compile("\n" * line + match[1], sys.argv[1], "exec"), names)
