"""Finds the program ``leapscore``, which the wheel carries."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterator

from .errors import BinaryNotFound

__all__ = ["find"]

_NAME = "leapscore"


def find() -> str:
    """Returns the path of the program.

    It is ``$LEAPSCORE_BINARY`` if that is set; else the program beside this
    installation of the package, also one by ``pip install --target``,
    ``--prefix`` or ``--user``; else the first ``leapscore`` in ``$PATH``.

    Raises:
        BinaryNotFound: there is none. The message says how to get one.
    """
    named = os.environ.get("LEAPSCORE_BINARY")
    if named:
        if _runs(named):
            return named
        raise BinaryNotFound(
            f"LEAPSCORE_BINARY is {named}, which is not a program that can be run: set it to the path of leapscore, or unset it"
        )
    for path in _candidates():
        if _runs(path):
            return path
    raise BinaryNotFound(
        "the program leapscore is not in this installation, nor in PATH: "
        "install the wheel for this platform (pip install --force-reinstall leapscore), or set LEAPSCORE_BINARY to the path of the program"
    )


def _runs(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _candidates() -> Iterator[str]:
    """The places where a program may be, the nearest to this package first."""
    installed = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # site-packages, or the target
    yield os.path.join(installed, "bin", _NAME)
    above = os.path.dirname(os.path.dirname(os.path.dirname(installed)))  # the prefix of lib/python3.x/site-packages
    if os.path.basename(installed) in ("site-packages", "dist-packages"):
        yield os.path.join(above, "bin", _NAME)
        yield os.path.join(above, "local", "bin", _NAME)  # where Debian puts the scripts of dist-packages
    schemes = ["", *sysconfig.get_scheme_names()]
    for scheme in schemes:
        folder = sysconfig.get_path("scripts", scheme) if scheme else sysconfig.get_path("scripts")
        if folder and (not scheme or scheme.endswith("_user")):
            yield os.path.join(folder, _NAME)
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        yield os.path.join(folder, _NAME)
