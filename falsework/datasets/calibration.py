"""How fast a server works: a real upgrade of made-up tables, larger from round to round.

What is measured is what will run: the plan, its statements and the runner are the product's own,
and the times are read from the journal, as those of a real upgrade are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    insert,
    literal_column,
    select,
)

from falsework.declare import fill, new_uuid
from falsework.engines.connect import Target
from falsework.engines.look import look
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.upgrade import Upgrade
from falsework.migrate import Settings, run
from falsework.migrate.history import samples
from falsework.migrate.tables import tables
from falsework.model.forecast import Origin, Pace, Sample, learned
from falsework.model.plan import Phase
from falsework.model.policy import Policy
from falsework.model.schema import TableName

WIDTHS = {"narrow": 40, "wide": 1_500}  # characters of a text in each row
BESIDE = 150  # bytes of a row besides: its other columns, its indexes; no statistics know it yet
FIRST, GROWTH = 2_000, 4  # rows of the first round, and how many times more in each later one
LONG = 0.005  # seconds; a shorter step says nothing
OWNERS = 50
NOBODY_WAITS = 1e9  # seconds that others may be made to wait: there are none

Told = Callable[[int], None]


def calibrate(
    scratch: Target, seconds: float, *, stop: Callable[[], bool], told: Told
) -> tuple[Pace, ...]:
    """The paces of the server behind ``scratch``, an empty database that is for this alone.

    ``seconds``  no round begins that would end later, by the time of the one before
    ``stop``     asked between statements; True raises Interrupted
    ``told``     hears of each round's rows

    What could not be measured in that time has no pace. Raises what ``migrate.run`` does.
    """
    began = time.monotonic()
    rows, found, took = FIRST, tuple[Sample, ...](), 0.0
    while True:
        told(rows)
        start = time.monotonic()
        found = _newer(found, _round(scratch, rows, stop))
        before, took = took, time.monotonic() - start
        # What a round takes beside its rows, the second one tells; the first also warmed up.
        next_one = took + max(took - before, took / GROWTH) * GROWTH if before else took * 2
        if time.monotonic() - began + next_one > seconds:
            return learned(found, Origin.CALIBRATED)
        rows *= GROWTH


def _newer(before: Iterable[Sample], after: Iterable[Sample]) -> tuple[Sample, ...]:
    """The later samples, and of the earlier ones what they do not tell: large tables tell more."""
    later = tuple(after)
    known = {s.labour for s in later}
    return (*later, *(s for s in before if s.labour not in known))


def _round(scratch: Target, rows: int, stop: Callable[[], bool]) -> tuple[Sample, ...]:
    """Make the tables, upgrade them, read how long each step took, drop them."""
    metadata, after = _before(), _after()
    metadata.create_all(scratch.pool)
    with scratch.pool.begin() as connection:
        connection.execute(insert(metadata.tables["owners"]), [{"id": n} for n in range(OWNERS)])
    for name in WIDTHS:
        _fill(scratch, metadata.tables[name], rows)
    settings = Settings(lock_budget=NOBODY_WAITS)
    with scratch.pool.connect().execution_options(falsework_read_only=True) as connection:
        seen = look(scratch, connection, (after,), (scratch.schema,))
    upgrade = Upgrade(
        old=seen.live,
        new=seen.declared,
        server=scratch.server,
        rows={TableName(scratch.schema, name): rows for name in WIDTHS},
        sizes={TableName(scratch.schema, name): rows * (BESIDE + WIDTHS[name]) for name in WIDTHS},
        owned=seen.live,
        policy=Policy(lock_budget=NOBODY_WAITS),
    )
    plan = make_plan(upgrade, scratch.schema)
    for phase in Phase:
        run(scratch, plan if phase is Phase.EXPAND else None, phase, settings, stop=stop)
    with scratch.pool.connect() as connection:
        found = samples(connection, tables(scratch.schema), at_least=LONG)
    after.drop_all(scratch.pool)
    return tuple(s for s in found if s.rows == rows)


def _fill(scratch: Target, table: Table, rows: int) -> None:
    """So many rows: a few that are sent, then each pass copies what is there."""
    some = min(rows, FIRST) // 4
    text = "".join(chr(ord("a") + n % 26) for n in range(WIDTHS[table.name]))
    row = {"state": "new", "note": text}
    with scratch.pool.begin() as connection:
        connection.execute(
            insert(table),
            [
                {**row, "owner_id": n % OWNERS, "amount": n, "uuid": "", "name": ""}
                for n in range(some)
            ],
        )
    there = some
    while there < rows:
        with scratch.pool.begin() as connection:
            _copy(scratch, connection, table, min(there, rows - there))
        there = min(2 * there, rows)


def _copy(scratch: Target, connection: Connection, table: Table, most: int) -> None:
    """Copies of so many rows, each with texts of its own where real ones differ."""
    driver = scratch.driver
    spelled = driver.models.new_uuid(driver.reader.type("varchar(36)")) or "''"
    another: ColumnElement[str] = literal_column(spelled)
    same = ("owner_id", "amount", "state", "note")
    source = select(another, another, *(table.c[name] for name in same)).limit(most)
    connection.execute(insert(table).from_select(["uuid", "name", *same], source))


def _before() -> MetaData:
    metadata = _owners()
    for name in WIDTHS:
        columns = _columns(Column("uuid", String(36)), Column("amount", Integer, nullable=False))
        Table(name, metadata, *columns, Column("owner_id", Integer), Index(f"ix_{name}_s", "state"))
    return metadata


def _after() -> MetaData:
    """The same with one change for each kind of work."""
    metadata = _owners()
    for name in WIDTHS:
        Table(
            name,
            metadata,
            *_columns(
                Column("uuid", String(36), nullable=False, info=fill(new_uuid())),
                Column("amount", BigInteger, nullable=False),
            ),
            Column("owner_id", Integer, ForeignKey("owners.id", name=f"fk_{name}_owner")),
            Column("token", String(36), info=fill(new_uuid())),
            Index(f"ix_{name}_n", "name"),
            Index(f"ix_{name}_o", "owner_id"),
        )
    return metadata


def _owners() -> MetaData:
    metadata = MetaData()
    Table("owners", metadata, Column("id", Integer, primary_key=True, autoincrement=False))
    return metadata


def _columns(uuid: Column[Any], amount: Column[Any]) -> tuple[Column[Any], ...]:
    return (
        Column("id", Integer, primary_key=True),
        uuid,
        Column("name", String(80)),
        Column("state", String(20), nullable=False),
        amount,
        Column("note", Text),
    )
