"""The parts of leapscore.airflow that need no Airflow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from leapscore.airflow import files, provider
from leapscore.airflow.arguments import flags
from leapscore.airflow.connections import access
from leapscore.airflow.facts import facts, flat
from leapscore.airflow.runs import needs_rerun, run_id


def connection(conn_type: str, extra: Any = None, **fields: Any) -> Any:
    return SimpleNamespace(**{"conn_id": "c", "conn_type": conn_type, "host": None, "login": None, "password": None, "extra_dejson": extra or {}, **fields})


def environment(conn_type: str, extra: Any = None, **fields: Any) -> dict[str, str]:
    """The variables that are set."""
    return {k: v for k, v in access(connection(conn_type, extra, **fields)).environment.items() if v is not None}


def test_flags() -> None:
    assert flags({"model": {"a": "x.zip", "b": "y.zip"}, "input": ["-x", "b c"], "keep": None, "min_rows": "50%", "drift-max": 0.2}) == [
        "--model=a=x.zip", "--model=b=y.zip", "--input=-x", "--input=b c", "--min-rows=50%", "--drift-max=0.2",
    ]  # fmt: skip
    assert flags({"param": {"day": date(2026, 11, 26), "at": datetime(2026, 1, 2, tzinfo=timezone.utc), "n": 3}}) == [
        "--param=day=2026-11-26", "--param=at=2026-01-02T00:00:00+00:00", "--param=n=3",
    ]  # fmt: skip
    assert flags({"resume": True, "rerun": False}) == ["--resume=true", "--rerun=false"]


@pytest.mark.parametrize("options", [{"param": {"day": None}}, {"input": ["a", None]}])
def test_none_in_a_collection_is_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="None"):
        flags(options)


def test_run_ids_are_those_of_the_scheduler() -> None:
    assert run_id("prices", "score", "scheduled__2026-11-26T03:00:00+00:00") == "prices:score:scheduled__2026-11-26T03:00:00+00:00"
    assert run_id("prices", "score", "manual__1", 3) == "prices:score:manual__1:3"


def test_other_parts_are_another_run() -> None:
    long = "d" * 250
    ids = [
        run_id("a", "b.c", "r"), run_id("a.b", "c", "r"), run_id("a", "b", "my run"), run_id("a", "b", "my/run"), run_id("a", "b", "my~run"),
        run_id(long, "t", "r1"), run_id(long, "t", "r2"), run_id("größe", "t", "r"), run_id("_a", "t", "r"), run_id("a", "t", "r", 1), run_id("a", "t", "r", 11),
    ]  # fmt: skip
    assert len(set(ids)) == len(ids)
    for each in ids:
        assert len(each) <= 200 and each.isascii() and each[0].isalnum() and not set(each) - set("._:+@=~-") - set(map(chr, range(128))) and " " not in each
    assert ids[5] == run_id(long, "t", "r1")


@pytest.mark.parametrize(
    ("try_number", "max_tries", "retries", "again"),
    [(1, 2, 2, True), (2, 2, 2, False), (3, 2, 2, False), (2, 3, 2, True), (3, 3, 2, True), (1, 0, 0, True), (2, 1, 0, True)],
)
def test_a_retry_is_no_rerun_unless_the_task_was_cleared(try_number: int, max_tries: int, retries: int, again: bool) -> None:
    assert needs_rerun(try_number, max_tries, retries) is again


def test_files_are_seen_by_children_alone() -> None:
    text = "größe\n" * 100_000
    number = files.open_with(text)
    try:
        read = [sys.executable, "-c", "import sys; print(len(open(sys.argv[1], encoding='utf-8').read()))", files.path_of(number)]
        for _ in range(2):  # a file, not a pipe
            assert int(subprocess.check_output(read, pass_fds=[number])) == len(text)
        with pytest.raises(subprocess.CalledProcessError):
            subprocess.run(read, check=True, stderr=subprocess.DEVNULL)
    finally:
        os.close(number)


def test_aws_keys() -> None:
    found = access(connection("aws", {"region_name": "eu-west-1", "endpoint_url": "http://minio:9000", "aws_session_token": "tok"}, login="AK", password="sk"))
    assert found.environment == {
        "AWS_ENDPOINT_URL_S3": "http://minio:9000", "AWS_S3_FORCE_PATH_STYLE": "true", "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "sk",
        "AWS_SESSION_TOKEN": "tok", "AWS_PROFILE": None,
    }  # fmt: skip
    assert found.secrets == ["sk", "tok"] and not found.files


def test_aws_in_other_places() -> None:
    extra = {"aws_access_key_id": "AK", "aws_secret_access_key": "sk", "service_config": {"s3": {"endpoint_url": "http://s3:1"}}, "endpoint_url": "http://other"}
    assert environment("aws", extra) == {"AWS_ENDPOINT_URL_S3": "http://s3:1", "AWS_S3_FORCE_PATH_STYLE": "true", "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "sk"}
    virtual = {"endpoint_url": "http://oss", "config_kwargs": {"s3": {"addressing_style": "virtual"}}}
    assert environment("aws", virtual) == {"AWS_ENDPOINT_URL_S3": "http://oss", "AWS_S3_FORCE_PATH_STYLE": "false"}
    assert environment("aws", {"profile_name": "p"}) == {"AWS_PROFILE": "p"}
    assert environment("aws") == {}  # the identity of the machine


def test_aws_keys_replace_all_of_the_worker() -> None:
    removed = [k for k, v in access(connection("aws", login="AK", password="sk")).environment.items() if v is None]
    assert removed == ["AWS_SESSION_TOKEN", "AWS_PROFILE"]


def test_aws_role() -> None:
    extra = {"role_arn": "arn:aws:iam::1:role/r", "assume_role_kwargs": {"ExternalId": "x", "DurationSeconds": 900}}
    found = access(connection("aws", extra, login="AK", password="sk"))
    assert found.environment["AWS_PROFILE"] == "leapscore" and found.environment["AWS_ACCESS_KEY_ID"] is None
    assert found.files["AWS_CONFIG_FILE"].splitlines() == [
        "[profile leapscore]", "role_arn = arn:aws:iam::1:role/r", "source_profile = leapscore-source", "external_id = x", "duration_seconds = 900",
        "[profile leapscore-source]", "aws_access_key_id = AK", "aws_secret_access_key = sk",
    ]  # fmt: skip


@pytest.mark.parametrize("extra", [{"role_arn": "r"}, {"role_arn": "r", "assume_role_method": "assume_role_with_saml"}, {"session_kwargs": {"a": 1}}])
def test_aws_fields_without_counterpart(extra: Any) -> None:
    with pytest.raises(ValueError, match=r"connection 'c' \(aws\): .*leapscore"):
        access(connection("aws", extra))


def test_google_keys() -> None:
    key = {"type": "service_account", "private_key": "pk", "client_email": "a@b"}
    for extra in ({"keyfile_dict": json.dumps(key)}, {"keyfile_dict": key}, {"extra__google_cloud_platform__keyfile_dict": json.dumps(key)}, {"credential_config_file": key}):
        found = access(connection("google_cloud_platform", {**extra, "project": "p"}))
        assert json.loads(found.files["GOOGLE_APPLICATION_CREDENTIALS"]) == key
        assert found.secrets == ["pk"] and found.environment == {"GOOGLE_CLOUD_PROJECT": "p"}
    assert environment("google_cloud_platform", {"key_path": "/k.json"}) == {"GOOGLE_APPLICATION_CREDENTIALS": "/k.json"}
    assert environment("google_cloud_platform", {"credential_config_file": "/c.json"}) == {"GOOGLE_APPLICATION_CREDENTIALS": "/c.json"}


def test_google_impersonation() -> None:
    key = {"type": "service_account", "private_key": "pk"}
    found = access(connection("google_cloud_platform", {"keyfile_dict": key, "impersonation_chain": "a@x, b@x"}))
    made = json.loads(found.files["GOOGLE_APPLICATION_CREDENTIALS"])
    assert made["source_credentials"] == key and made["delegates"] == ["projects/-/serviceAccounts/a@x"]
    assert made["service_account_impersonation_url"].endswith("/serviceAccounts/b@x:generateAccessToken")


@pytest.mark.parametrize("extra", [{"keyfile_dict": "{no json with a secret"}, {"keyfile_dict": "[1]"}, {"key_secret_name": "s"}, {"impersonation_chain": "a@x"}])
def test_google_fields_that_cannot_be_used(extra: Any) -> None:
    with pytest.raises(ValueError, match="google_cloud_platform") as caught:
        access(connection("google_cloud_platform", extra))
    assert "secret" not in str(caught.value).replace("key_secret_name", "").replace("secrets backend", "")


def test_azure_keys() -> None:
    public = {"AZURE_STORAGE_ACCOUNT": "acc", "AZURE_STORAGE_DOMAIN": "blob.core.windows.net", "AZURE_STORAGE_PROTOCOL": "https"}
    assert environment("wasb", login="acc", password="k") == {"AZURE_STORAGE_ACCOUNT": "acc", "AZURE_STORAGE_KEY": "k"}
    assert environment("wasb", {"shared_access_key": "k"}, login="acc") == {"AZURE_STORAGE_ACCOUNT": "acc", "AZURE_STORAGE_KEY": "k"}
    assert environment("wasb", {"sas_token": "?sv=1&sig=s"}, login="acc") == {"AZURE_STORAGE_ACCOUNT": "acc", "AZURE_STORAGE_SAS_TOKEN": "sv=1&sig=s"}
    assert environment("wasb", {"sas_token": "https://acc.blob.core.windows.net?sv=1"}) == {**public, "AZURE_STORAGE_SAS_TOKEN": "sv=1"}
    assert environment("wasb", {"connection_string": "AccountName=acc"}) == {"AZURE_STORAGE_CONNECTION_STRING": "AccountName=acc"}
    assert environment("wasb", {"tenant_id": "t"}, host="acc.blob.core.windows.net", login="id", password="s") == {
        **public, "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "id", "AZURE_CLIENT_SECRET": "s",
    }  # fmt: skip
    assert environment("wasb", host="http://127.0.0.1:10000/dev", login="dev", password="k") == {
        "AZURE_STORAGE_ACCOUNT": "dev", "AZURE_STORAGE_DOMAIN": "127.0.0.1:10000", "AZURE_STORAGE_PROTOCOL": "http",
        "AZURE_STORAGE_IS_LOCAL_EMULATOR": "true", "AZURE_STORAGE_KEY": "k",
    }  # fmt: skip
    with pytest.raises(ValueError, match="there is no storage account"):
        access(connection("wasb", password="k"))


def test_a_connection_of_leapscore_has_several_stores() -> None:
    extra = {"aws_access_key_id": "AK", "aws_secret_access_key": "sk", "keyfile_dict": '{"private_key": "pk"}', "account_name": "acc", "account_key": "k"}
    found = access(connection("leapscore", extra))
    assert found.environment["AWS_ACCESS_KEY_ID"] == "AK" and found.environment["AZURE_STORAGE_KEY"] == "k"
    assert found.secrets == ["sk", "pk", "k"] and list(found.files) == ["GOOGLE_APPLICATION_CREDENTIALS"]
    assert access(connection("leapscore")).environment == {}


def test_connections_of_other_types() -> None:
    with pytest.raises(ValueError, match=r"connection 'c' \(postgres\): want a connection of type aws"):
        access(connection("postgres"))


def test_facts(tmp_path: Any) -> None:
    result = {
        "run_id": "r", "output": "preds", "record": "preds/_leapscore/r.json", "rows_in": 5, "rows_out": 4, "rows_rejected": 1,
        "files": [{"name": "a", "bytes": 7}, {"name": "b", "bytes": 5}], "model": {"name": "m", "version": "1", "sha256": "ab", "uid": "u"},
        "rejects": {"path": "s3://b/bad", "rows": 1, "codes": {"null": 1}, "causes": [{}]},
        "drift": {"reference": "r0", "columns": [{"column": "x", "psi": 0.1}, {"column": "y", "psi": 0.3}]},
    }  # fmt: skip
    found = facts(result, str(tmp_path))
    assert found["table"] == str(tmp_path / "preds") and found["record"] == str(tmp_path / "preds/_leapscore/r.json")
    assert (found["files"], found["bytes"], found["rows_skipped"], found["nothing_done"]) == (2, 12, 0, False)
    assert found["model"] == {"name": "m", "version": "1", "sha256": "ab"}
    assert found["rejects"] == {"path": "s3://b/bad", "rows": 1, "codes": {"null": 1}}
    assert found["drift"] == {"reference": "r0", "column": "y", "psi": 0.3}
    assert len(json.dumps(found)) < 1000
    plain = flat(found)
    assert plain["model.version"] == "1" and plain["rejects.codes.null"] == 1 and hash(frozenset(plain.items()))
    assert facts({**result, "skipped": True, "all_files": {"files": 300, "bytes": 9}})["nothing_done"] is True
    assert facts({**result, "all_files": {"files": 300, "bytes": 9}})["files"] == 300


def test_the_provider_is_described_without_airflow() -> None:
    code = "import sys, leapscore.airflow as a; a.get_provider_info(); print([m for m in sys.modules if m == 'airflow' or m.startswith('airflow.') or m == 'pyarrow'])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
    kind = provider.get_provider_info()["connection-types"][0]
    assert kind["connection-type"] == "leapscore"
    assert {name for name, f in kind["conn-fields"].items() if f["schema"].get("format") == "password"} == {
        "aws_secret_access_key", "aws_session_token", "keyfile_dict", "account_key", "sas_token", "connection_string", "client_secret",
    }  # fmt: skip
