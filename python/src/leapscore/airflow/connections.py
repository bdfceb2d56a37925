"""The environment with which leapscore reaches the stores of Airflow's connections. Needs no Airflow.

The fields are those that the providers amazon, google and microsoft.azure
document for their connections; these providers need not be installed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional, Protocol, cast
from urllib.parse import urlsplit

__all__ = ["Access", "Connection", "access"]


class Connection(Protocol):
    """What is read of a connection of Airflow."""

    conn_id: Any
    conn_type: Any
    host: Any
    login: Any
    password: Any

    @property
    def extra_dejson(self) -> Any: ...


@dataclass
class Access:
    """How a process reaches a store.

    Attributes:
        environment: variables that are set; None removes one that the worker has.
        files: variables that name a file, with the text of the file.
        secrets: texts that must not be shown.
    """

    environment: dict[str, Optional[str]] = field(default_factory=dict[str, Optional[str]])
    files: dict[str, str] = field(default_factory=dict[str, str])
    secrets: list[str] = field(default_factory=list[str])

    def update(self, other: Access) -> None:
        """Adds what reaches another store."""
        self.environment.update(other.environment)
        self.files.update(other.files)
        self.secrets += other.secrets


class _Fields:
    """The fields of a connection, in which an old form may have put a prefix before their names."""

    def __init__(self, connection: Connection) -> None:
        self.name = f"connection {connection.conn_id!r} ({connection.conn_type})"
        self.type = str(connection.conn_type)
        self.host = str(connection.host or "")
        self.login = str(connection.login or "")
        self.password = str(connection.password or "")
        self.extra: dict[str, Any] = dict(connection.extra_dejson or {})

    def value(self, key: str) -> Any:
        return self.extra.get(key) or self.extra.get(f"extra__{self.type}__{key}") or None

    def get(self, key: str) -> str:
        value = self.value(key)
        return "" if value is None else str(value)

    def mapping(self, key: str) -> Mapping[str, Any]:
        """Returns an object, which may be written as JSON."""
        value = self.value(key)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError as e:
                raise ValueError(f"{self.name}: {key} is no JSON: {e.args[0].split(':')[0]}") from None
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise ValueError(f"{self.name}: {key} is no JSON object")
        return cast("Mapping[str, Any]", value)

    def refuse(self, key: str, instead: str) -> None:
        if self.value(key):
            raise ValueError(f"{self.name}: {key} cannot be used by leapscore: {instead}")


def access(connection: Connection) -> Access:
    """Returns how leapscore reaches the store of a connection.

    Raises:
        ValueError: the type is none of aws, google_cloud_platform, wasb, adls and leapscore, or a field
            has no counterpart in leapscore. The message holds no secrets.
    """
    fields = _Fields(connection)
    kinds = {"aws": [_s3], "google_cloud_platform": [_gcs], "wasb": [_azure], "adls": [_azure], "leapscore": [_s3, _gcs, _azure]}
    if fields.type not in kinds:
        raise ValueError(f"{fields.name}: want a connection of type {', '.join(kinds)}")
    found = Access()
    for read in kinds[fields.type]:
        if fields.type == "leapscore" and not _is_used(fields, read.__name__):
            continue
        found.update(read(fields))
    return found


def _is_used(fields: _Fields, store: str) -> bool:
    """Reports whether a connection of type leapscore, which can have several stores, has fields of this one."""
    keys = {
        "_s3": ("aws_access_key_id", "aws_session_token", "region_name", "endpoint_url", "profile_name", "role_arn"),
        "_gcs": ("keyfile_dict", "key_path", "project"),
        "_azure": ("account_name", "account_key", "account_url", "sas_token", "connection_string", "tenant_id"),
    }
    return any(fields.value(key) for key in keys[store])


def _s3(fields: _Fields) -> Access:
    own = fields.type == "aws"
    found = Access()
    environment = found.environment
    key, secret = (fields.login, fields.password) if own and fields.login and fields.password else (fields.get("aws_access_key_id"), fields.get("aws_secret_access_key"))
    token = fields.get("aws_session_token")
    found.secrets += [text for text in (secret, token) if text]
    service: Any = fields.mapping("service_config").get("s3") or {}
    if endpoint := service.get("endpoint_url") or fields.get("endpoint_url"):
        environment["AWS_ENDPOINT_URL_S3"] = str(endpoint)
        # As boto3, which puts the name of a bucket before the host of Amazon alone, unless it is told so.
        client: Any = fields.mapping("config_kwargs").get("s3") or {}
        environment["AWS_S3_FORCE_PATH_STYLE"] = "false" if client.get("addressing_style") == "virtual" else "true"
    if region := fields.get("region_name"):
        environment["AWS_REGION"] = region
    fields.refuse("session_kwargs", "move its fields one level up")
    if fields.get("role_arn"):
        found.files["AWS_CONFIG_FILE"] = _assumed_role(fields, key, secret, token)
        environment.update(AWS_PROFILE="leapscore", AWS_SHARED_CREDENTIALS_FILE="/dev/null", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_SESSION_TOKEN=None)
    elif key:
        # It must not be mixed with the settings of the worker itself.
        environment.update(AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret, AWS_SESSION_TOKEN=token or None, AWS_PROFILE=None)
    elif profile := fields.get("profile_name"):
        environment.update(AWS_PROFILE=profile, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_SESSION_TOKEN=None)
    return found


def _assumed_role(fields: _Fields, key: str, secret: str, token: str) -> str:
    """Returns an AWS configuration with a role that the keys assume. The client renews it while the run lasts."""
    method = fields.get("assume_role_method") or "assume_role"
    if method != "assume_role" or not key:
        raise ValueError(
            f"{fields.name}: leapscore assumes role_arn with the keys of the connection; for {method} without keys, "
            "put the role into a profile of ~/.aws/config of the worker and name it in profile_name"
        )
    lines = ["[profile leapscore]", f"role_arn = {fields.get('role_arn')}", "source_profile = leapscore-source"]
    options = fields.mapping("assume_role_kwargs")
    names = {"ExternalId": "external_id", "RoleSessionName": "role_session_name", "DurationSeconds": "duration_seconds"}
    for name, value in options.items():
        if name not in names:
            raise ValueError(f"{fields.name}: {name} of assume_role_kwargs cannot be used by leapscore; want {', '.join(names)}")
        lines.append(f"{names[name]} = {value}")
    if external := fields.get("external_id"):
        lines.append(f"external_id = {external}")
    lines += ["[profile leapscore-source]", f"aws_access_key_id = {key}", f"aws_secret_access_key = {secret}"]
    if token:
        lines.append(f"aws_session_token = {token}")
    return "\n".join(lines) + "\n"


def _gcs(fields: _Fields) -> Access:
    found = Access()
    if project := fields.get("project"):
        found.environment["GOOGLE_CLOUD_PROJECT"] = project
    fields.refuse("key_secret_name", "put the key into keyfile_dict, or the connection into a secrets backend")
    fields.refuse("is_anonymous", "append ?anonymous=true to the URLs")
    key = fields.mapping("keyfile_dict")
    path = fields.get("key_path")
    configured = fields.value("credential_config_file")
    if not key and isinstance(configured, str) and not configured.lstrip().startswith("{"):
        path = path or configured
    elif not key:
        key = fields.mapping("credential_config_file")
    if key:
        found.secrets += [str(key[name]) for name in ("private_key", "client_secret", "refresh_token") if key.get(name)]
    if chain := fields.value("impersonation_chain"):
        key = _impersonated(fields, key, chain)
    if key:
        found.files["GOOGLE_APPLICATION_CREDENTIALS"] = json.dumps(dict(key))
    elif path:
        found.environment["GOOGLE_APPLICATION_CREDENTIALS"] = path
    return found


def _impersonated(fields: _Fields, key: Mapping[str, Any], chain: Any) -> dict[str, Any]:
    if not key:
        raise ValueError(f"{fields.name}: impersonation_chain needs the key of the account that begins it, in keyfile_dict")
    accounts: list[str] = [name.strip() for name in chain.split(",")] if isinstance(chain, str) else [str(name) for name in chain]
    return {
        "type": "impersonated_service_account",
        "service_account_impersonation_url": f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{accounts[-1]}:generateAccessToken",
        "delegates": [f"projects/-/serviceAccounts/{name}" for name in accounts[:-1]],
        "source_credentials": dict(key),
    }


_AZURE = (
    "AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGEBLOB_CONNECTIONSTRING",
    "AZURE_STORAGE_DOMAIN", "AZURE_STORAGE_PROTOCOL", "AZURE_STORAGE_IS_LOCAL_EMULATOR",
)  # fmt: skip


def _azure(fields: _Fields) -> Access:
    own = fields.type != "leapscore"
    login, password, host = (fields.login, fields.password, fields.host) if own else (fields.get("account_name"), "", fields.get("account_url"))
    sas, tenant, connected = fields.get("sas_token"), fields.get("tenant_id"), fields.get("connection_string")
    key = fields.get("shared_access_key") or password or fields.get("account_key")
    found = Access(secrets=[text for text in (sas, connected, key) if text])
    environment = found.environment
    environment.update(dict.fromkeys(_AZURE))  # what the worker has for itself must not be mixed with it
    if connected:
        environment["AZURE_STORAGE_CONNECTION_STRING"] = connected
        return found
    if sas.startswith("https://"):
        host, _, sas = sas.partition("?")
    environment.update(_account(fields, host, "" if tenant and own else login))
    if tenant:
        fields.refuse("client_secret_auth_config", "set AZURE_AUTHORITY_HOST in the environment")
        client, secret = (login, password) if own else (fields.get("client_id"), fields.get("client_secret"))
        found.secrets.append(secret)
        environment.update(AZURE_TENANT_ID=tenant, AZURE_CLIENT_ID=client, AZURE_CLIENT_SECRET=secret)
    elif sas and not fields.get("shared_access_key"):
        environment["AZURE_STORAGE_SAS_TOKEN"] = sas.lstrip("?")
    elif key:
        environment["AZURE_STORAGE_KEY"] = key
    elif client := fields.get("managed_identity_client_id"):
        environment["AZURE_CLIENT_ID"] = client
    return found


def _account(fields: _Fields, host: str, login: str) -> dict[str, Optional[str]]:
    """Returns the variables for an account: by its name, or by its URL such as https://NAME.blob.core.windows.net."""
    if not host:
        if not login:
            raise ValueError(f"{fields.name}: there is no storage account: give its name as login, or its URL as host")
        return {"AZURE_STORAGE_ACCOUNT": login}
    url = urlsplit(host if "://" in host else "https://" + host)
    name, _, domain = url.netloc.partition(".")
    first = url.path.strip("/").split("/")[0]
    if first and (url.hostname in ("localhost", "127.0.0.1") or url.scheme == "http"):  # an emulator has the account in the path
        return {"AZURE_STORAGE_ACCOUNT": first, "AZURE_STORAGE_DOMAIN": url.netloc, "AZURE_STORAGE_PROTOCOL": url.scheme, "AZURE_STORAGE_IS_LOCAL_EMULATOR": "true"}
    if not domain:
        return {"AZURE_STORAGE_ACCOUNT": name}
    return {"AZURE_STORAGE_ACCOUNT": name, "AZURE_STORAGE_DOMAIN": domain, "AZURE_STORAGE_PROTOCOL": url.scheme}
