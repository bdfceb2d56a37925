"""Speaks with ``leapscore stream``: Arrow record batches go in, and each is answered at once. Needs pyarrow.

    with Stream("model.zip") as stream:
        scorer = stream.open(schema, outputs=["prediction"], keep="none")
        answer = scorer.score(batch)

``Model`` in model.py is the same with tables, frames and dicts.
"""

from __future__ import annotations

import json
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Optional, Union

import pyarrow as pa

from . import flags as _flags
from .connection import Connection
from .errors import LeapscoreError, error_for

__all__ = ["ERROR_COLUMN", "Scorer", "Stream"]

ERROR_COLUMN = "_error"
"""The column of an answer which says why a row is bad, unless ``error_column`` names another."""

IN_FLIGHT = 8
"""Batches that are sent ahead of their answers."""

SLOW = 0.05
"""Seconds. A source that takes longer for a batch is waited for only when all answers have been given."""

_PER_STREAM = ("outputs", "keep", "map", "input-default", "rename", "cast", "vectors", "on-error", "error-column")
_streams: weakref.WeakSet[Stream] = weakref.WeakSet()


class Stream:
    """One process that scores with one model. It starts when it is first needed.

    Threads take turns. After a fork the child has a process of its own. A
    process that has died is started again for the next call. Pickling takes
    the arguments along, and no process.

    Args:
        model: the bundle, a path or a URL.
        flags: those of ``leapscore stream``, such as ``workers=2``, ``memory="1GiB"``,
            ``outputs="all"``, ``map={"input": "column"}``; None is as if it were not given.
    """

    def __init__(self, model: Union[str, os.PathLike[str]], **flags: Any) -> None:
        self.model = os.fspath(model)
        self.flags = flags
        given = {_flags.key(name): value for name, value in flags.items() if value is not None}
        self._defaults = {name: _plain(value) for name, value in given.items() if name in _PER_STREAM}
        self._arguments = ["stream", self.model, *_flags.arguments({n: v for n, v in given.items() if n not in _PER_STREAM})]
        self._reset()
        _streams.add(self)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._owner: Optional[int] = None  # the thread that has the lock
        self._connection: Optional[Connection] = None
        self._active: Optional[Scorer] = None  # whose stream is open
        self._finalizer: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _stream_again, (self.model, self.flags)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> Optional[int]:
        """The process, or None while there is none."""
        return None if self._connection is None else self._connection.pid

    def open(self, schema: pa.Schema, **options: Any) -> Scorer:
        """Returns a scorer of batches of ``schema``, by ``options`` besides the flags.

        Options are ``outputs``, ``keep``, ``map``, ``input_default``, ``rename``,
        ``cast``, ``vectors``, ``on_error`` and ``error_column``.

        Raises:
            ContractError: the schema does not fit the model; ``column`` says where.
            UsageError: an option is wrong, such as an output that does not exist.
            ModelError: the model cannot be loaded.
        """
        given = {_flags.key(name): _plain(value) for name, value in options.items() if value is not None}
        unknown = sorted(set(given) - set(_PER_STREAM))
        if unknown:
            raise TypeError(f"open() has no option {unknown[0]!r}; there are {', '.join(n.replace('-', '_') for n in _PER_STREAM)}")
        scorer = Scorer(self, schema, {**self._defaults, **given})
        with self._turn():
            self._activate(scorer)
        return scorer

    def start(self) -> None:
        """Starts the process, if there is none, and does not wait for it."""
        with self._turn():
            self._connect()

    def close(self) -> None:
        """Ends the process. Another call starts a new one."""
        with self._turn():
            self._drop(kill=False)

    def _turn(self) -> _Turn:
        return _Turn(self)

    def _connect(self) -> Connection:
        if self._connection is None or self._connection.ended():
            self._drop(kill=True)
            connection = Connection(self._arguments)
            self._connection = connection
            self._finalizer = weakref.finalize(self, connection.close)
        return self._connection

    def _drop(self, kill: bool) -> None:
        connection, self._connection, self._active = self._connection, None, None
        if self._finalizer is not None:
            self._finalizer.detach()
            self._finalizer = None
        if connection is not None:
            connection.kill() if kill else connection.close()

    def _activate(self, scorer: Scorer) -> Connection:
        """Opens the stream of a scorer, if it is not the open one."""
        connection = self._connect()
        if self._active is scorer:
            return connection
        if self._active is not None:
            connection.end_stream()
            self._active = None
        answer = connection.begin_stream(scorer.sent)
        refused = (answer.metadata or {}).get(b"leapscore.error")
        if refused is not None:
            connection.end_stream()
            raise _refusal(json.loads(refused))
        scorer.schema = answer
        self._active = scorer
        return connection


class _Turn:
    """The time in which a thread has the process. A process that is left in the middle of an exchange is ended."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def __enter__(self) -> None:
        stream = self._stream
        if stream._owner == threading.get_ident() and stream._lock.locked():  # pyright: ignore[reportPrivateUsage]
            raise RuntimeError("this stream is being read by score_all() in the same thread: finish that, close it, or use another Stream")
        stream._lock.acquire()  # pyright: ignore[reportPrivateUsage]
        stream._owner = threading.get_ident()  # pyright: ignore[reportPrivateUsage]

    def __exit__(self, kind: object, error: Optional[BaseException], trace: object) -> None:
        stream = self._stream
        connection = stream._connection  # pyright: ignore[reportPrivateUsage]
        try:
            if connection is not None and connection.owes:
                stream._drop(kill=True)  # pyright: ignore[reportPrivateUsage]
        finally:
            stream._owner = None  # pyright: ignore[reportPrivateUsage]
            stream._lock.release()  # pyright: ignore[reportPrivateUsage]


class Scorer:
    """Scores batches of one schema. ``schema`` is that of the answers.

    The answer to a batch has its rows in their order. Its columns are those
    that are kept, the outputs, and ``_error``, a struct of code, message,
    node, op and column, which is null where the row is good.
    """

    schema: pa.Schema

    def __init__(self, stream: Stream, schema: pa.Schema, options: Mapping[str, Any]) -> None:
        self._stream = stream
        self._input = schema
        plain = [_without_dictionary(f) for f in schema]
        self._plain = pa.schema(plain) if any(p is not f for p, f in zip(plain, schema)) else None
        self.sent = (self._plain or schema).with_metadata({"leapscore": json.dumps(options)})

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Returns the answer to one batch.

        Raises:
            ValueError: the batch is of another schema.
            Crashed: the process died. The next call starts another one.
        """
        message = self._message(batch)
        with self._stream._turn():  # pyright: ignore[reportPrivateUsage]
            connection = self._stream._activate(self)  # pyright: ignore[reportPrivateUsage]
            connection.send(message)
            return connection.receive()

    def score_all(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yields the answers to batches, in order. Some batches are sent ahead of the answers.

        Until the iteration ends, or is closed, other threads wait for their turn.
        """
        source = iter(batches)
        with self._stream._turn():  # pyright: ignore[reportPrivateUsage]
            connection = self._stream._activate(self)  # pyright: ignore[reportPrivateUsage]
            yield from self._exchange(connection, source)

    def _exchange(self, connection: Connection, source: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        slow = more = True
        ready: deque[pa.RecordBatch] = deque()
        while more or connection.owes:
            if more and connection.owes < (1 if slow else IN_FLIGHT):
                began = time.monotonic()
                batch = next(source, None)
                slow = time.monotonic() - began > SLOW
                if batch is None:
                    more = False
                    continue
                # While it does not fit into the pipe, answers are read, so that neither side waits for the other.
                for answer in connection.send_and_receive(self._message(batch)):
                    ready.append(answer)
            else:
                ready.append(connection.receive())
            while connection.owes and connection.answered():
                ready.append(connection.receive())
            while ready:
                yield ready.popleft()

    def _message(self, batch: pa.RecordBatch) -> pa.Buffer:
        if not batch.schema.equals(self._input):
            raise ValueError(f"the batch has another schema than its stream:\n{batch.schema}\nwant\n{self._input}")
        if self._plain is not None:
            columns = [c if c.type.equals(f.type) else c.cast(f.type) for c, f in zip(batch.columns, self._plain)]
            batch = pa.RecordBatch.from_arrays(columns, schema=self._plain)
        return batch.serialize()


def _without_dictionary(field: pa.Field) -> pa.Field:
    """Returns a field whose values stand for themselves: a dictionary would be a message before each batch."""
    return field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field


def _plain(value: Any) -> Any:
    """Returns a value as JSON can hold it."""
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(name): _flags.text(v) for name, v in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return _flags.words(value)


def _refusal(said: Mapping[str, Any]) -> LeapscoreError:
    return error_for(int(said["exit_code"]), str(said["message"]), code=said.get("code"), column=said.get("column") or None)


def _stream_again(model: str, flags: dict[str, Any]) -> Stream:
    return Stream(model, **flags)


def _reset_all() -> None:
    for stream in list(_streams):
        if stream._finalizer is not None:  # pyright: ignore[reportPrivateUsage]
            stream._finalizer.detach()  # pyright: ignore[reportPrivateUsage]
        stream._reset()  # pyright: ignore[reportPrivateUsage]


os.register_at_fork(after_in_child=_reset_all)
