"""What to do when the server says no: wait, run it again, connect again, or give up and say why."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import SystemRandom
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.engines.connect import Target
from falsework.errors import (
    Denied,
    FalseworkError,
    LockNotFree,
    StepFailed,
    Unreachable,
)
from falsework.migrate.observer import Event, Moment
from falsework.migrate.session import Session
from falsework.model.schema import TableName

# Between two tries of 50 ms each, others get many times that to work in.
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 4.0
AGAIN_TRIES = 10  # deadlocks in a row: more of them are no accident
NO_STEP = "nothing of this step; the steps before it stay done"
LOST_TRIES = 5  # sessions one step may lose: it may be the step that brings the server down
SLICE = 0.1  # a signal is noticed within this time

Result = TypeVar("Result")


def pause_after(tries: int) -> float:
    """Seconds to wait after that many tries, before jitter: 0.25 doubled each time, at most 4."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tries - 1, 10))


class Patience:
    """How often and how long one step is tried. A new one for every step and every chunk."""

    def __init__(
        self,
        session: Session,
        verify: Callable[[], None],
        stop: Callable[[], None],
        what: str,
        tables: Sequence[TableName] = (),
        *,
        done: str = NO_STEP,
    ) -> None:
        """``what`` and ``tables`` name the work for people: a step's id and what it locks.

        ``verify``  raises LostLock where the work is somebody else's by now
        ``done``    what the database holds where the work fails
        """
        self._session = session
        self._verify = verify
        self._settings = session.settings
        self._observer = session.observer
        self._stop = stop
        self._what = what
        self._tables = tables
        self._done = done
        self._since: float | None = None
        self._locks = self._again = self._lost = self._away = 0
        self._deadline = 0.0

    def after(self, error: DBAPIError) -> Trouble:
        """Return when the step is to be tried again, after a pause; raise when it is not."""
        trouble = self._session.target.driver.trouble(error)
        if trouble is Trouble.LOCK_TIMEOUT:
            self._wait_for_lock()
        elif trouble is Trouble.RETRY:
            self._try_again(error)
        elif trouble in (Trouble.LOST, Trouble.UNREACHABLE):
            self._connect_again(error, lost=trouble is Trouble.LOST)
        else:
            raise failure(self._session.target, self._what, error, self._done) from None
        return trouble

    def _wait_for_lock(self) -> None:
        self._locks += 1
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        blockers = self._session.blockers(self._tables)
        waited = now - self._since
        if waited >= self._settings.lock_wait_seconds:
            raise LockNotFree(
                f"{self._what}: no lock in {waited:.0f} s",
                why="held by " + "; ".join(blockers) if blockers else "somebody else has it",
                do="let these transactions end, or end their sessions, then run this again",
                done=self._done,
            )
        self._observer(Event(Moment.WAITING, self._what, note="; ".join(blockers)))
        if self._session.make_way(self._tables):
            return  # the way is free for a moment: no pause
        left = self._settings.lock_wait_seconds - waited
        self._sleep(min(left, pause_after(self._locks)))

    def _try_again(self, error: DBAPIError) -> None:
        self._again += 1
        if self._again > AGAIN_TRIES:
            raise LockNotFree(
                f"{self._what}: the server broke it off {self._again} times for others",
                why=said(self._session.target, error),
                do="run this again when there is less traffic on the table",
                done=self._done,
            )
        self._sleep(pause_after(self._again) / 2)

    def _connect_again(self, error: DBAPIError, *, lost: bool) -> None:
        self._session.close()
        with suppress(DBAPIError):
            self._verify()  # its connection may be gone, too: then it has let go of it now
        self._lost += lost
        self._away = 0 if lost else self._away + 1
        if lost or not self._deadline:
            self._deadline = time.monotonic() + self._settings.reconnect_seconds
        if time.monotonic() > self._deadline or self._lost > LOST_TRIES:
            raise Unreachable(
                f"{self._what}: the connection to {self._session.target.identity} is lost",
                why=said(self._session.target, error),
                do="run this again when the server answers: it goes on where it was",
                done="the steps before it stay done; of this one, what the server had committed",
            )
        self._observer(Event(Moment.WAITING, self._what, note="the connection was lost"))
        tries = max(self._away, self._lost - 1)
        if tries:  # one session that ended: the server may well be there
            self._sleep(pause_after(tries))

    def _sleep(self, seconds: float) -> None:
        """Up to ``seconds``, at least half of them: two that wait for each other drift apart."""
        until = time.monotonic() + SystemRandom().uniform(seconds / 2, seconds)
        while (left := until - time.monotonic()) > 0:
            self._stop()
            time.sleep(min(left, SLICE))


def said(target: Target, error: DBAPIError) -> str:
    """What the server said, without row values: its first line, unless that quotes a value."""
    kind = type(error.orig).__name__
    if target.driver.trouble(error) is Trouble.DATA:
        return kind
    lines = str(error.orig).strip().splitlines()
    return f"{kind}: {lines[0]}" if lines else kind


def failure(target: Target, what: str, error: DBAPIError, done: str) -> FalseworkError:
    """The error for a statement that the server refuses for good; ``done`` is what stays."""
    trouble, why = target.driver.trouble(error), said(target, error)
    if trouble in (Trouble.DENIED, Trouble.REJECTED):
        return Denied(
            f"{what}: the user may not do this",
            why=why,
            do="grant what is missing, or let the server take writes, then run this again: it goes "
            "on here",
            done=done,
        )
    remedy = {
        Trouble.CONSTRAINT: "run db-check: it counts the rows in the way and says how to find them",
        Trouble.DATA: "mend the declared expression or the rows, then plan again",
        Trouble.SYNTAX: "mend the declared expression (fill, default, check), then plan again",
    }
    return StepFailed(
        f"{what}: the server refused it ({trouble.value})",
        why=why,
        do=remedy.get(trouble, "see the server's log, mend the cause, then run this again"),
        done=done,
    )


def note_of(error: BaseException) -> str:
    """The error's class for the journal; never a word of its text."""
    cause = error.__context__
    inner = f" {type(cause.orig).__name__}" if isinstance(cause, DBAPIError) else ""
    return type(error).__name__ + inner


def translated(target: Target, what: str, job: Callable[[], Result]) -> Result:
    """Do the job; raise a server's error in it as one of this project's: nothing was half done.

    A server's own error quotes rows and statements, so none leaves as the context of another one.
    """
    try:
        return job()
    except FalseworkError as error:
        error.__context__ = None
        raise
    except DBAPIError as error:
        ours = _translation(target, what, error)
    raise ours


def _translation(target: Target, what: str, error: DBAPIError) -> FalseworkError:
    trouble, why = target.driver.trouble(error), said(target, error)
    if trouble in (Trouble.LOST, Trouble.UNREACHABLE):
        return Unreachable(
            f"{what}: no answer from {target.identity}",
            why=why,
            do="run this again when the server answers",
        )
    if trouble in (Trouble.LOCK_TIMEOUT, Trouble.RETRY):
        return LockNotFree(
            f"{what}: somebody else has the lock", why=why, do="run this again later"
        )
    return failure(target, what, error, "nothing")
