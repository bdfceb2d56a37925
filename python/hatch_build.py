"""Puts the binary of leapscore into the wheel, and derives version and tag.

release/wheel.sh sets LEAPSCORE_WHEEL_BINARY (the binary), LEAPSCORE_WHEEL_SBOM
(its bill of materials) and LEAPSCORE_VERSION. An editable install needs none of
them: it finds the binary by LEAPSCORE_BINARY or on the PATH.
"""

from __future__ import annotations

import os
import re
import subprocess
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The minor versions of glibc 2 that manylinux profiles are checked for. A wheel has
# the first one that is not older than the symbols of its binary.
PROFILES = (5, 12, 17, 24, 26, 27, 28, 31, 34, 35, 36, 37, 38, 39, 40, 41)
MACHINES = {"EM_X86_64": "x86_64", "EM_AARCH64": "aarch64"}


def version() -> str:
    """Returns the version of this tree in the form of PEP 440."""
    return pep440(os.environ.get("LEAPSCORE_VERSION") or described())


def described() -> str:
    """Returns what git calls this tree, in the form of release/version.sh."""
    git = ["git", "-C", os.path.dirname(os.path.abspath(__file__))]
    for arguments in (["describe", "--tags", "--match", "v[0-9]*"], ["rev-parse", "--short=12", "HEAD"]):
        said = subprocess.run([*git, *arguments], capture_output=True, text=True, check=False)
        if said.returncode == 0:
            name = said.stdout.strip()
            return name if name.startswith("v") else f"v0.0.0-g{name}"
    return "v0.0.0"


def pep440(name: str) -> str:
    """Returns a version of git in the form of PEP 440.

    v1.2.3 is 1.2.3, and v1.2.0-rc.1 is 1.2.0rc1. Commits after a tag sort after it:
    v1.2.3-5-gabc is 1.2.3.post5+gabc. Without any tag, v0.0.0-gabc is 0.0.0.dev0+gabc.
    """
    form = r"v(\d+(?:\.\d+)*)(?:-(alpha|beta|rc)\.?(\d+))?(?:-(\d+))?(?:-(g[0-9a-f]+))?(-dirty)?"
    match = re.fullmatch(form, name)
    if match is None:
        raise ValueError(f"version {name!r}: want a form like v1.2.3, v1.2.0-rc.1 or v1.2.3-5-gabcdef")
    release, stage, number, commits, commit, dirty = match.groups()
    public = release + (f"{stage}{number}" if stage else "")
    public = public.replace("alpha", "a").replace("beta", "b")
    if commits:
        public += f".post{commits}"
    elif commit:
        public += ".dev0"
    local = ".".join(part for part in (commit, "dirty" if dirty else None) if part)
    return f"{public}+{local}" if local else public


def platform_tag(path: str) -> str:
    """Returns the oldest manylinux tag on whose systems a binary starts."""
    from elftools.elf.elffile import ELFFile
    from elftools.elf.gnuversions import GNUVerNeedSection

    newest = 0
    with open(path, "rb") as file:
        elf = ELFFile(file)
        machine = MACHINES.get(elf["e_machine"])
        for section in elf.iter_sections():
            if isinstance(section, GNUVerNeedSection):
                for library, symbols in section.iter_versions():
                    newest = max(newest, *(glibc_minor(path, library.name, symbol.name) for symbol in symbols))
    if machine is None or newest == 0:
        raise ValueError(f"{path}: want a binary for Linux on x86-64 or arm64 that is linked to glibc")
    return f"manylinux_2_{next((known for known in PROFILES if known >= newest), newest)}_{machine}"


def glibc_minor(path: str, library: str, symbol: str) -> int:
    match = re.fullmatch(r"GLIBC_2\.(\d+)(?:\.\d+)?", symbol)
    if match is None:
        raise ValueError(f"{path} needs {symbol} of {library}, which old systems lack: build it with release/binary.sh")
    return int(match[1])


class CustomBuildHook(BuildHookInterface[Any]):
    """The hook that hatchling calls for each wheel and for each sdist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the binary to the wheel; see hatchling's build hooks for the arguments."""
        if self.target_name == "sdist":
            raise RuntimeError("the binary is built from Go, which an sdist of this folder lacks: make a wheel with `make wheel`")
        if version == "editable":
            return
        binary = os.environ.get("LEAPSCORE_WHEEL_BINARY")
        if not binary:
            raise RuntimeError("a wheel without the binary is of no use: make it with `make wheel`, or install this folder with `pip install -e`")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag(binary)}"
        build_data["shared_scripts"][binary] = "leapscore"
        if sbom := os.environ.get("LEAPSCORE_WHEEL_SBOM"):
            build_data["sbom_files"].append(sbom)
