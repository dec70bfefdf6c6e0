"""One session for many questions: each in a transaction of its own, for a bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread, Timer
from types import TracebackType
from typing import Generic, Self, TypeVar

from sqlalchemy import Connection

from falsework.engines.condition import CannotTell
from falsework.engines.meanwhile import breaking_off
from falsework.engines.redaction import redact
from falsework.errors import FalseworkError, Unreachable

TIMEOUT = 300.0
"""Seconds one question may take: a scan holds back the server's clean-up of old row versions."""

GRACE = 5.0
"""Seconds that foreign code has to notice that its statement was broken off."""

T = TypeVar("T")
Connect = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """What came of one question: a value, or the reason why there is none.

    ``silent``   whether the reason is that the server has no answer to it
    ``stopped``  whether the reason is that its time was up
    """

    seconds: float
    value: T | None = None
    reason: str = ""
    silent: bool = False
    stopped: bool = False


class Asker:
    """Asks one thing after the other over one session; after a failure over a new one.

    ``connect``  makes a session whose transactions cannot write
    ``timeout``  seconds for one question; one that takes longer is stopped
    """

    def __init__(self, connect: Connect, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout
        self._connect = connect
        self._open: tuple[ExitStack, Connection] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the session back."""
        if self._open is not None:
            stack, self._open = self._open[0], None
            stack.close()

    def ask(self, work: Callable[[Connection], T]) -> Told[T]:
        """What the work gives. Raises Unreachable where the database does not answer."""
        begun = time.monotonic()
        stopped = Event()
        try:
            with self._session() as connection:
                with _deadline(connection, self.timeout, stopped):
                    value = work(connection)
                if stopped.is_set():  # not every server fails what it breaks off
                    raise TimeoutError
        except Exception as error:  # one check that crashes must not end the others
            if isinstance(error, Unreachable) and not stopped.is_set():
                raise
            return self._failed(error, time.monotonic() - begun, late=stopped.is_set())
        return Told(time.monotonic() - begun, value)

    def ask_apart(self, work: Callable[[Connection], T]) -> Told[T]:
        """The same for foreign code, which may never end: it has a thread and a session of its own.

        What does not end by itself a few seconds after its time is left to itself.
        """
        begun = time.monotonic()
        outcome: Future[Told[T]] = Future()

        def run() -> None:
            try:
                with Asker(self._connect, self.timeout) as own:
                    outcome.set_result(own.ask(work))
            except BaseException as error:  # noqa: BLE001 - it is raised where the outcome is awaited
                outcome.set_exception(error)

        Thread(target=run, name="falsework check", daemon=True).start()
        with suppress(TimeoutError):
            return outcome.result(self.timeout + GRACE)
        return self._failed(TimeoutError(), time.monotonic() - begun, late=True)

    def _failed(self, error: Exception, seconds: float, *, late: bool) -> Told[T]:
        if late:
            return Told(seconds, reason=f"stopped after {self.timeout:g} s", stopped=True)
        if isinstance(error, CannotTell):
            return Told(seconds, reason=str(error), silent=True)
        return Told(seconds, reason=_cause(error))

    @contextmanager
    def _session(self) -> Iterator[Connection]:
        """The open session in a new transaction, or another one where the last has failed."""
        if self._open is None:
            stack = ExitStack()
            self._open = stack, stack.enter_context(self._connect())
        stack, connection = self._open
        try:
            yield connection
            connection.rollback()
        except BaseException:
            self._open = None
            with stack:  # which may know what the error means
                raise


def _cause(error: Exception) -> str:
    if isinstance(error, FalseworkError):
        return redact(": ".join(part for part in (error.what, error.why) if part))
    original = getattr(error, "orig", None) or error
    lines = str(original).strip().splitlines() or [""]
    return redact(f"{type(original).__name__}: {lines[0]}")


@contextmanager
def _deadline(connection: Connection, seconds: float, stopped: Event) -> Iterator[None]:
    """Stop the session's statement when its time is up, if its driver can stop one."""
    stop = breaking_off(connection)

    def end() -> None:
        stopped.set()
        stop()

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
