"""Take rows away: walk each table with a policy along its key, tree by tree.

A walk reads keys without a lock, and each batch of them is looked at again under one: what was
undeleted meanwhile stays. A batch goes with everything below it in one transaction. A tree that
does not fit into one goes in slices, children first, once all of it was seen to be free to go.

Nothing is recorded anywhere: what is gone is gone, and what is left is found again. So any number
of runners may be at work, and one that is killed is no concern of the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from falsework.engines.connect import Target
from falsework.errors import Interrupted
from falsework.migrate.chunks import MOST, next_rows
from falsework.migrate.keys import Key
from falsework.migrate.observer import Event, Moment, Observer, silent
from falsework.migrate.reclaim.felling import Axe, Missed, Stuck
from falsework.migrate.reclaim.kinds import Kind, Kinds
from falsework.migrate.reclaim.outcome import Felling, Reclaimed
from falsework.migrate.retry import translated
from falsework.migrate.session import Session
from falsework.migrate.settings import Settings
from falsework.model.schema import TableName

PAGE = 5_000  # keys that are read ahead; no statement names more of them


def never() -> bool:
    """Nobody asks to stop."""
    return False


def reclaim(
    target: Target,
    made: Kinds,
    settings: Settings,
    observer: Observer = silent,
    *,
    stop: Callable[[], bool] = never,
) -> Reclaimed:
    """Take away what may go.

    ``stop``  asked between transactions; True: end with what is done

    Raises Refused, StepFailed, LockNotFree, Denied, Unreachable; what was committed by then stays
    gone.
    """
    kinds = made.all()
    with closing(Session(target, settings, observer, stop, alone=False)) as session:
        run = _Run(made, kinds, session, Reclaimed(), stop)
        translated(target, "db-reclaim", run.all)
    run.outcome.seconds = time.monotonic() - run.began
    return run.outcome


@dataclass(slots=True)
class _Run:
    """One run.

    ``size``      rows that the next transaction aims at
    ``per_tree``  rows that a tree had lately
    """

    made: Kinds
    kinds: Mapping[TableName, Kind]
    session: Session
    outcome: Reclaimed
    stop: Callable[[], bool]
    began: float = field(default_factory=time.monotonic)
    size: int = 0
    per_tree: float = 1.0

    @property
    def settings(self) -> Settings:
        return self.session.settings

    def all(self) -> None:
        """Every table with a policy, children first; budgets and signals end it between two."""
        self.size = self.settings.chunk_rows
        try:
            for table in self.made.walked():
                self._table(self.kinds[table])
        except Interrupted as stopped:
            self.outcome.stopped = str(stopped)

    def _table(self, kind: Kind) -> None:
        felling = Felling(kind.table, self.made.before[kind.table])
        self.outcome.fellings.append(felling)
        axe = Axe(self.made.forest, self.kinds, self.session, kind, felling, self.check_stop)
        self._tell(Moment.STEP, felling)
        if self.made.forest.below(kind.table):
            self._walk(axe, None, None)
        else:
            self._sweep(axe)
        self._tell(Moment.STEP_DONE, felling)

    def _sweep(self, axe: Axe) -> None:
        """Rows that nothing hangs on go by ranges; where somebody has one of them, one by one."""
        after: Key | None = None
        while True:
            self.check_stop()
            rows = min(self.size, self._room(MOST))
            began = time.monotonic()
            try:
                after = axe.sweep(after, rows)
            except (Missed, Stuck):
                after = self._walk(axe, after, rows)
            else:
                self._pace(1, rows, time.monotonic() - began)
                self.per_tree = 1.0
            self._tell(Moment.CHUNK, axe.felling)
            if after is None:
                return

    def _walk(self, axe: Axe, after: Key | None, rows: int | None) -> Key | None:
        """Tree by tree, to the end or for so many rows; the last key, None at the end."""
        while keys := axe.page(after, rows or PAGE):
            after, page = keys[-1], keys
            while page:
                self.check_stop()
                page = page[self._batch(axe, page) :]
                self._tell(Moment.CHUNK, axe.felling)
            if rows is not None:
                return after
        return None

    def _tell(self, moment: Moment, felling: Felling) -> None:
        event = Event(moment, str(felling.table), rows=felling.rows.total())
        self.session.observer(event)

    def _batch(self, axe: Axe, keys: Sequence[Key]) -> int:
        """Fell as many of the trees as fit into one transaction; how many are done with."""
        width = max(1, min(int(self.size / self.per_tree), len(keys), self._room(PAGE)))
        while True:
            began, before = time.monotonic(), axe.felling.rows.total()
            try:
                whole = axe.fell(keys[:width], self._bound())
            except (Stuck, Missed):
                if width == 1:
                    return 1  # the axe has noted why
                width //= 2
                continue
            if whole:
                self._pace(width, axe.felling.rows.total() - before, time.monotonic() - began)
                return width
            if width > 1:
                width //= 2
            else:
                self._large(axe, keys[0])
                return 1

    def _large(self, axe: Axe, key: Key) -> None:
        """A tree that does not fit into one transaction."""
        if self.outcome.rows and self._room(MOST) < self.settings.tree_rows:
            raise Interrupted(f"db-reclaim: {self.outcome.rows} rows went; call it again")
        if not axe.free(key):
            return
        try:
            while not axe.slice(key, self._bound()):
                self._tell(Moment.CHUNK, axe.felling)
                self.check_stop()
        except (Stuck, Missed):
            return

    def _pace(self, trees: int, rows: int, took: float) -> None:
        """Aim the next transaction at the time that one may hold its locks."""
        if not rows:
            return
        self.per_tree = max(1.0, rows / trees)
        more = next_rows(rows, max(took, 1e-6), self.settings.chunk_seconds)
        self.size = more if rows >= self.size / 2 else max(self.size, more)

    def _bound(self) -> int:
        """Rows that the next transaction may take."""
        return max(1, min(max(self.settings.tree_rows, min(self.size, PAGE)), self._room(PAGE)))

    def _room(self, usual: int) -> int:
        """Rows that may go before the limit; where there is none, as usual."""
        most = self.settings.max_rows
        return usual if most is None else max(1, min(usual, most - self.outcome.rows))

    def check_stop(self) -> None:
        """Raise Interrupted when a signal or a budget says that nothing more is to begin."""
        if self.stop():
            raise Interrupted("db-reclaim was asked to stop; call it again to go on")
        budget, most = self.settings.time_budget, self.settings.max_rows
        if budget is not None and time.monotonic() - self.began >= budget:
            raise Interrupted("db-reclaim: the time budget is used up; call it again")
        if most is not None and self.outcome.rows >= most:
            raise Interrupted(f"db-reclaim: {self.outcome.rows} rows went; call it again")
