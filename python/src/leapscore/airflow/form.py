"""The form of a connection of type leapscore. Needs no Airflow."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FIELDS", "HIDDEN", "NAME", "PLACEHOLDERS", "TYPE", "Field"]

TYPE = "leapscore"
NAME = "leapscore stores"


class Field(NamedTuple):
    """A field of the form, which is a key of the connection's extra."""

    name: str
    label: str
    secret: bool = False


FIELDS = (
    Field("aws_access_key_id", "S3: access key id"),
    Field("aws_secret_access_key", "S3: secret access key", secret=True),
    Field("aws_session_token", "S3: session token", secret=True),
    Field("region_name", "S3: region"),
    Field("endpoint_url", "S3: URL of another server than Amazon's"),
    Field("role_arn", "S3: role that the keys assume"),
    Field("keyfile_dict", "Google Cloud: key of a service account (JSON)", secret=True),
    Field("key_path", "Google Cloud: path of the key on the worker"),
    Field("account_name", "Azure: storage account"),
    Field("account_key", "Azure: key of the account", secret=True),
    Field("sas_token", "Azure: SAS token", secret=True),
    Field("connection_string", "Azure: connection string", secret=True),
    Field("account_url", "Azure: URL of the account, if it is not in the public cloud"),
    Field("tenant_id", "Azure: tenant of a service principal"),
    Field("client_id", "Azure: client id of a service principal"),
    Field("client_secret", "Azure: client secret of a service principal", secret=True),
)

HIDDEN = ["host", "schema", "login", "password", "port", "extra"]

PLACEHOLDERS = {"region_name": "eu-west-1", "endpoint_url": "http://minio:9000"}
