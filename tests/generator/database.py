"""What the generator does with a database: make it at release A, plan, upgrade, look."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec.structs import replace
from sqlalchemy import Connection, MetaData, create_engine

from falsework.checks.ask import count
from falsework.engines.connect import Target, connect
from falsework.engines.declared import declared
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.upgrade import Upgrade
from falsework.migrate import Event, Journal, Settings, adopt, run
from falsework.migrate.observer import silent
from falsework.model.plan import Phase, Plan
from falsework.model.policy import Policy
from falsework.model.schema import Schema
from tests.cases.model import Case, create
from tests.servers import Server
from tests.servers.schema_copy import quoted

Observe = Callable[[Event], None]

# A chunk of one row, then one of ten: few rows make several, and a slow machine no smaller ones.
# A killed runner's session may need a moment to end.
SETTINGS = Settings(chunk_rows=1, chunk_seconds=60.0, wait_seconds=5.0)


@contextmanager
def opened(url: str) -> Iterator[Target]:
    """The database for the length of a block, with no session left afterwards."""
    target = connect(url)
    try:
        yield target
    finally:
        target.pool.dispose()


def make(url: str, case: Case) -> None:
    """Release A in an empty database, with its rows; recorded as A's own where the case says so."""
    pool = create_engine(url)
    with pool.begin() as connection:
        case.begin(connection)
    with pool.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _analyze(connection, case)
    pool.dispose()
    if case.adopted:
        with opened(url) as target:
            adopt(target, read(target), "A")


def _analyze(connection: Connection, case: Case) -> None:
    """Have the server count rows now: what it does by itself it does at any moment."""
    if connection.dialect.name in ("sqlite", "postgresql"):
        connection.exec_driver_sql("ANALYZE")
    elif case.a.tables:
        names = ", ".join(quoted(table.name) for table in case.a.tables.values())
        connection.exec_driver_sql(
            f"ANALYZE TABLE {names}", execution_options={"no_parameters": True}
        )


def read(target: Target) -> Schema:
    """The live schema, the journal's tables aside."""
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        return target.driver.read(connection, [target.schema])


def plan(target: Target, models: MetaData, policy: Policy) -> Plan:
    """The plan from what is there to the models."""
    driver = target.driver
    with target.pool.connect().execution_options(falsework_read_only=True) as connection:
        live = driver.read(connection, [target.schema])
        new = declared(models, driver, connection.dialect, target.schema, live=live)
        rows = driver.rows(connection, [t.name for t in live.tables])
    owned = Journal.open(target).owned
    upgrade = Upgrade(live, new, target.server, rows, owned, policy)
    return make_plan(upgrade, target.schema)


def policy(target: Target, case: Case, *, online: bool = False) -> Policy:
    """What the operator accepts. ``online``: no table is small enough for the direct form."""
    said = case.policy(target.schema)
    return replace(said, direct_seconds=0.0) if online else said


def upgrade(
    target: Target,
    plan: Plan,
    observer: Observe = silent,
    settings: Settings = SETTINGS,
    *,
    phases: tuple[Phase, ...] = tuple(Phase),
    before: Callable[[Phase], None] = lambda _phase: None,
    after: Callable[[Phase], None] = lambda _phase: None,
) -> None:
    """The phases, from wherever the database stands."""
    for phase in phases:
        before(phase)
        run(
            target,
            plan if phase is Phase.EXPAND else None,
            phase,
            settings,
            observer,
            ask=count,
        )
        after(phase)


@contextmanager
def created(server: Server, models: MetaData, url: str) -> Iterator[Target]:
    """What ``create_all`` makes of the models, in place of the database at the URL.

    Where a schema is a database, two of them are equal only if they have the same name.
    """
    with server.fresh(at=url) as made:
        pool = create_engine(made)
        with pool.begin() as connection:
            create(models, connection)
        pool.dispose()
        with opened(made) as target:
            yield target


def normal(schema: Schema) -> Schema:
    """The schema without the order of columns and the names of constraints."""
    tables = []
    for table in schema.tables:
        changed = replace(
            table,
            columns=tuple(sorted(table.columns, key=lambda c: c.name)),
            primary_key=table.primary_key and replace(table.primary_key, name=None),
            uniques=tuple(replace(u, name=None) for u in table.uniques),
            foreign_keys=tuple(replace(f, name=None) for f in table.foreign_keys),
            checks=tuple(replace(c, name=None) for c in table.checks),
        )
        tables.append(changed.sorted())
    return replace(schema, tables=tuple(tables))


def second_opinion(
    target: Target, models: MetaData, passes: Callable[[Any], bool] = lambda _: False
) -> list[str]:
    """What Alembic would still change, falsework's own tables aside, and what is let pass."""

    def ours(_item: object, name: str | None, *_: object) -> bool:
        return not (name or "").startswith("falsework_")

    options = {"compare_type": True, "include_object": ours}
    with target.pool.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they tell what neither of them can read
        context = MigrationContext.configure(connection, opts=options)
        found = (repr(one) for one in compare_metadata(context, models) if not passes(one))
        return sorted(re.sub(r" at 0x[0-9a-f]+", "", one) for one in found)
