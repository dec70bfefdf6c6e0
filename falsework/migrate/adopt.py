"""Record the present schema as the one that a release owns: what may be dropped one day."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from falsework.engines.connect import Target
from falsework.errors import Refused
from falsework.expand_contract.recorded import Record, joined
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
    *,
    record: Record = (),
) -> None:
    """Store ``schema`` as owned by ``release``; the journal's tables are made where missing.

    ``record``  how the server spelled the texts of the release's models, where they are at hand

    The tables of other tools are left out: they are theirs, and are never dropped.

    Raises Refused while a plan is under way, AnotherRunner, Denied, Unreachable, LockNotFree.
    """
    baseline = _Baseline(_without_books(schema), release, record)
    translated(target, "db-adopt", lambda: _adopt(target, baseline, settings, observer))


class _Baseline(NamedTuple):
    owned: Schema
    release: str
    record: Record


def _adopt(target: Target, baseline: _Baseline, settings: Settings, observer: Observer) -> None:
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
            record = joined(journal.spelled, baseline.record)
            number = recorder.store_release(connection, baseline.release, baseline.owned, record)
            recorder.entry(connection, number, State.RELEASE_STORED)


def _without_books(schema: Schema) -> Schema:
    return replace(schema, tables=tuple(t for t in schema.tables if t.name.name not in BOOKS))
