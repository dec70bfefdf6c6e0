"""Fell trees of one table: lock them, see what hangs on them, take all of it away."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Delete, Select, Update
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.errors import LockNotFree
from falsework.migrate.keys import Key
from falsework.migrate.keyset import plain
from falsework.migrate.observer import Event, Moment
from falsework.migrate.reclaim.kinds import Kind, Row, held_by
from falsework.migrate.reclaim.order import Cutting, Felled, cuttings
from falsework.migrate.reclaim.outcome import Felling
from falsework.migrate.reclaim.tree import Gatherer, Tree
from falsework.migrate.retry import Patience
from falsework.migrate.session import Session
from falsework.model.forest import Forest
from falsework.model.schema import TableName

Result = TypeVar("Result")

TRIES = 3  # for one tree that somebody else has under lock: the next run finds it again
LOCKED = frozenset({Trouble.LOCK_TIMEOUT, Trouble.RETRY})
REFUSED = "the server refused to take them away: something else refers to them"
ENDLESS = "rows that refer to each other are more than fit into one transaction"


class Missed(Exception):
    """Somebody else has the rows under lock."""


class Stuck(Exception):
    """The server refuses to take the rows away."""


class _Changed(Exception):
    """A row was given back to the application while its tree was being felled."""


@dataclass(slots=True)
class Axe:
    """What fells trees of one table.

    ``check_stop``  raises Interrupted where a pause is to be broken off
    ``missed``      since when nothing but locks of others was met; None: it goes well
    ``unsure``      what is being committed
    """

    forest: Forest
    kinds: Mapping[TableName, Kind]
    session: Session
    kind: Kind
    felling: Felling
    check_stop: Callable[[], None]
    missed: float | None = None
    unsure: Tree | None = None

    def page(self, after: Key | None, limit: int) -> list[Key]:
        """Keys of rows that may go, behind ``after``, in the key's order."""
        found = self._patiently(lambda: self._look(self.kind.page(after, limit)))
        return [tuple(map(plain, row)) for row in found]

    def sweep(self, after: Key | None, rows: int) -> Key | None:
        """Take those of the next rows away that may go; the key of the last one, None: no more.

        By their range, where nothing hangs on them. Raises Missed, without a pause, and Stuck.
        """
        return self._patiently(lambda: self._sweep(after, rows), 1)

    def _sweep(self, after: Key | None, rows: int) -> Key | None:
        with self._transaction() as connection:
            found = connection.execute(self.kind.edge(after, rows)).first()
            edge = None if found is None else tuple(map(plain, found))
            gone = self._execute(connection, self.kind.swept(after, edge))
        self.felling.trees += gone
        self.felling.rows[self.kind.table] += gone
        return edge

    def fell(self, keys: Sequence[Key], bound: int) -> bool:
        """Take these trees away in one transaction; False where they do not fit into it.

        Raises Missed and Stuck; of a single tree that is noted.
        """
        return self._noted(keys, lambda: self._fell(keys, bound))

    def slice(self, key: Key, bound: int) -> bool:
        """Take a part of this tree away, from below; True once there is nothing more to do."""
        return self._noted((key,), lambda: self._slice(key, bound))

    def free(self, key: Key) -> bool:
        """Whether nothing in the whole tree holds it; what does is noted."""
        reason = self._patiently(lambda: self._held(key))
        if reason is not None:
            self.felling.hold(key, reason)
        return reason is None

    def _held(self, key: Key) -> str | None:
        with self.session.looking() as connection:
            rows = _rows(connection, self.kind.held([key], lock=False))
            for branch, page in self._gatherer(connection, lock=False).pages(self.kind.table, rows):
                for row in page:
                    if (reason := held_by(branch, row)) is not None:
                        return reason
        return None

    def _fell(self, keys: Sequence[Key], bound: int) -> bool:
        with self._transaction() as connection:
            roots = _rows(connection, self.kind.held(keys, lock=True))
            tree = self._gatherer(connection, lock=True).gather(self.kind.table, roots, bound)
            if tree.cut is not None:
                return False
            held = tree.why_held()
            goes = tree.without(held)
            self._take(connection, goes)
        self._count(goes)
        for key, reason in held.items():
            self.felling.hold(key, reason)
        if len(roots) < len(keys):
            self._missing([k for k in keys if k not in tree.rows[self.kind.table]])
        return True

    def _slice(self, key: Key, bound: int) -> bool:
        with self._transaction() as connection:
            roots = _rows(connection, self.kind.held([key], lock=True))
            gatherer = self._gatherer(connection, lock=True)
            part = gatherer.part(self.kind.table, roots, bound)
            reason = ENDLESS if part is None else next(iter(part.held.values()), None)
            if part is None or reason is not None:
                self.felling.hold(key, reason or ENDLESS)
                return True
            self._take(connection, part)
        self._count(part)
        return not roots or part.roots == [key]

    def _take(self, connection: Connection, tree: Tree) -> None:
        for cutting in cuttings(self.forest, tree):
            self._cut(connection, cutting)
        self.unsure = tree

    def _cut(self, connection: Connection, cutting: Cutting) -> None:
        """Run one statement; the policy in it has the last word."""
        if isinstance(cutting, Felled):
            statement: Delete | Update = self.kinds[cutting.table].felled(cutting.keys)
        else:
            statement = self.kinds[cutting.branch.child].freed(cutting.branch, cutting.keys)
        done = self._execute(connection, statement)
        if isinstance(cutting, Felled) and done != len(cutting.keys):
            raise _Changed

    def _execute(self, connection: Connection, statement: Delete | Update) -> int:
        """Run it; how many rows it changed."""
        self._tell(Moment.BEFORE_STATEMENT)
        with self.session.impatient(connection):
            changed = connection.execute(statement).rowcount
        self._tell(Moment.AFTER_STATEMENT)
        return changed

    def _count(self, tree: Tree) -> None:
        self.unsure = None
        if tree.table == self.kind.table and self.kind.table in tree.rows:
            self.felling.trees += len(tree.roots)
        self.felling.rows += Counter({t: len(rows) for t, rows in tree.rows.items()})
        self.felling.freed += Counter(
            branch.child for branch, keys in tree.freed.items() for _ in keys
        )

    def _missing(self, keys: Sequence[Key]) -> None:
        """Rows that could not be locked: gone or undeleted by now, or somebody else's."""
        self.felling.busy += len(self._look(self.kind.held(keys, lock=False)))

    def _gatherer(self, connection: Connection, *, lock: bool) -> Gatherer:
        def fetch(query: Select[Any]) -> Sequence[Row]:
            return _rows(connection, query)

        return Gatherer(self.forest, self.kinds, fetch, lock)

    def _look(self, query: Select[Any]) -> Sequence[Row]:
        with self.session.looking() as connection:
            return _rows(connection, query)

    def _transaction(self) -> AbstractContextManager[Connection]:
        self.session.wait_for_locks(self.session.settings.lock_try_ms)
        return self.session.transaction(str(self.kind.table))

    def _tell(self, moment: Moment) -> None:
        self.session.observer(Event(moment, str(self.kind.table)))

    def _noted(self, keys: Sequence[Key], work: Callable[[], bool]) -> bool:
        """Do the work; of a single tree that cannot be felled, note why."""
        alone = len(keys) == 1
        try:
            done = self._patiently(work, TRIES if alone else 1)
        except Missed:
            self._wait(alone=alone)
            raise
        except Stuck:
            if alone:
                self.felling.hold(keys[0], REFUSED)
            raise
        self.missed = None
        return done

    def _wait(self, *, alone: bool) -> None:
        """Give up where nothing but locks was met for as long as one lock may be waited for."""
        now = time.monotonic()
        self.missed = now if self.missed is None else self.missed
        if now - self.missed > self.session.settings.lock_wait_seconds:
            raise LockNotFree(
                f"db-reclaim: no lock on rows of {self.kind.table} for {now - self.missed:.0f} s",
                why="somebody else has them, or the whole database",
                do="let these transactions end, then run this again",
                done=f"{self.felling.rows.total()} rows of these trees went before",
            )
        self.felling.busy += alone

    def _patiently(self, work: Callable[[], Result], tries: int = 0) -> Result:
        """The result of the work. Raises Missed after ``tries`` (0: LockNotFree in time), Stuck."""
        what = f"db-reclaim of {self.kind.table}"
        tables = tuple(self.kinds)
        patience = Patience(
            self.session, lambda: None, self.check_stop, what, tables, done="what was done before"
        )
        left = tries or -1
        while left:
            try:
                return work()
            except _Changed:
                left -= 1
            except DBAPIError as error:
                trouble = self.session.target.driver.trouble(error)
                if trouble is Trouble.CONSTRAINT:
                    raise Stuck from None
                if trouble in LOCKED and left == 1:
                    break  # a pause would be for nothing
                left -= patience.after(error) in LOCKED
                self._settle()
        raise Missed

    def _settle(self) -> None:
        """Where the answer to a commit was lost, what was committed is known only by looking."""
        tree, self.unsure = self.unsure, None
        if tree is None or not tree.roots:
            return
        if not self._look(self.kinds[tree.table].held(tree.roots, lock=False)):
            self._count(tree)


def _rows(connection: Connection, query: Select[Any]) -> Sequence[Row]:
    return [tuple(row) for row in connection.execute(query)]
