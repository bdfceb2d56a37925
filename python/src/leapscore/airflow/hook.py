"""A connection of Airflow as the environment of leapscore."""

# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

from . import form
from ._compat import BaseHook, mask_secret
from .connections import Access, access

__all__ = ["LeapscoreHook"]


class LeapscoreHook(BaseHook):
    """Gives leapscore the credentials of a connection.

    Args:
        leapscore_conn_id: a connection of type ``aws``, ``google_cloud_platform``, ``wasb``, ``adls`` or
            ``leapscore``. The last one can hold the credentials of several clouds.
    """

    conn_name_attr = "leapscore_conn_id"
    default_conn_name = "leapscore_default"
    conn_type = form.TYPE
    hook_name = form.NAME

    def __init__(self, leapscore_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.leapscore_conn_id = leapscore_conn_id

    def get_conn(self) -> Access:
        """Returns how a process reaches the store. Its secrets are masked in logs from now on.

        Raises:
            ValueError: leapscore cannot use the connection. The message says which field.
        """
        found = access(self.get_connection(self.leapscore_conn_id))
        for secret in found.secrets:
            mask_secret(secret)
        return found

    @classmethod
    def get_connection_form_widgets(cls) -> dict[str, Any]:
        """Returns the fields of the form in Airflow 2.10. Airflow 3 takes them from the provider."""
        from flask_appbuilder.fieldwidgets import BS3PasswordFieldWidget, BS3TextFieldWidget  # pyright: ignore
        from flask_babel import lazy_gettext  # pyright: ignore
        from wtforms import PasswordField, StringField  # pyright: ignore

        return {
            f.name: PasswordField(lazy_gettext(f.label), widget=BS3PasswordFieldWidget())
            if f.secret
            else StringField(lazy_gettext(f.label), widget=BS3TextFieldWidget())
            for f in form.FIELDS
        }

    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        """Returns which usual fields the form leaves out."""
        return {"hidden_fields": form.HIDDEN, "relabeling": {}, "placeholders": dict(form.PLACEHOLDERS)}
