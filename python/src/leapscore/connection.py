"""The pipes to one process of ``leapscore stream``, and what is on them."""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
import threading
from collections.abc import Iterator, Sequence
from typing import Any, Optional

import pyarrow as pa

from .errors import Crashed, LeapscoreError
from .process import Process, Said, error_of, events

__all__ = ["Connection"]

END = b"\xff\xff\xff\xff\0\0\0\0"  # of an Arrow IPC stream
PIPE = 1 << 20  # bytes; what a process may have without privileges
PATIENCE = 10.0  # seconds for a process that is ending
LOOK = 250  # milliseconds after which a wait looks for Ctrl-C: a signal that another thread got ends no wait


class Connection:
    """A process, and what it owes: the answers to what was sent.

    Nothing in here is safe for threads. An exception in the middle of an
    exchange leaves ``owes`` above 0: such a process is killed by its owner.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = list(arguments)
        self._process = Process([*arguments, "--log-format", "json"], stdin=subprocess.PIPE).start()
        popen = self._process.popen
        assert popen.stdin is not None and popen.stdout is not None  # they are pipes
        self._in, self._out = popen.stdin.fileno(), popen.stdout.fileno()
        self._file = pa.PythonFile(_Whole(self._out), "r")
        self._reader: Any = None
        self.owes = 0
        os.set_blocking(self._in, False)
        for pipe in (self._in, self._out):
            _enlarge(pipe)
        self._poll = select.poll()
        self._poll.register(self._in, select.POLLOUT)
        self._poll.register(self._out, select.POLLIN)
        self._said = Said()
        self._log = threading.Thread(target=_read_log, args=(popen.stderr, self._said), daemon=True)
        self._log.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ended(self) -> bool:
        """Reports whether the process has ended by itself."""
        return self._process.poll() is not None

    def begin_stream(self, schema: pa.Schema) -> pa.Schema:
        """Sends a schema, and returns the one that answers it."""
        self.owes += 1
        self._write(schema.serialize())
        try:
            self._reader = pa.ipc.open_stream(self._file)
        except (pa.ArrowInvalid, OSError) as broken:
            raise self._lost() from broken
        self.owes -= 1
        return self._reader.schema

    def end_stream(self) -> None:
        """Ends the stream, when all is answered."""
        self.owes += 1
        self._write(END)
        try:
            self._reader.read_next_batch()
        except StopIteration:
            self.owes -= 1
            return
        except (pa.ArrowInvalid, OSError) as broken:
            raise self._lost() from broken
        raise Crashed("leapscore stream has answered more batches than it was sent")

    def send(self, message: Any) -> None:
        """Sends a batch when nothing is owed, so that the process reads all of it."""
        self.owes += 1
        self._write(message)

    def send_and_receive(self, message: Any) -> Iterator[pa.RecordBatch]:
        """Sends a batch, and yields the answers that came meanwhile."""
        rest = memoryview(message)
        before, self.owes = self.owes, self.owes + 1
        while rest:
            ready = {fd for fd, _ in self._poll.poll(LOOK)}
            if self._out in ready and before:
                before -= 1
                yield self.receive()
            elif self._in in ready:
                rest = rest[self._write_some(rest) :]
            elif ready:
                raise self._lost()  # it speaks before it is asked, or has gone

    def answered(self) -> bool:
        """Reports whether an answer has begun to come."""
        return any(fd == self._out for fd, _ in self._poll.poll(0))

    def receive(self) -> pa.RecordBatch:
        """Returns the next answer, which has the next batch's rows."""
        try:
            batch = self._reader.read_next_batch()
        except (StopIteration, pa.ArrowInvalid, OSError) as broken:
            raise self._lost() from broken
        self.owes -= 1
        return batch

    def _write(self, message: Any) -> None:
        rest = memoryview(message)
        while rest:
            rest = rest[self._write_some(rest) :]
            if rest:
                select.select([], [self._in], [], LOOK / 1000)

    def _write_some(self, rest: memoryview) -> int:
        try:
            return os.write(self._in, rest)
        except BlockingIOError:
            return 0
        except OSError as broken:
            raise self._lost() from broken

    def _lost(self) -> LeapscoreError:
        """Returns the error of a process that has gone, and takes it away."""
        code = self.kill(PATIENCE)
        self._log.join(PATIENCE)
        if self._said.error is not None:
            return error_of(code, self._said, self._arguments)
        error = error_of(code, self._said, self._arguments)
        return Crashed(str(error), exit_code=error.exit_code)

    def close(self) -> None:
        """Lets the process end, which it does when its stdin does."""
        self._process.popen.stdin.close()  # type: ignore[union-attr]
        self.kill(PATIENCE)

    def kill(self, patience: float = 0) -> int:
        """Ends the process after ``patience`` seconds, and returns its exit code."""
        popen = self._process.popen
        try:
            code = self._process.wait(patience)
        except subprocess.TimeoutExpired:
            popen.kill()
            code = self._process.wait()
        for stream in (popen.stdin, popen.stdout):
            if stream is not None:
                stream.close()
        return code


class _Whole:
    """Reads exactly as many bytes as are asked for, and none ahead, so that polling tells what there is."""

    closed = False

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._poll = select.poll()
        self._poll.register(fd, select.POLLIN)

    def _some(self, size: int) -> bytes:
        while not self._poll.poll(LOOK):
            pass
        return os.read(self._fd, min(size, PIPE))

    def read(self, size: int) -> bytes:
        first = self._some(size)
        if len(first) == size or not first:
            return first
        parts = [first]
        missing = size - len(first)
        while missing:
            part = self._some(missing)
            if not part:
                break
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """Does nothing: the process has the pipe."""


def _read_log(stderr: Any, said: Said) -> None:
    with stderr:
        try:
            for event in events(stderr):
                said.add(event)
        except (OSError, ValueError):
            pass  # a fork has closed it


def _enlarge(pipe: int) -> None:
    set_size: Optional[int] = getattr(fcntl, "F_SETPIPE_SZ", 1031 if os.uname().sysname == "Linux" else None)
    if set_size is None:
        return
    try:
        fcntl.fcntl(pipe, set_size, PIPE)
    except OSError:
        pass  # the user has many pipes: the usual size does too, more slowly
