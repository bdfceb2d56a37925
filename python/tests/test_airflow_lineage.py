"""The parent and the server of OpenLineage, with the modules of Airflow replaced by small ones."""

from __future__ import annotations

import configparser
import json
import sys
import types
from typing import Any

import pytest
from leapscore.airflow import lineage

HTTP = {"type": "http", "url": "http://lineage:5000", "endpoint": "api/v2/events", "auth": {"type": "api_key", "apiKey": "k"}}
TASK = types.SimpleNamespace(dag_id="prices", task_id="score", run_id="r1", map_index=-1, try_number=1)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The section openlineage of Airflow's configuration."""
    for name in ("OPENLINEAGE_URL", "OPENLINEAGE_NAMESPACE", "AIRFLOW__OPENLINEAGE__NAMESPACE"):
        monkeypatch.delenv(name, raising=False)
    conf = configparser.ConfigParser(interpolation=None)
    conf.add_section("openlineage")
    module = types.ModuleType("airflow.configuration")
    vars(module)["conf"] = conf
    monkeypatch.setitem(sys.modules, "airflow", types.ModuleType("airflow"))
    monkeypatch.setitem(sys.modules, "airflow.configuration", module)
    return conf["openlineage"]


def test_the_server_of_airflow_gets_the_events(settings: Any) -> None:
    settings["transport"] = json.dumps(HTTP)
    found = lineage.environment(TASK)
    assert found["OPENLINEAGE_URL"] == "http://lineage:5000"
    assert found["OPENLINEAGE_ENDPOINT"] == "api/v2/events"
    assert found["OPENLINEAGE_API_KEY"] == "k"


@pytest.mark.parametrize("transport", ["", "no JSON", "[]", '{"type": "console"}', '{"type": "http"}'])
def test_other_transports_give_no_server(settings: Any, transport: str) -> None:
    settings["transport"] = transport
    assert "OPENLINEAGE_URL" not in lineage.environment(TASK)


def test_lineage_that_is_off_gives_no_server(settings: Any) -> None:
    settings["transport"] = json.dumps(HTTP)
    settings["disabled"] = "True"
    assert "OPENLINEAGE_URL" not in lineage.environment(TASK)


def test_the_server_of_the_worker_wins(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings["transport"] = json.dumps(HTTP)
    monkeypatch.setenv("OPENLINEAGE_URL", "http://other:5000")
    assert "OPENLINEAGE_URL" not in lineage.environment(TASK)


def test_without_the_provider_a_try_has_a_parent_of_its_own(settings: Any) -> None:
    first = lineage.environment(TASK)
    second = lineage.environment(types.SimpleNamespace(**{**vars(TASK), "try_number": 2}))
    assert first["OPENLINEAGE_PARENT_ID"].startswith("default/prices.score/")
    assert first == lineage.environment(TASK)
    assert first["OPENLINEAGE_PARENT_ID"] != second["OPENLINEAGE_PARENT_ID"]


def test_the_parent_is_the_run_of_the_provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = "01a21a4d-4000-7faf-bc31-1b15cee94fe2"
    macros = types.ModuleType("airflow.providers.openlineage.plugins.macros")
    vars(macros)["lineage_parent_id"] = lambda ti: f"my air/flow/{ti.dag_id}.{ti.task_id}/{run}"
    name = macros.__name__
    while "." in name:
        monkeypatch.setitem(sys.modules, name, macros if name == macros.__name__ else types.ModuleType(name))
        name = name.rpartition(".")[0]
    found = lineage.environment(TASK)
    assert found["OPENLINEAGE_PARENT_ID"] == f"my%20air%2Fflow/prices.score/{run}"
    assert found["OPENLINEAGE_NAMESPACE"] == "my air/flow"
