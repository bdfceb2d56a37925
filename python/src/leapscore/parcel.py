"""A bundle as bytes, for machines that do not have its file.

The machine of the driver packs a local bundle once; each worker's machine
unpacks it once, whatever the number of workers there.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import zipfile
from dataclasses import dataclass, field

from .errors import ModelError

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/|jar:")


@dataclass(frozen=True)
class Parcel:
    """The bytes of a bundle: of its file, or of a zip of its folder.

    Attributes:
        name: the name of the file.
        digest: SHA-256 of data, in hexadecimal.
        data: the bytes.
    """

    name: str
    digest: str
    data: bytes = field(repr=False)

    def unpack(self) -> str:
        """Returns the path of the bundle on this machine, where it is written unless it is there.

        Raises:
            OSError: the temporary folder cannot be written.
        """
        home = os.path.join(_cache(), self.digest)
        path = os.path.join(home, self.name)
        if self._is_at(path):
            return path
        os.makedirs(home, exist_ok=True)
        handle, staging = tempfile.mkstemp(dir=home)
        with os.fdopen(handle, "wb") as file:
            file.write(self.data)
        os.replace(staging, path)  # several workers may do this at once, with the same bytes
        return path

    def _is_at(self, path: str) -> bool:
        """The bytes are compared: a machine may have lost power, or run out of space."""
        try:
            with open(path, "rb") as file:
                return hashlib.sha256(file.read()).hexdigest() == self.digest
        except OSError:
            return False


def pack(path: str | os.PathLike[str]) -> Parcel:
    """Packs the bundle at a local path, a file or a folder.

    Raises:
        ModelError: it cannot be read.
    """
    path = os.path.abspath(os.fspath(path))
    name = os.path.basename(path)
    try:
        if os.path.isdir(path):
            data, name = _zip(path), name + ".zip"
        else:
            with open(path, "rb") as file:
                data = file.read()
    except OSError as error:
        raise ModelError(f"{path}: {(error.strerror or str(error)).lower()}", exit_code=3) from error
    return Parcel(name, hashlib.sha256(data).hexdigest(), data)


def is_url(model: str) -> bool:
    """Whether every machine can open the model by itself: s3://..., jar:file:..., but no path."""
    return _URL.match(model) is not None


def _zip(folder: str) -> bytes:
    """The same bytes for the same files, whatever their times are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for parent, folders, files in os.walk(folder):
            folders.sort()
            for name in sorted(files):
                path = os.path.join(parent, name)
                entry = zipfile.ZipInfo(os.path.relpath(path, folder))
                entry.compress_type = zipfile.ZIP_DEFLATED
                with open(path, "rb") as file:
                    archive.writestr(entry, file.read())
    return buffer.getvalue()


def _cache() -> str:
    """A folder of this user alone: others must not put a model there."""
    path = os.path.join(tempfile.gettempdir(), f"leapscore-models-{os.getuid()}")
    os.makedirs(path, mode=0o700, exist_ok=True)
    found = os.stat(path, follow_symlinks=False)
    if found.st_uid != os.getuid() or found.st_mode & 0o077:
        return tempfile.mkdtemp(prefix="leapscore-models-")
    return path
