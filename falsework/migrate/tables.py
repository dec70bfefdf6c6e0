"""The journal's four tables, in the schema they speak of. Only types that every engine has.

They hold no row values and no URLs, with one exception: the last key of a fill that is under way,
which resuming needs; it is wiped when the fill ends.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import quoted_name

from falsework.engines.base import Trouble
from falsework.engines.connect import Target
from falsework.errors import Denied, PlanMismatch
from falsework.migrate.observer import Event, Moment, Observer

FORMAT = 1  # of the journal; this release reads FORMAT and the one before
LOCK_ROW = 1
CREATE_TRIES = 5

STEP_ID = 500  # characters; four names of 63 to 128 and a few marks
DOCUMENT = 2**31 - 1  # bytes; engines with several sizes of binary columns take their largest


@dataclass(frozen=True, slots=True)
class Tables:
    """The four tables in one schema.

    ``plan``      plans, and the schemas that releases own; ``picture`` is of a plan the schema as
                  it was read after the last step, of a release how the server spelled its texts
    ``journal``   state changes, only ever added
    ``progress``  one row per plan, step and part of the key range
    ``lock``      one row: the fencing token, who holds it, the journal's format
    """

    plan: Table
    journal: Table
    progress: Table
    lock: Table

    @property
    def in_order(self) -> tuple[Table, ...]:
        """The lock table last: once it has its row, all of them are there."""
        return (self.plan, self.journal, self.progress, self.lock)


@cache
def tables(schema: str) -> Tables:
    """The tables in ``schema``."""
    name = quoted_name(schema, quote=True)
    metadata = MetaData(schema=name)
    plan = Table(
        "falsework_plan",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("kind", String(16), nullable=False),  # plan, release
        Column("digest", String(32), nullable=False),
        Column("release_name", String(200), nullable=False),
        Column("document", LargeBinary(DOCUMENT), nullable=False),
        Column("picture", LargeBinary(DOCUMENT)),
        Column("token", BigInteger, nullable=False),
        Column("written", DateTime(timezone=True), nullable=False),
    )
    journal = Table(
        "falsework_journal",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("plan", Integer, nullable=False),
        Column("step", String(STEP_ID), nullable=False),
        Column("phase", String(16), nullable=False),
        Column("state", String(32), nullable=False),
        Column("seconds", Float),
        Column("row_count", BigInteger),
        Column("digest", String(32)),
        Column("note", String(200), nullable=False),
        Column("token", BigInteger, nullable=False),
        Column("written", DateTime(timezone=True), nullable=False),
    )
    progress = Table(
        "falsework_progress",
        metadata,
        Column("plan", Integer, primary_key=True, autoincrement=False),
        Column("step", String(STEP_ID), primary_key=True),
        Column("part", Integer, primary_key=True, autoincrement=False),
        Column("upper_key", Text),
        Column("last_key", Text),
        Column("row_count", BigInteger, nullable=False),
        Column("pass_count", Integer, nullable=False),  # passes that are over
        Column("pass_rows", BigInteger, nullable=False),  # rows of the pass under way
        Column("chunk_rows", Integer, nullable=False),
        Column("finished", Boolean, nullable=False),
        Column("token", BigInteger, nullable=False),
        Column("written", DateTime(timezone=True), nullable=False),
    )
    lock = Table(
        "falsework_lock",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("format", Integer, nullable=False),
        Column("token", BigInteger, nullable=False),
        Column("beat", BigInteger, nullable=False),  # renewals under this token
        Column("owner", String(200), nullable=False),  # for people; "" is nobody
        Column("process", String(200), nullable=False),  # what tells whether the owner is alive
        Column("lease_seconds", Float, nullable=False),
        Column("renewed", DateTime(timezone=True), nullable=False),
    )
    return Tables(plan, journal, progress, lock)


def stored(connection: Connection, found: Tables) -> bool:
    """Whether the journal is there. Raises PlanMismatch for one from a newer falsework."""
    if not inspect(connection).has_table(found.lock.name, schema=found.lock.schema):
        return False
    number = connection.scalar(select(found.lock.c.format).where(found.lock.c.id == LOCK_ROW))
    if number is None:
        return False
    if number > FORMAT:
        raise PlanMismatch(
            f"the journal in this database has format {number}; this falsework reads {FORMAT}",
            why="a newer falsework wrote it",
            do="run this command with that falsework",
        )
    return True


def create(target: Target, observer: Observer) -> None:
    """Make what is missing of the tables; two runners may do so at once.

    Raises Denied, and DBAPIError when it cannot be done in a few tries.
    """
    found = tables(target.schema)
    for left in reversed(range(CREATE_TRIES)):
        try:
            _create_once(target, found, observer)
        except DBAPIError as error:
            if target.driver.trouble(error) is Trouble.DENIED:
                said = str(error.orig).strip().partition("\n")[0]
                raise Denied(
                    f"the journal's tables cannot be made in {target.schema}",
                    why=f"the user may not create tables there, or may not write at all: {said}",
                    do=f"grant CREATE on {target.schema}, or let its owner run this once, on a "
                    "server that takes writes",
                ) from None
            if not left:
                raise
            time.sleep(0.1)  # another runner makes them at this moment
        else:
            return


def _create_once(target: Target, found: Tables, observer: Observer) -> None:
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        if stored(connection, found):
            return
    with target.pool.begin() as connection:
        for table in found.in_order:
            observer(Event(Moment.BEFORE_JOURNAL, note=table.name))
            table.create(connection, checkfirst=True)
            observer(Event(Moment.AFTER_JOURNAL, note=table.name))
        columns = found.lock.c
        present = select(columns.id).where(columns.id == LOCK_ROW)
        if connection.scalar(present) is None:
            connection.execute(
                insert(found.lock).values(
                    id=LOCK_ROW,
                    format=FORMAT,
                    token=connection.scalar(select(func.max(found.journal.c.token))) or 0,
                    beat=0,
                    owner="",
                    process="",
                    lease_seconds=0.0,
                    renewed=func.current_timestamp(),
                )
            )
        observer(Event(Moment.BEFORE_COMMIT))
    observer(Event(Moment.AFTER_COMMIT))
