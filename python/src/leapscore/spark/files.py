"""Files that the workers of Spark need: the model, and the binary where no wheel is installed.

A file of the driver is added to the session under a name that holds its SHA-256, so that a new
model under an old path is another file, and workers never take the one for the other.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import re
import shutil
import tempfile
import weakref
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from leapscore.errors import ModelError

_added: weakref.WeakKeyDictionary[Any, set[str]] = weakref.WeakKeyDictionary()
_folders: list[str] = []


@dataclass(frozen=True)
class WorkerFile:
    """Where a worker finds a file: a path or URL, or the name of a file that was added to the session."""

    path: str
    added: str = ""

    def find(self) -> str:
        """Returns the path or URL on this worker. It raises `ModelError` if there is no such file."""
        if is_url(self.path):
            return self.path
        tried = [self.path] if not self.added else []
        tried += [p for p in map(added_path, (self.added or self.path, os.path.basename(self.path))) if p]
        for path in tried:
            if os.path.exists(path):
                return path
        raise ModelError(
            f"{self.path} is not on this worker; tried {', '.join(tried)}. Give a path or a URL that all workers read, "
            "a file that the driver has, or the name of a file of --files or --archives"
        )


def is_url(path: str) -> bool:
    """Reports whether a path is a URL of a store or of a web server, which every machine opens by itself."""
    return re.match(r"(?!file:)[a-z][a-z0-9+.-]+:", path, re.I) is not None


def local_path(path: str) -> str:
    """Returns a path without the scheme of a file URL."""
    if path.lower().startswith("file:"):
        return unquote(urlsplit(path).path)
    return path


def added_path(name: str) -> str | None:
    """Returns where a file that was added to the session lies in this process, if it takes part in one."""
    from pyspark import SparkFiles

    if os.path.isabs(name):
        return None
    with contextlib.suppress(Exception):  # no session here, or one of Connect
        root: str = SparkFiles.getRootDirectory()
        return os.path.join(root, name)
    return None


def driver_path(path: str) -> str:
    """Returns the path or URL by which the driver opens a file. It need not exist."""
    path = local_path(path)
    if is_url(path) or os.path.exists(path):
        return path
    added = added_path(path)
    return added if added and os.path.exists(added) else path


def share(spark: Any, path: str, ship: bool) -> WorkerFile:
    """Makes a file of the driver available to the workers, and says where they find it.

    URLs, files that the driver lacks, and all files if `ship` is false or the workers run on this
    machine, are taken by their path.
    """
    path = local_path(path)
    if is_url(path):
        return WorkerFile(path)
    if os.path.exists(path) and (not ship or runs_here(spark)):
        return WorkerFile(os.path.abspath(path))
    if not ship or not os.path.exists(path):
        return WorkerFile(path)
    named = _named_by_content(path)
    name = os.path.basename(named)
    names = _added.setdefault(spark, set())
    if name not in names:
        add_file(spark, named)
        names.add(name)
    return WorkerFile(path, name)


def is_connect(spark: Any) -> bool:
    """Reports whether a session is one of Spark Connect."""
    return ".connect." in type(spark).__module__


def runs_here(spark: Any) -> bool:
    """Reports whether all workers are processes of this machine that see its files (`local[2]`)."""
    if is_connect(spark):
        return False
    master = str(spark.sparkContext.master)
    return master.startswith("local") and not master.startswith("local-cluster")


def add_file(spark: Any, path: str) -> None:
    """Adds a file to the session, classic or Connect: each worker gets a copy."""
    if is_connect(spark):
        spark.addArtifacts(path, file=True)
    else:
        spark.sparkContext.addFile(path)


def scratch() -> str:
    """Returns a new folder that lives as long as this process: executors that start later fetch from it, too."""
    if not _folders:
        atexit.register(lambda: [shutil.rmtree(f, ignore_errors=True) for f in _folders])
    folder = tempfile.mkdtemp(prefix="leapscore-spark-")
    _folders.append(folder)
    return folder


def _named_by_content(path: str) -> str:
    """Returns a file of the same content whose name holds its SHA-256. A folder becomes a zip."""
    folder = scratch()
    source = path.rstrip("/")
    base = re.sub(r"[^A-Za-z0-9._-]", "_", os.path.basename(source))
    if os.path.isdir(source):
        base += ".zip"
        source = _zipped(source, os.path.join(folder, "folder.zip"))
    with open(source, "rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    named = os.path.join(folder, f"{digest.hexdigest()[:16]}-{base}")
    try:
        os.link(source, named)
    except OSError:  # another file system
        shutil.copy(source, named)
    return named


def _zipped(folder: str, to: str) -> str:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as archive:
        for root, folders, files in os.walk(folder):
            folders.sort()
            for name in sorted(files):
                path = os.path.join(root, name)
                # A fixed date: the same bundle has the same name each time.
                entry = zipfile.ZipInfo(os.path.relpath(path, folder))
                with open(path, "rb") as file:
                    archive.writestr(entry, file.read())
    return to
