"""Give rows a value, in key order; each chunk is one short transaction that records itself.

The upper end is fixed when the walk begins, so it ends. Rows that another session puts behind the
cursor meanwhile are found by the next pass, or by the refill in contract, when nobody writes them
any more. A pass that finds nothing to fill is the last one; so is the third, because an
application that goes on writing would keep the walk alive for ever.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.errors import FalseworkError, Refused
from falsework.migrate import chunks, keys
from falsework.migrate.keys import Key
from falsework.migrate.observer import Moment
from falsework.migrate.work import Work
from falsework.model.plan import Backfill, Step

PASSES = 3


@dataclass(frozen=True, slots=True)
class Cursor:
    """The progress row: where the walk is. ``last`` is None at the start of a pass."""

    upper: Key | None
    last: Key | None
    rows: int
    passes: int
    pass_rows: int
    chunk_rows: int
    finished: bool

    def columns(self) -> dict[str, object]:
        """The row's columns; a finished walk keeps no key."""
        kept = not self.finished
        return {
            "upper_key": keys.encode(self.upper) if self.upper and kept else None,
            "last_key": keys.encode(self.last) if self.last and kept else None,
            "row_count": self.rows,
            "pass_count": self.passes,
            "pass_rows": self.pass_rows,
            "chunk_rows": self.chunk_rows,
            "finished": self.finished,
        }


def fill(work: Work, step: Step, job: Backfill) -> int:
    """Walk to the end; the number of rows filled, by earlier runs too.

    Raises Interrupted between two chunks, StepFailed and the rest as a statement does.
    """
    cursor = _begin(work, step, job)
    while not cursor.finished:
        work.check_stop()
        cursor = _next(work, step, job, cursor)
        work.tell(Moment.CHUNK, step, rows=cursor.rows)
    return cursor.rows


def _begin(work: Work, step: Step, job: Backfill) -> Cursor:
    """The cursor as an earlier run left it, or a new one up to the greatest key there is now."""
    with work.session.looking() as connection:
        found = _read(work, step, connection)
        if found is not None:
            return found
        row = connection.execute(chunks.last_key(job)).first()
    upper = tuple(row) if row is not None else None
    cursor = Cursor(upper, None, 0, 0, 0, work.settings.chunk_rows, finished=upper is None)
    try:
        columns = cursor.columns()
    except TypeError as error:
        raise Refused(
            f"{step.id}: the rows of {job.table} cannot be walked along {', '.join(job.key)}",
            why=str(error),
            do="give the table another unique key, or fill the column by hand",
        ) from None
    with work.session.transaction(step.id) as connection:
        work.recorder.begin_progress(connection, work.number, step.id, columns)
    return cursor


def _read(work: Work, step: Step, connection: Connection) -> Cursor | None:
    table = work.recorder.tables.progress
    row = connection.execute(
        select(table).where(table.c.plan == work.number, table.c.step == step.id)
    ).first()
    if row is None:
        return None
    return Cursor(
        upper=keys.decode(row.upper_key) if row.upper_key else None,
        last=keys.decode(row.last_key) if row.last_key else None,
        rows=row.row_count,
        passes=row.pass_count,
        pass_rows=row.pass_rows,
        chunk_rows=row.chunk_rows,
        finished=row.finished,
    )


def _next(work: Work, step: Step, job: Backfill, cursor: Cursor) -> Cursor:
    """Do one chunk, as often as it takes."""
    patience = work.patience(step)
    size = _size(work, cursor)
    while True:
        try:
            work.lock.verify()
            work.session.wait_for_locks(work.settings.lock_try_ms)
            return _chunk(work, step, job, cursor, size)
        except DBAPIError as error:
            try:
                trouble = patience.after(error)
            except FalseworkError as final:
                final.done = f"{cursor.rows} rows are filled; nothing of the chunk of {size} rows"
                raise
        if trouble is Trouble.LOST:
            found = _look_again(work, step, cursor)
            work.filled += found.rows - cursor.rows
            cursor = found
            size = _size(work, cursor)
            if cursor.finished:
                return cursor
        else:
            size = max(min(size, chunks.FEWEST), size // 2)  # fewer rows meet fewer locks


def _look_again(work: Work, step: Step, cursor: Cursor) -> Cursor:
    """After a lost connection: whether the last chunk was committed is known only by looking."""
    with work.session.looking() as connection:
        return _read(work, step, connection) or cursor


def _size(work: Work, cursor: Cursor) -> int:
    left = cursor.chunk_rows
    if work.settings.max_rows is not None:
        left = min(left, work.settings.max_rows - work.filled)
    return max(1, left)


def _chunk(work: Work, step: Step, job: Backfill, cursor: Cursor, size: int) -> Cursor:
    if cursor.upper is None:
        raise ValueError(f"{step.id}: a walk without an end")
    with work.session.transaction(step.id) as connection:
        began = time.monotonic()
        edge = connection.execute(chunks.edge(job, cursor.last, cursor.upper, size)).first()
        upto = tuple(edge) if edge is not None else cursor.upper
        work.tell(Moment.BEFORE_STATEMENT, step)
        with work.session.impatient(connection):
            filled = connection.execute(chunks.filling(job, cursor.last, upto)).rowcount
        work.tell(Moment.AFTER_STATEMENT, step)
        took = max(time.monotonic() - began, 1e-6)
        more = chunks.next_rows(size, took, work.settings.chunk_seconds)
        moved = _moved(cursor, upto, filled, more, at_end=upto == cursor.upper)
        work.recorder.progress(connection, work.number, step.id, moved.columns())
    work.filled += filled
    return moved


def _moved(cursor: Cursor, upto: Key, filled: int, more: int, *, at_end: bool) -> Cursor:
    """The cursor after a chunk: further on, at the start of the next pass, or finished."""
    rows, pass_rows = cursor.rows + filled, cursor.pass_rows + filled
    if not at_end:
        return Cursor(cursor.upper, upto, rows, cursor.passes, pass_rows, more, finished=False)
    passes = cursor.passes + 1
    over = pass_rows == 0 or passes >= PASSES
    return Cursor(cursor.upper, None, rows, passes, 0, more, finished=over)
