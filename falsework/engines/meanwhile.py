"""Let a server work while this process does: its statements in a thread, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TypeVar

from sqlalchemy import Connection

T = TypeVar("T")

_AGAIN = 0.5  # seconds until a statement that has begun since is broken off as well


def breaking_off(connection: Connection) -> Callable[[], None]:
    """What breaks off the session's statement, from another thread, if its driver can do that."""
    raw = connection.connection.dbapi_connection
    stop = getattr(raw, "interrupt", None) or getattr(raw, "cancel", None)
    found: Callable[[], None] = stop if stop is not None else lambda: None
    return found


@contextmanager
def meanwhile(connection: Connection, work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Do the work in a thread beside the block: what it asks of the connection is waited for there.

    Gives the function that waits for what comes of it: a value, or the error it raises. The
    connection is the thread's until the block ends, and nobody's thread runs then: where an error
    or Ctrl-C ends the block, the statement under way is broken off.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised where the outcome is asked for
            outcome.set_exception(error)

    stop = breaking_off(connection)
    thread = Thread(target=run, name="falsework meanwhile", daemon=True)
    thread.start()
    try:
        yield outcome.result
    except BaseException:
        while thread.is_alive():
            with suppress(connection.dialect.loaded_dbapi.Error):
                stop()
            thread.join(_AGAIN)
        raise
    thread.join()
