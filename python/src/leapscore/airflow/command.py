"""The part that all operators of leapscore share: a command, its environment, log, end and errors."""

# Some of Airflow's own signatures are without types.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Optional, Union

from .. import process
from ..errors import LeapscoreError, NothingToDo
from . import files, lineage
from ._compat import AirflowException, AirflowFailException, AirflowSkipException, Asset, AssetAlias, BaseOperator
from .connections import Access
from .facts import facts, flat
from .hook import LeapscoreHook

__all__ = ["CommandOperator"]

_SETTINGS = re.compile(r"(\w+://[^\s'\"?]+)\?[^\s'\"]*")


class CommandOperator(BaseOperator):
    """Runs a command of leapscore as a task.

    Args:
        store_conn_ids: connections whose credentials the command gets in its environment.
        environment: variables of the command, besides those of the worker and of the connections.
        cwd: the folder in which the command runs, from which paths are meant.
        fail_on_exit_code: exit codes after which another try does not help: the task fails without one.
    """

    def __init__(
        self,
        *,
        store_conn_ids: Union[str, Sequence[str]] = (),
        environment: Optional[Mapping[str, Any]] = None,
        cwd: Optional[str] = None,
        fail_on_exit_code: Collection[int] = (2, 3, 4, 5),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.store_conn_ids = store_conn_ids
        self.environment = environment
        self.cwd = cwd
        self.fail_on_exit_code = fail_on_exit_code
        self._process: Optional[process.Process] = None

    def run_command(self, context: Any, arguments: Sequence[str], texts: Mapping[str, str]) -> dict[str, Any]:
        """Runs the command to its end, updates the assets of the task, and returns the facts of the run.

        Args:
            context: the context of the task.
            arguments: the command and its flags.
            texts: flags that name a file, with the text of the file. No other process sees it, and it leaves nothing behind.
        """
        opened: list[int] = []
        try:
            variables = self._variables(context, opened)
            flags: list[str] = []
            names: dict[str, str] = {}
            for flag, text in texts.items():
                opened.append(files.open_with(text))
                path = files.path_of(opened[-1])
                names[path] = flag.lstrip("-")
                flags.append(f"{flag}={path}")
            self.log.info("leapscore %s", _SETTINGS.sub(r"\1?...", shlex.join([*arguments, *flags])))
            printed = self._run([*arguments, *flags], variables, opened, names)
        finally:
            for descriptor in opened:
                os.close(descriptor)
        found = facts(printed, self.cwd)
        self._tell_assets(context, found)
        return found

    def _variables(self, context: Any, opened: list[int]) -> dict[str, Optional[str]]:
        """Returns the environment, and adds the files that it names to those that were opened."""
        found = Access()
        found.environment.update(lineage.environment(context["ti"]))
        try:
            for conn_id in [self.store_conn_ids] if isinstance(self.store_conn_ids, str) else self.store_conn_ids:
                found.update(LeapscoreHook(conn_id).get_conn())
        except ValueError as e:
            raise AirflowFailException(str(e)) from None
        for name, text in found.files.items():
            opened.append(files.open_with(text))
            found.environment[name] = files.path_of(opened[-1])
        found.environment.update({k: None if v is None else str(v) for k, v in (self.environment or {}).items()})
        return found.environment

    def _run(self, arguments: Sequence[str], variables: Mapping[str, Optional[str]], opened: Sequence[int], names: Mapping[str, str]) -> dict[str, Any]:
        if self.cwd is not None and not os.path.isdir(self.cwd):
            raise AirflowException(f"cwd {self.cwd}: there is no such folder on this worker")

        def started(p: process.Process) -> None:
            self._process = p

        def forward(event: process.Event) -> None:
            self._forward(event, names)

        try:
            result = process.run(arguments, env=variables, cwd=self.cwd, on_event=forward, pass_fds=opened, own_group=True, started=started)
        except NothingToDo as e:
            raise AirflowSkipException(e.message) from None
        except LeapscoreError as e:
            message = _with_names(e.message, names)
            if e.exit_code is not None:
                message = f"exit code {e.exit_code}: {message}"
            raise (AirflowFailException if e.exit_code in self.fail_on_exit_code else AirflowException)(message) from None
        finally:
            self._process = None
        return result or {}

    def _forward(self, event: process.Event, names: Mapping[str, str]) -> None:
        """Writes a line of the command's log into the log of the task, with its level."""
        levels = {"ERROR": self.log.error, "WARN": self.log.warning, "DEBUG": self.log.debug}
        known = ("time", "level", "msg", "run_id", "model", "from")
        facts = " ".join(f"{key}={value}" for key, value in event.items() if key not in known)
        text = _with_names(str(event.get("msg", "")), names)
        levels.get(str(event.get("level")), self.log.info)("%s", f"{text} {facts}".rstrip())

    def _tell_assets(self, context: Any, found: Mapping[str, Any]) -> None:
        """Adds the facts of the run to the events of the assets that the task updates."""
        for outlet in self.outlets:
            if isinstance(outlet, AssetAlias):
                place = str(found["table"])
                context["outlet_events"][outlet].add(Asset(place if "://" in place else "file://" + place), extra=flat(found))
            elif isinstance(outlet, Asset):
                context["outlet_events"][outlet].extra.update(found)

    def on_kill(self) -> None:
        """Stops the command, which removes what it has written, and waits for its end."""
        running = self._process
        if running is not None:
            self.log.warning("leapscore is told to stop")
            running.terminate()


def _with_names(text: str, names: Mapping[str, str]) -> str:
    """Returns a text with the flags instead of the paths of files that nobody else sees."""
    for path, name in names.items():
        text = text.replace(path, name)
    return text
