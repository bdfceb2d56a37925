"""Examples for Kubeflow, Kubernetes and cron, read by their own tools, and their commands run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import kubernetes_validate
import pyarrow.dataset
import pytest
import yaml
from cronsim import CronSim
from kfp import components

EXAMPLES = Path(__file__).parents[2] / "examples"
LEAPSCORE = os.environ["LEAPSCORE_BINARY"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with prices.yaml, its model and its listings."""
    shutil.copytree(EXAMPLES / "listings", tmp_path / "listings")
    for name in ("prices.yaml", "listings.lr.zip"):
        shutil.copy(EXAMPLES / name, tmp_path)
    return tmp_path


def run(arguments: list[str], home: Path) -> None:
    said = subprocess.run([LEAPSCORE, *arguments], cwd=home, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


def rows(table: Path) -> int:
    return pyarrow.dataset.dataset(table, partitioning="hive").count_rows()


def test_the_component_of_kubeflow_is_what_its_compiler_writes(tmp_path: Path) -> None:
    folder = EXAMPLES / "kubeflow"
    subprocess.run([sys.executable, folder / "prices.py"], cwd=tmp_path, check=True)
    for name in ("score.component.yaml", "prices.pipeline.yaml"):
        assert (tmp_path / name).read_text() == (folder / name).read_text(), f"run python prices.py in examples/kubeflow to write {name}"
        assert components.load_component_from_file(str(folder / name)).component_spec.inputs


def test_the_command_of_the_component_scores_a_day(home: Path) -> None:
    spec = next(yaml.safe_load_all((EXAMPLES / "kubeflow" / "score.component.yaml").read_text()))
    container = spec["deploymentSpec"]["executors"]["exec-score"]["container"]
    assert container["command"] == ["leapscore", "score"]
    values = {
        "{{$.inputs.parameters['job']}}": "prices.yaml",
        "{{$.inputs.parameters['day']}}": "2026-11-26",
        "{{$.inputs.parameters['run_id']}}": "1b2c",
        "{{$.outputs.artifacts['record'].path}}": "artifacts/record",
    }
    arguments = [replaced(argument, values) for argument in container["args"]]
    for _ in range(2):  # the second is a task that is tried again
        run(["score", *arguments], home)
    assert rows(home / "predictions") == 500
    assert json.loads((home / "artifacts" / "record").read_text())["run_id"] == "1b2c"


def replaced(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    assert "{{" not in text, text
    return text


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schemas of Kubernetes in a folder. Those of the package refer to a server, which kubeconform would ask."""
    folder = tmp_path_factory.mktemp("schemas")
    for file in (Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / "v1.34.0-local-strict").glob("*.json"):
        schema = json.loads(file.read_text())
        schema.pop("$id", None)
        (folder / file.name).write_text(json.dumps(schema).replace("/api/_definitions.json#", "_definitions.json#"))
    return folder


def conform(manifest: str, schemas: Path) -> subprocess.CompletedProcess[str]:
    location = str(schemas / "{{.ResourceKind}}{{.KindSuffix}}.json")
    return subprocess.run([os.environ["KUBECONFORM"], "-strict", "-schema-location", location], input=manifest, capture_output=True, text=True, check=False)


def test_manifests_follow_the_schemas_of_kubernetes(schemas: Path) -> None:
    manifests = sorted((EXAMPLES / "kubernetes").glob("*.yaml"))
    assert manifests
    for manifest in manifests:
        said = conform(manifest.read_text(), schemas)
        assert said.returncode == 0, f"{manifest.name}: {said.stdout}{said.stderr}"
    misspelt = manifests[0].read_text().replace("restartPolicy", "restartPolcy")
    assert conform(misspelt, schemas).returncode != 0, "the judge takes everything"


def test_the_command_of_the_cron_job_scores_new_files_once(home: Path) -> None:
    manifest = yaml.safe_load((EXAMPLES / "kubernetes" / "cronjob.yaml").read_text())
    [container] = manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    (home / "inbox").mkdir()
    for job, day in enumerate(["2026-11-26", "2026-11-27"]):
        shutil.copy(home / "listings" / f"ds={day}" / "listings.parquet", home / "inbox" / f"{day}.parquet")
        arguments = [argument.replace("$(JOB_NAME)", f"inbox-{job}").replace("/srv/prices", str(home)) for argument in container["args"]]
        for _ in range(2):  # the second is another pod of the same job
            run(arguments, home)
        assert rows(home / "scored") == 500 * (job + 1)
    CronSim(manifest["spec"]["schedule"], datetime(2026, 11, 30))


def test_the_line_of_cron_has_a_schedule_and_a_command() -> None:
    [line] = [line for line in (EXAMPLES / "cron" / "rents").read_text().splitlines() if line and not line.startswith("#") and "=" not in line.split()[0]]
    *schedule, user, command = line.split(None, 6)
    assert next(CronSim(" ".join(schedule), datetime(2026, 11, 30, 12))) == datetime(2026, 12, 1, 3)
    assert user == "leapscore"
    assert "%" not in command.replace(r"\%", ""), "cron takes a bare percent sign for the end of the line"
    assert subprocess.run(["sh", "-n", "-c", command.replace(r"\%", "%")], check=False).returncode == 0
