"""Take the run lock, keep it alive, give it back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.engines.connect import Target
from falsework.errors import AnotherRunner, Interrupted
from falsework.migrate.held import Held
from falsework.migrate.lease import Lease
from falsework.migrate.locks import Holder, RunLock, pauses
from falsework.migrate.observer import Event, Moment, Observer
from falsework.migrate.settings import Settings

BEATS = 3  # renewals within a lease: two may be lost
LEAVING_SECONDS = 10.0  # a server notices that a client is gone within milliseconds
BUSY_SECONDS = 0.1
NOT_NOW = frozenset({Trouble.LOCK_TIMEOUT, Trouble.RETRY})


@contextmanager
def run_lock(
    target: Target,
    settings: Settings,
    observer: Observer,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[RunLock]:
    """Hold the run lock for the length of a block; the journal's tables must be there.

    Raises AnotherRunner when ``settings.wait_seconds`` are over and somebody still holds it.
    """
    session = target.driver.session_lock
    lock: RunLock = Held(target, settings, session) if session else Lease(target, settings)
    try:
        observer(Event(Moment.BEFORE_JOURNAL, note="run lock"))
        _wait(lock, settings, stop)
        observer(Event(Moment.AFTER_JOURNAL, note="run lock"))
        over = threading.Event()
        pulse = threading.Thread(target=_keep, args=(lock, over, settings), daemon=True)
        pulse.start()
        try:
            yield lock
        finally:
            over.set()
            pulse.join(settings.lease_seconds)
            lock.free()
    finally:
        lock.close()


def _wait(lock: RunLock, settings: Settings, stop: Callable[[], bool]) -> None:
    began = time.monotonic()
    for pause in pauses():
        holder = _take(lock, began, settings, stop)
        if holder is None:
            return
        patience = max(settings.wait_seconds, LEAVING_SECONDS if holder.leaving else 0.0)
        if time.monotonic() >= began + patience:
            raise AnotherRunner(
                f"another runner is at work on {lock.target.identity}",
                why=f"the run lock is held by {holder.who}",
                do="wait until it is done (db-status shows it), or wait here with --wait SECONDS",
            )
        _check(stop)
        time.sleep(pause)


def _take(
    lock: RunLock, began: float, settings: Settings, stop: Callable[[], bool]
) -> Holder | None:
    """None when it is taken, else who holds it: somebody may hold no more than the lock row."""
    while True:
        try:
            return lock.take()
        except DBAPIError as error:
            busy = lock.target.driver.trouble(error) in NOT_NOW
            if not busy or time.monotonic() >= began + settings.lock_wait_seconds:
                raise
        _check(stop)
        time.sleep(BUSY_SECONDS)


def _check(stop: Callable[[], bool]) -> None:
    if stop():
        raise Interrupted("stopped before anything was begun")


def _keep(lock: RunLock, over: threading.Event, settings: Settings) -> None:
    """Renew the lock until the run is over. Trouble is left for the runner to find."""
    while not over.wait(settings.lease_seconds / BEATS):
        with suppress(Exception):
            lock.beat()
