"""``python -m leapscore`` is the program ``leapscore``."""

import os
import sys

from .binary import find
from .errors import BinaryNotFound

try:
    program = find()
except BinaryNotFound as error:
    sys.exit(f"leapscore: {error}")
os.execv(program, ["leapscore", *sys.argv[1:]])
