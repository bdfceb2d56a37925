"""Files that only a child process sees. Needs no Airflow."""

from __future__ import annotations

import os
import tempfile

__all__ = ["open_with", "path_of"]


def open_with(text: str) -> int:
    """Returns the descriptor of a file that has no name, with this text, for a child that inherits it.

    It is in memory where the system has that, and is gone with the last
    process that has it open, however that ends. The caller closes it.
    """
    data = text.encode()
    if hasattr(os, "memfd_create"):
        number = os.memfd_create("leapscore", 0)
    else:
        with tempfile.TemporaryFile() as file:
            number = os.dup(file.fileno())
    try:
        while data:
            data = data[os.write(number, data) :]
        os.lseek(number, 0, os.SEEK_SET)
    except BaseException:
        os.close(number)
        raise
    return number


def path_of(descriptor: int) -> str:
    """Returns the path by which a child that inherits the file opens it."""
    return f"/dev/fd/{descriptor}"
