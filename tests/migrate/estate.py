"""A small cloud with rows that were deleted long ago, for the tests of db-reclaim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace as changed

from falsework.engines.connect import Target
from falsework.migrate import Observer, Settings
from falsework.migrate.observer import silent
from falsework.migrate.reclaim import Kinds, Reclaimed, count, reclaim
from falsework.migrate.reclaim.runner import never
from falsework.model.forest import grown
from falsework.model.schema import Schema, TableName
from falsework.model.soft_delete import SoftDelete
from tests.migrate.plans import execute, query, read

NOW = datetime(2026, 1, 31, 12)  # noqa: DTZ001 - UTC
DAY = timedelta(days=1)
OLD, YOUNG = NOW - 100 * DAY, NOW - 10 * DAY
AGE = 90 * DAY
SMALL = Settings(chunk_rows=4, lock_wait_seconds=5.0)

# NO ACTION, CASCADE, SET NULL; a table without a key; one that nothing refers to; one of itself;
# two of each other.
TABLES = {
    "instances": "id integer PRIMARY KEY, uuid varchar(36) NOT NULL UNIQUE, deleted integer, "
    "deleted_at {time}, task varchar(20), host varchar(20)",
    "volumes": "id integer PRIMARY KEY, uuid varchar(36), deleted integer, deleted_at {time}, "
    "FOREIGN KEY (uuid) REFERENCES instances (uuid)",
    "tags": "volume integer NOT NULL, name varchar(20) NOT NULL, PRIMARY KEY (volume, name), "
    "FOREIGN KEY (volume) REFERENCES volumes (id) ON DELETE CASCADE",
    "logs": "id integer PRIMARY KEY, volume integer, "
    "FOREIGN KEY (volume) REFERENCES volumes (id) ON DELETE SET NULL",
    "notes": "id integer PRIMARY KEY, instance integer, "
    "FOREIGN KEY (instance) REFERENCES instances (id)",
    "pins": "instance integer, FOREIGN KEY (instance) REFERENCES instances (id)",
    "keypairs": "id integer PRIMARY KEY, deleted_at {time}",
    "nodes": "id integer PRIMARY KEY, parent integer, deleted_at {time}, "
    "FOREIGN KEY (parent) REFERENCES nodes (id)",
    "ends": "id integer PRIMARY KEY, begins integer, deleted_at {time}",
    "begins": "id integer PRIMARY KEY, ends integer NOT NULL, deleted_at {time}, "
    "FOREIGN KEY (ends) REFERENCES ends (id)",
}
RING = "ALTER TABLE ends ADD CONSTRAINT ring FOREIGN KEY (begins) REFERENCES begins (id)"
INLINE = ", FOREIGN KEY (begins) REFERENCES begins (id)"  # where no key can be added later

POLICIES = {
    "instances": SoftDelete("deleted_at", "deleted", idle="task IS NULL", host="host"),
    "volumes": SoftDelete("deleted_at", "deleted"),
    "keypairs": SoftDelete("deleted_at"),
    "nodes": SoftDelete("deleted_at"),
    "ends": SoftDelete("deleted_at"),
    "begins": SoftDelete("deleted_at"),
}


def build(target: Target) -> Estate:
    """The tables, empty."""
    sqlite = target.driver.engine.name == "sqlite"
    time = "datetime" if not target.driver.engine.name.startswith("p") else "timestamp"
    for name, columns in TABLES.items():
        more = INLINE if sqlite and name == "ends" else ""
        execute(target, f"CREATE TABLE {name} ({columns.format(time=time)}{more})")
    if not sqlite:
        execute(target, RING)
    return Estate(target, read(target))


def clear(target: Target) -> None:
    """The tables, empty again."""
    execute(target, "UPDATE nodes SET parent = NULL", "UPDATE ends SET begins = NULL")
    execute(target, *(f"DELETE FROM {name}" for name in reversed(TABLES)))


def fill(target: Target, rows: Mapping[str, Sequence[Sequence[object]]]) -> None:
    """Rows by table, in the order of its columns."""
    with target.pool.begin() as connection:
        for name, some in rows.items():
            columns = takewhile(str.islower, (c.split()[0] for c in TABLES[name].split(", ")))
            table = sa.table(name, *map(sa.column, columns))
            given = [dict(zip(table.c.keys(), row, strict=True)) for row in some]
            if given:
                connection.execute(table.insert(), given)


def instance(number: int, at: datetime | None = OLD, task: str | None = None) -> tuple[Any, ...]:
    """A row of ``instances``."""
    return (number, f"u{number}", number if at else 0, at, task, f"h{number % 2}")


def volume(number: int, of: int | None, at: datetime | None = OLD) -> tuple[Any, ...]:
    """A row of ``volumes``."""
    return (number, None if of is None else f"u{of}", number if at else 0, at)


@dataclass(frozen=True)
class Estate:
    """The cloud, and what is asked of it."""

    target: Target
    live: Schema
    policies: Mapping[str, SoftDelete] = field(default_factory=lambda: POLICIES)
    before: datetime = NOW - AGE
    host: str | None = None

    def __call__(self, **changes: Any) -> Estate:
        return replace(self, **changes)

    def with_policy(self, table: str, **changes: Any) -> Estate:
        """The same with another policy for the table."""
        found = changed(self.policies[table], **changes)
        return replace(self, policies={**self.policies, table: found})

    @property
    def kinds(self) -> Kinds:
        live = self.live
        found = {TableName(self.target.schema, name): p for name, p in self.policies.items()}
        before = dict.fromkeys(found, self.before)
        engine = self.target.driver.engine
        return Kinds(live, grown(live, found), engine, before, self.host)

    def count(self, settings: Settings = SMALL) -> Reclaimed:
        return count(self.target, self.kinds, settings, never)

    def run(
        self,
        settings: Settings = SMALL,
        observer: Observer = silent,
        stop: Callable[[], bool] = never,
    ) -> Reclaimed:
        return reclaim(self.target, self.kinds, settings, observer, stop=stop)

    def ids(self, table: str, column: str = "id") -> list[Any]:
        return [r[0] for r in query(self.target, f"SELECT {column} FROM {table} ORDER BY {column}")]

    def all(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table."""
        return {
            name: sorted(query(self.target, f"SELECT * FROM {name}"), key=repr) for name in TABLES
        }


def took(done: Reclaimed) -> dict[str, int]:
    """Rows that went, by table."""
    found = sum((felling.rows for felling in done.fellings), Counter[TableName]())
    return {table.name: rows for table, rows in found.items()}


def held(done: Reclaimed) -> dict[str, dict[str, int]]:
    """Trees that stay, by table and reason."""
    return {
        f.table.name: {reason: h.trees for reason, h in f.held.items()}
        for f in done.fellings
        if f.held
    }
