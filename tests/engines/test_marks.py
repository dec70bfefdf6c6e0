"""Rows that are marked deleted, and since when: what each engine's predicates find."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from falsework.declare import SOFT_DELETE, soft_delete
from falsework.engines import marks
from falsework.engines.connect import Target, connect
from falsework.engines.declared import declared
from falsework.errors import ConfigError
from falsework.model.schema import Table
from falsework.model.soft_delete import SoftDelete
from tests.servers import Server

EDGE = datetime(2026, 1, 31, 12, 0, 0)  # noqa: DTZ001 - UTC, as the columns hold it
SECOND = timedelta(seconds=1)
AGES = {1: EDGE - timedelta(days=9), 2: EDGE - SECOND, 3: EDGE, 4: EDGE + SECOND}
"""By id: when a row was marked. Rows 5 and 6 never were; 6 has what stands for no mark."""

TOKYO = timedelta(hours=9)
WAYS: dict[str, Mapping[str, Any]] = {
    "a counter": {"column": "deleted"},
    "a text": {"column": "deleted_text"},
    "a truth": {"column": "hidden"},
    "a state": {"column": "state", "values": ("SOFT_DELETED", "o'clock")},
    "a number": {"column": "code", "values": (3,)},
    "a time": {},
    "a time with a zone": {"at": "zoned"},
    "a local time": {"at": "here", "local": True},
}


@dataclass(frozen=True)
class There:
    """A table of rows of every age, seen by a session whose zone is Tokyo's."""

    target: Target
    connection: sa.Connection
    table: Table
    metadata: sa.MetaData

    def policy(self, **said: Any) -> SoftDelete:
        """What models say that declare this."""
        self.metadata.tables["things"].info.update(soft_delete(**said))
        found = declared(
            self.metadata, self.target.driver, self.connection.dialect, self.target.schema
        )
        policy = found.intent(self.table.name).soft_delete
        assert policy is not None
        return policy

    def ids(self, predicate: str) -> list[int]:
        things = self.metadata.tables["things"]
        found = sa.select(things.c.id).where(sa.literal_column(f"({predicate})"))
        return list(self.connection.scalars(found.order_by(things.c.id)))

    def eligible(self, policy: SoftDelete, before: datetime = EDGE) -> list[int]:
        return self.ids(marks.eligible(policy, self.table, self.target.driver.engine, before))


def things(engine: str) -> sa.MetaData:
    zoned = sa.TIMESTAMP() if engine in ("mysql", "mariadb") else sa.DateTime(timezone=True)
    metadata = sa.MetaData()
    sa.Table(
        "things",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("deleted", sa.Integer, default=0),
        sa.Column("deleted_text", sa.String(36)),
        sa.Column("hidden", sa.Boolean),
        sa.Column("state", sa.String(20)),
        sa.Column("code", sa.Integer),
        sa.Column("deleted_at", sa.DateTime),
        sa.Column("zoned", zoned, nullable=True),
        sa.Column("here", sa.DateTime),
        sa.Column("day", sa.Date),
        sa.Column("task_state", sa.String(20)),
        sa.Column("host", sa.String(20)),
    )
    return metadata


def row(number: int, at: datetime | None, engine: str) -> dict[str, object]:
    there = at is not None
    return {
        "id": number,
        "deleted": number if there else 0,
        "deleted_text": "x" if there else "",
        "hidden": there,
        "state": ("SOFT_DELETED", "o'clock")[number % 2] if there else "ACTIVE",
        "code": 3 if there else 0,
        "deleted_at": at,
        "zoned": at and zoned(at, engine),
        "here": at and at + TOKYO,
        "day": at and at.date(),
        "task_state": "deleting" if number == 1 else None,
        "host": f"h{number % 2}",
    }


def zoned(at: datetime, engine: str) -> datetime:
    """As the driver takes it: TIMESTAMP of those two takes and gives the session's time."""
    if engine == "postgresql":
        return at.replace(tzinfo=UTC)
    return at + TOKYO if engine in ("mysql", "mariadb") else at


@contextmanager
def in_tokyo() -> Iterator[None]:
    """Where the database is a library, its zone is the process's."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Asia/Tokyo"
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


@pytest.fixture(scope="module")
def there(server: Server) -> Iterator[There]:
    metadata = things(server.engine)
    with server.fresh() as url, in_tokyo():
        target = connect(url)
        with target.pool.connect() as connection:
            if server.engine == "postgresql":
                connection.exec_driver_sql("SET TIME ZONE 'Asia/Tokyo'")
            elif server.engine != "sqlite":
                connection.exec_driver_sql("SET SESSION time_zone = '+09:00'")
            metadata.create_all(connection)
            ages: dict[int, datetime | None] = {**AGES, 5: None, 6: None}
            connection.execute(
                metadata.tables["things"].insert(),
                [row(n, at, server.engine) for n, at in ages.items()],
            )
            nothing = metadata.tables["things"].update().where(sa.text("id = 6"))
            names = ("deleted", "deleted_text", "hidden", "state", "code")
            connection.execute(nothing.values(dict.fromkeys(names)))
            connection.commit()
            live = target.driver.read(connection, [target.schema])
            yield There(target, connection, live.tables[0], metadata)
            connection.rollback()
        target.pool.dispose()


@pytest.mark.parametrize("said", WAYS.values(), ids=WAYS)
def test_marked_for_long_enough(there: There, said: Mapping[str, Any]) -> None:
    """A row whose mark is as old as asked may go, one a second younger may not."""
    policy = there.policy(**said)
    engine = there.target.driver.engine

    assert there.ids(marks.marked(policy, there.table, engine)) == [1, 2, 3, 4]
    assert there.eligible(policy) == [1, 2, 3]
    assert there.eligible(policy, EDGE + SECOND) == [1, 2, 3, 4]
    assert there.eligible(policy, EDGE - timedelta(microseconds=1)) == [1, 2]


def test_a_day_is_over_at_its_end(there: There) -> None:
    """A date is as old as its last moment, in UTC, or in the database's own zone."""
    for local, hours in ((False, 24), (True, 15)):
        policy = there.policy(at="day", local=local)
        end = datetime(2026, 1, 31) + timedelta(hours=hours)  # noqa: DTZ001

        assert there.eligible(policy, end - SECOND) == [1]
        assert there.eligible(policy, end) == [1, 2, 3, 4]


def test_idle_and_host(there: There) -> None:
    """A busy row stays; so does one of which the condition cannot tell. A host takes its own."""
    policy = there.policy(column="deleted", idle="task_state IS NULL", host="host")
    engine = there.target.driver.engine

    assert there.eligible(policy) == [2, 3]
    assert there.eligible(replace(policy, idle="task_state <> 'deleting'")) == []
    assert there.ids(marks.of_host(policy, there.table, engine, "h1")) == [1, 3, 5]


def test_the_databases_clock(there: There) -> None:
    """UTC, whatever the session's zone."""
    found = marks.clock(there.target.driver.engine, there.connection)
    assert abs(found - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)


NEVER = {
    "sqlite": ("UPDATE things SET deleted_at = 12", "UPDATE things SET deleted_at = ''"),
    "postgresql": ("UPDATE things SET deleted_at = 'infinity'",),
    "mysql": ("UPDATE things SET deleted_at = '0000-00-00'",),
    "mariadb": ("UPDATE things SET deleted_at = '0000-00-00'",),
}


def test_what_stands_for_no_time(there: There, server: Server) -> None:
    """A value that older applications write for "never" is no mark, and not the oldest one."""
    policy = there.policy()
    for statement in NEVER[server.engine]:
        with there.connection.begin_nested() as savepoint:
            if server.engine in ("mysql", "mariadb"):
                there.connection.exec_driver_sql("SET SESSION sql_mode = ''")
            there.connection.exec_driver_sql(statement)
            engine = there.target.driver.engine

            assert there.ids(marks.marked(policy, there.table, engine)) == []
            assert there.eligible(policy) == []
            savepoint.rollback()


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"column": "gone"}, "names a column gone"),
        ({"at": "id"}, "id holds no time"),
        ({"at": "host"}, "host holds no time"),
        ({"column": "deleted_at"}, "deleted_at of type .* is no flag"),
        ({"idle": "1 = 1"}, "reads no column"),
    ],
    ids=str,
)
def test_what_cannot_be_meant(there: There, said: Mapping[str, Any], says: str) -> None:
    """Found when the models are read, not when rows go."""
    with pytest.raises(ConfigError, match=says):
        there.policy(**said)
    assert SOFT_DELETE in there.metadata.tables["things"].info
