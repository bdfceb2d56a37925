"""Runs the command ``leapscore`` and reads what it says. Needs no other package.

    record = run(["score", "--job", "nightly.yaml"], on_event=print)
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, Callable, Optional, Union, cast

from . import binary
from .errors import LeapscoreError, NothingToDo, error_for

__all__ = ["Event", "OnEvent", "Process", "error_of", "run"]

Event = dict[str, Any]
"""A line of the log: ``time``, ``level`` (INFO, WARN or ERROR), ``msg``, and attributes of the line."""

OnEvent = Callable[[Event], object]

GRACE = 15.0
"""Seconds that a process has to end after SIGTERM. Its own limit is 10: it ends by itself, with an exit code."""

_PARENT = "LEAPSCORE_PARENT_FD"
_living: weakref.WeakSet[Process] = weakref.WeakSet()


class Process:
    """A process of ``leapscore`` which ends when this Python process ends, however that happens.

    It inherits the reading end of a pipe whose writing end only this process
    has. A signal at the death of the parent would come when the thread ends
    that started it.

    Args:
        arguments: the command and its flags, such as ``["score", "--job", "x.yaml"]``.
        env: variables that are set besides those of this process; None as a value removes one.
        cwd: the folder in which it runs.
        stdin, stdout, stderr: as for ``subprocess.Popen``; stdin is empty unless it is given.
        pass_fds: descriptors that it inherits under the same numbers.
        own_group: whether signals to the group of this process do not reach it: of two SIGTERM the second one ends it at once.
    """

    def __init__(
        self,
        arguments: Sequence[Union[str, os.PathLike[str]]],
        *,
        env: Optional[Mapping[str, Optional[str]]] = None,
        cwd: Union[str, os.PathLike[str], None] = None,
        stdin: Optional[int] = subprocess.DEVNULL,
        stdout: Optional[int] = subprocess.PIPE,
        stderr: Optional[int] = subprocess.PIPE,
        pass_fds: Sequence[int] = (),
        own_group: bool = False,
    ) -> None:
        self.arguments = [os.fspath(a) for a in arguments]
        self.terminated = False
        self._env = dict(env or {})
        self._cwd = cwd
        self._streams = (stdin, stdout, stderr)
        self._inherited = list(pass_fds)
        self._own_group = own_group
        self._popen: Optional[subprocess.Popen[bytes]] = None
        self._parent = -1  # the writing end of the pipe

    def start(self) -> Process:
        """Starts it, once.

        Raises:
            BinaryNotFound: there is no program.
        """
        program = binary.find()
        environment = dict(os.environ)
        for name, value in self._env.items():
            environment.pop(name, None)
            if value is not None:
                environment[name] = value
        reading, self._parent = os.pipe()
        environment[_PARENT] = str(reading)
        stdin, stdout, stderr = self._streams
        try:
            # Without buffers: a process that forks must not write the bytes of another one.
            self._popen = subprocess.Popen(
                [program, *self.arguments],
                bufsize=0,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                env=environment,
                cwd=self._cwd,
                pass_fds=[reading, *self._inherited],
                start_new_session=self._own_group,
            )
        except BaseException:
            self._close_pipe()
            raise
        finally:
            os.close(reading)
        _living.add(self)
        return self

    @property
    def popen(self) -> subprocess.Popen[bytes]:
        """The process, which has been started."""
        if self._popen is None:
            raise RuntimeError("the process has not been started")
        return self._popen

    @property
    def pid(self) -> int:
        return self.popen.pid

    def poll(self) -> Optional[int]:
        """Returns the exit code, or None while it runs."""
        code = self.popen.poll()
        if code is not None:
            self._close_pipe()
        return code

    def wait(self, timeout: Optional[float] = None) -> int:
        """Waits for the end and returns the exit code, which is negative for that of a signal.

        Raises:
            subprocess.TimeoutExpired: it still runs after ``timeout`` seconds.
        """
        code = self.popen.wait(timeout)
        self._close_pipe()
        return code

    def terminate(self, grace: float = GRACE) -> int:
        """Stops it by SIGTERM, which lets it clear up, and by SIGKILL after ``grace`` seconds. Returns the exit code.

        A handler of a signal may call it, also while the thread that it interrupts waits for the process.
        """
        if self.poll() is None:
            self.terminated = True
            self.popen.terminate()
        try:
            code = self._ended(grace)
            if code is None:
                self.popen.kill()
                code = self._ended(None)
        except BaseException:  # a second Ctrl-C: do not leave it behind
            self.popen.kill()
            raise
        self.poll()
        return 0 if code is None else code

    def _ended(self, timeout: Optional[float]) -> Optional[int]:
        """Waits for the end and returns the exit code, or None after ``timeout`` seconds.

        ``wait`` of subprocess takes a lock, which is held by the frame that a handler of a signal has interrupted.
        """
        if not hasattr(os, "waitid"):
            try:
                return self.wait(timeout)
            except subprocess.TimeoutExpired:
                return None
        end = None if timeout is None else time.monotonic() + timeout
        pause = 0.001
        while (code := self._peek()) is None and (end is None or time.monotonic() < end):
            time.sleep(pause)
            pause = min(2 * pause, 0.05)
        return code

    def _peek(self) -> Optional[int]:
        """Returns the exit code, or None while it runs, and leaves the process to be waited for."""
        if self.popen.returncode is not None:
            return self.popen.returncode
        try:
            found = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:  # another thread has waited for it
            return self.wait()
        if found is None:
            return None
        return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status

    def _close_pipe(self) -> None:
        if self._parent >= 0:
            os.close(self._parent)
            self._parent = -1

    def forget(self) -> None:
        """Lets go of a process of the parent, after a fork: it must end when the parent closes its pipes, not this process."""
        self._close_pipe()
        popen, self._popen = self._popen, None
        if popen is None:
            return
        for stream in (popen.stdin, popen.stdout, popen.stderr):
            if stream is not None:
                stream.close()
        popen.returncode = 0  # it is no child of this process: there is nothing to wait for


def _forget_all() -> None:
    for process in list(_living):
        process.forget()
    _living.clear()


os.register_at_fork(after_in_child=_forget_all)


def run(
    arguments: Sequence[Union[str, os.PathLike[str]]],
    *,
    env: Optional[Mapping[str, Optional[str]]] = None,
    cwd: Union[str, os.PathLike[str], None] = None,
    on_event: Optional[OnEvent] = None,
    pass_fds: Sequence[int] = (),
    own_group: bool = False,
    started: Optional[Callable[[Process], object]] = None,
) -> Optional[dict[str, Any]]:
    """Runs ``leapscore ARGUMENTS --log-format json --json`` until it ends.

    Each line of its log is given to ``on_event``, in the thread that called.
    If ``on_event`` raises, or Ctrl-C is pressed, the process is stopped. ``started``
    gets the process, so that something else can stop it; ``pass_fds`` and
    ``own_group`` are those of ``Process``.

    Returns:
        The JSON of the last line of stdout, or None if nothing was printed.

    Raises:
        LeapscoreError: of the class of the exit code, with the last error of the log.
        BinaryNotFound: there is no program.
    """
    process = Process([*arguments, "--log-format", "json", "--json"], env=env, cwd=cwd, pass_fds=pass_fds, own_group=own_group).start()
    printed: list[bytes] = []
    reader = threading.Thread(target=lambda: printed.append(_stream(process.popen.stdout).read()), daemon=True)
    reader.start()
    said = Said()
    try:
        if started is not None:
            started(process)
        for event in events(_stream(process.popen.stderr)):
            said.add(event)
            if on_event is not None:
                on_event(event)
        reader.join()
        code = process.wait()
    except BaseException:
        process.terminate()
        raise
    finally:
        for stream in (process.popen.stdout, process.popen.stderr):
            _stream(stream).close()
    result = _last_object(printed[0] if printed else b"")
    if code == 0:
        return result
    if result is not None and said.error is None:
        raise NothingToDo(said.last or "there is nothing to do", exit_code=code)
    raise error_of(code, said, arguments)


class Said:
    """What a process has said: its last error, its last line, and the end of what is no log, such as the stacks of a crash."""

    def __init__(self) -> None:
        self.error: Optional[Event] = None
        self.last: Optional[str] = None
        self.rest: list[str] = []

    def add(self, event: Event) -> None:
        self.last = str(event.get("msg", ""))
        if event.get("from") == "stderr":
            self.rest = (self.rest + [self.last])[:40]  # the cause of a crash comes before the stacks
        elif event.get("level") == "ERROR":
            self.error = event


def error_of(code: int, said: Said, arguments: Sequence[Union[str, os.PathLike[str]]]) -> LeapscoreError:
    """Returns the error of a process that ended with ``code``."""
    if said.error is not None:
        keys = ("code", "row", "node", "op", "column")
        return error_for(code, str(said.error.get("msg")), **{k: said.error[k] for k in keys if k in said.error})
    command = " ".join(["leapscore", *(os.fspath(a) for a in arguments[:1])])
    how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    if code in (-9, 137):
        how += ", which is mostly for its memory: lower --memory, or give it more"
    message = f"{command} {how}"
    if said.rest:
        message += ": " + "\n".join(said.rest)
    return error_for(code, message)


def events(stream: IO[bytes]) -> Iterator[Event]:
    """Reads the lines of a log in JSON. Any other line becomes an event of level ERROR whose ``from`` is stderr."""
    rest = b""
    while True:
        chunk = stream.read(65536)  # returns what is there
        *lines, rest = (rest + chunk).split(b"\n") if chunk else (rest, b"")
        for line in lines:
            if line.strip():
                yield event_of(line)
        if not chunk:
            return


def event_of(line: bytes) -> Event:
    """Returns the event of a line of a log."""
    text = line.decode("utf-8", "replace").rstrip("\r")
    try:
        found: Any = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict) and "msg" in found:
        return cast(Event, found)
    return {"level": "ERROR", "msg": text, "from": "stderr"}


def _last_object(printed: bytes) -> Optional[dict[str, Any]]:
    lines = printed.strip().rsplit(b"\n", 1)
    try:
        found: Any = json.loads(lines[-1])
    except ValueError:
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def _stream(stream: Optional[IO[bytes]]) -> IO[bytes]:
    assert stream is not None  # they are pipes
    return stream
