"""The time of a plan beside Alembic's comparison and beside the catalog queries alone.

Tables of 10 columns, 2 indexes and 1 foreign key, models equal to the database: all three do the
same work and find nothing. *plan* is everything ``db-plan`` does but connecting and importing:
models compiled, live read, normalised, diffed, ordered, proven. *floor* is the catalog queries of
that reading, fetched raw. Target: plan at 1000 tables at least 10 times faster than Alembic.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    text,
)

from bench.timing import counted, median_seconds
from falsework.engines.connect import Target, connect
from falsework.engines.look import look
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.upgrade import Upgrade
from tests.servers import SERVERS, Missing, Run

TARGET = 10.0


def models(tables: int) -> MetaData:
    """``tables`` tables of 10 columns, 2 indexes and 1 foreign key, in a chain."""
    metadata = MetaData()
    for number in range(tables):
        name = f"t{number:04}"
        Table(
            name,
            metadata,
            Column("id", Integer, primary_key=True),
            Column("parent_id", Integer, ForeignKey(f"t{max(0, number - 1):04}.id")),
            Column("name", String(80), nullable=False),
            Column("title", String(255)),
            Column("state", String(20), nullable=False, server_default="new"),
            Column("amount", Numeric(12, 2)),
            Column("active", Boolean, nullable=False, server_default=text("true")),
            Column("note", Text),
            Column("created_at", DateTime, nullable=False),
            Column("deleted_at", DateTime),
            Index(f"ix_{name}_parent", "parent_id"),
            Index(f"ix_{name}_name_state", "name", "state"),
        )
    return metadata


def plan(target: Target, metadata: MetaData) -> None:
    """All that a plan takes; the models are the database's, so it must be empty."""
    reading = target.pool.connect().execution_options(falsework_read_only=True)
    with reading as connection:
        found = look(target, connection, (metadata,), (target.schema,))
    upgrade = Upgrade(found.live, found.declared, target.server, found.rows)
    made = make_plan(upgrade, target.identity)
    if made.steps or made.refusals:
        raise SystemExit(f"the plan is not empty: {made.steps or made.refusals}")


def alembic(target: Target, metadata: MetaData) -> None:
    """The peer."""
    with target.pool.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        compare_metadata(context, metadata)


def floor(target: Target, queries: list[tuple[str, Any]]) -> None:
    """The limit: the same catalog queries, fetched raw."""
    with target.pool.connect() as connection:
        cursor = connection.connection.cursor()
        for statement, parameters in queries:
            cursor.execute(statement, parameters)
            if cursor.description is not None:
                cursor.fetchall()


def catalog_queries(target: Target) -> list[tuple[str, Any]]:
    """What reading the schema asks of the catalog, with its parameters."""
    with target.pool.connect() as connection, counted(target.pool) as reading:
        target.driver.read(connection, (target.schema,))
    return reading.statements


@contextmanager
def server_urls(names: list[str]) -> Iterator[Iterator[tuple[str, str]]]:
    """A fresh database on each server, by name; the servers end with the block."""
    run = Run.open(SERVERS)

    def urls() -> Iterator[tuple[str, str]]:
        for name in names:
            try:
                server = run.server(name)
            except Missing as missing:
                print(f"{name}: {missing}")
                continue
            with server.fresh() as url:
                yield name, url

    try:
        yield urls()
    finally:
        run.close()


def measure(target: Target, tables: int, runs: int) -> tuple[float, float, float, int, int]:
    """Seconds of plan, Alembic and floor; statements of plan and Alembic."""
    metadata = models(tables)
    metadata.create_all(target.pool)
    raw = catalog_queries(target)
    with counted(target.pool) as ours:
        plan(target, metadata)
    with counted(target.pool) as theirs:
        alembic(target, metadata)
    works: tuple[Callable[[], object], ...] = (
        lambda: plan(target, metadata),
        lambda: alembic(target, metadata),
        lambda: floor(target, raw),
    )
    ours_s, theirs_s, floor_s = median_seconds(works, runs)
    metadata.drop_all(target.pool)
    return ours_s, theirs_s, floor_s, len(ours.statements), len(theirs.statements)


def main(arguments: list[str]) -> int:
    """Print a row a server and size; 1 when the target is missed at the largest size."""
    parser = argparse.ArgumentParser(prog="bench diff", description=__doc__)
    parser.add_argument("--tables", type=int, nargs="+", default=[50, 200, 1000])
    parser.add_argument("--servers", nargs="+", default=list(SERVERS))
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args(arguments)
    print(
        f"{'server':<14}{'tables':>7}{'plan s':>9}{'alembic s':>11}{'floor s':>9}"
        f"{'alembic/plan':>14}{'plan/floor':>12}{'statements':>12}{'alembic':>9}"
    )
    missed = False
    with server_urls(options.servers) as urls:
        for name, url in urls:
            for tables in options.tables:
                missed |= report(name, connect(url), tables, options.runs)
    return int(missed)


def report(name: str, target: Target, tables: int, runs: int) -> bool:
    """Print one row; True when 1000 tables or more miss the target."""
    ours, theirs, least, statements, peers = measure(target, tables, runs)
    print(
        f"{name:<14}{tables:>7}{ours:>9.3f}{theirs:>11.3f}{least:>9.3f}"
        f"{theirs / ours:>14.1f}{ours / least:>12.1f}{statements:>12}{peers:>9}",
        flush=True,
    )
    return tables >= 1000 and theirs / ours < TARGET
