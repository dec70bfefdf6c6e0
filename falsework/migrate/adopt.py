"""Record the present schema as the one that a release owns: what may be dropped one day."""

from __future__ import annotations

from msgspec.structs import replace

from falsework.engines.connect import Target
from falsework.errors import Refused
from falsework.migrate.journal import Journal, State
from falsework.migrate.observer import Observer, silent
from falsework.migrate.record import Recorder, transaction
from falsework.migrate.retry import translated
from falsework.migrate.settings import Settings
from falsework.migrate.tables import create, tables
from falsework.migrate.taking import run_lock
from falsework.model.schema import Schema

DEFAULTS = Settings()

BOOKS = frozenset({"alembic_version", "migrate_version"})
"""Where Alembic and sqlalchemy-migrate write down how far they are. No models have these tables,
and a release that goes on without its tool's would be upgraded by it from the beginning."""


def adopt(
    target: Target,
    schema: Schema,
    release: str,
    settings: Settings = DEFAULTS,
    observer: Observer = silent,
) -> None:
    """Store ``schema`` as owned by ``release``; the journal's tables are made where missing.

    The tables of other tools are left out: they are theirs, and are never dropped.

    Raises Refused while a plan is under way, AnotherRunner, Denied, Unreachable, LockNotFree.
    """
    translated(target, "db-adopt", lambda: _adopt(target, schema, release, settings, observer))


def _adopt(
    target: Target, schema: Schema, release: str, settings: Settings, observer: Observer
) -> None:
    create(target, observer)
    with run_lock(target, settings, observer) as lock:
        journal = Journal.open(target)
        if journal.plan is not None:
            raise Refused(
                "a plan is under way: the present schema belongs to no release",
                why=f"db-{journal.due} of it is due",
                do="finish it first (db-migrate, db-contract)",
            )
        recorder = Recorder(tables(target.schema), lock.token, observer)
        with target.pool.connect() as connection, transaction(connection, observer):
            number = recorder.store_release(connection, release, _without_books(schema))
            recorder.entry(connection, number, State.RELEASE_STORED)


def _without_books(schema: Schema) -> Schema:
    return replace(schema, tables=tuple(t for t in schema.tables if t.name.name not in BOOKS))
