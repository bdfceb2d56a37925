"""Bundles that travel as bytes."""

from __future__ import annotations

import os
import pickle
import stat
import zipfile
from pathlib import Path

import pytest

from leapscore import ModelError
from leapscore.parcel import is_url, pack


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of this test alone."""
    path = tmp_path / "temporary"
    path.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(path))
    return path


def test_a_file_arrives_as_it_is(examples: Path) -> None:
    bundle = examples / "listings.lr.zip"
    parcel = pickle.loads(pickle.dumps(pack(bundle)))
    path = Path(parcel.unpack())
    assert path.name == bundle.name
    assert path.read_bytes() == bundle.read_bytes()


def test_a_folder_arrives_as_a_zip_of_its_files(examples: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(examples / "listings.lr.zip") as archive:
        archive.extractall(tmp_path / "model")
        wanted = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    parcel = pack(tmp_path / "model")
    os.utime(tmp_path / "model" / "bundle.json", (0, 0))
    assert pack(tmp_path / "model") == parcel
    with zipfile.ZipFile(parcel.unpack()) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == wanted


def test_it_is_written_once_and_again_if_it_was_damaged(examples: Path) -> None:
    parcel = pack(examples / "listings.lr.zip")
    path = Path(parcel.unpack())
    written = path.stat().st_ino
    assert Path(parcel.unpack()).stat().st_ino == written
    path.write_bytes(b"half of it")
    assert Path(parcel.unpack()).read_bytes() == parcel.data


def test_other_users_cannot_put_a_model_there(examples: Path, place: Path) -> None:
    theirs = place / f"leapscore-models-{os.getuid()}"
    theirs.mkdir()
    theirs.chmod(0o777)
    path = Path(pack(examples / "listings.lr.zip").unpack())
    assert theirs not in path.parents
    assert stat.S_IMODE(path.parents[1].stat().st_mode) == 0o700


def test_a_missing_bundle_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="absent.zip: no such file or directory"):
        pack(tmp_path / "absent.zip")


@pytest.mark.parametrize(
    ("model", "url"),
    [("s3://bucket/m.zip", True), ("jar:file:/m.zip", True), ("https://host/m.zip", True), ("m.zip", False), ("/models/m.zip", False), ("a:b.zip", False)],
)
def test_urls_are_told_from_paths(model: str, url: bool) -> None:
    assert is_url(model) is url
