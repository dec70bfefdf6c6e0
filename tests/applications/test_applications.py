"""A real application's upgrade: nothing is missed, nothing made up, nothing lost."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Enum, ForeignKeyConstraint, Index, MetaData, create_engine

from falsework.datasets.traffic import Traffic
from falsework.engines.connect import Target
from falsework.migrate import adopt
from falsework.model.edits import AddIndex, AddUnique
from falsework.model.plan import Kind, Phase, Plan, Release
from falsework.model.policy import Policy
from falsework.model.schema import TableName
from tests.applications.application import ANY, Application
from tests.generator.database import created, opened, plan, read, second_opinion, upgrade
from tests.generator.dump import Dump, Values, dump
from tests.servers import Server

BOOKS = "alembic_version"


@pytest.fixture
def old(application: Application, server: Server) -> Iterator[str]:
    """The URL of a database as the old release made it, with its rows."""
    dialect = application.dialects.get(server.engine)
    if dialect is None:
        pytest.skip(f"it does not run on {server.engine}")
    with server.fresh() as fresh, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        url = f"{dialect}://{fresh.partition('://')[2]}"
        engine = create_engine(url)
        application.begin(engine)
        engine.dispose()
        yield url


@pytest.mark.timeout(900)
def test_upgrade(
    application: Application, server: Server, old: str, pytestconfig: pytest.Config
) -> None:
    """Nothing is refused; both releases work after every phase; then nothing is left to do.

    They write ordinary rows; with --full the worst that their models allow.
    """
    models = application.models
    keep = not pytestconfig.getoption("--full")
    with opened(old) as target, _applications(target, old, models) as traffic:
        _says_all(application, traffic, Release.A, keep=True)
        adopt(target, read(target), "A")
        before = dump(target)
        made = plan(target, models, _policy(target, application))
        assert not made.refusals, "\n".join(
            f"{r.subject}: {r.reason}. {r.do}" for r in made.refusals
        )

        def before_phase(phase: Phase) -> None:
            if phase is Phase.CONTRACT:
                _remove(target, application)

        def after_phase(phase: Phase) -> None:
            if phase is Phase.CONTRACT:
                _says_all(application, traffic, Release.B, keep=keep)
            elif phase is Phase.EXPAND:
                _says_all(application, traffic, Release.A, keep=keep)
                _says_all(application, traffic, Release.B, keep=keep, but=_not_yet(made))

        upgrade(target, made, before=before_phase, after=after_phase)
        assert _lost(application, before, dump(target)) == []
        left = plan(target, models, Policy())
        assert (left.steps, left.refusals) == ((), ())
        known = _Known(left, models)
        opinion = second_opinion(target, models, known)
    with created(server, models, old) as whole:
        assert opinion == second_opinion(whole, models, known)


class _Known:
    """What Alembic sees and falsework says that it left: to be called with a difference."""

    def __init__(self, left: Plan, models: MetaData) -> None:
        self._said = {note.partition(": it says ")[0] for note in left.notes}
        self._target = left.target
        self._models = models

    def __call__(self, difference: Any) -> bool:  # noqa: ANN401 - Alembic's tuples and lists
        kind, *parts = difference
        if kind in ("add_fk", "remove_fk"):
            return self._key(parts[0]) in self._said
        return kind == "remove_index" and self._implied(parts[0])

    def _key(self, key: ForeignKeyConstraint) -> str:
        """As notes name it."""
        parent = key.elements[0].target_fullname.rpartition(".")[0].rpartition(".")[2]
        return f"{self._target}.{key.table.name}: foreign key to {self._target}.{parent}"

    def _implied(self, index: Index) -> bool:
        """Whether a server that wants one for a foreign key would make it by itself."""
        names = [c.name for c in index.columns]
        table = self._models.tables.get(str(index.table.name)) if index.table is not None else None
        keys = table.foreign_key_constraints if table is not None else ()
        return not index.unique and any(list(k.column_keys) == names for k in keys)


@contextmanager
def _applications(target: Target, url: str, models: MetaData) -> Iterator[Traffic]:
    """Both releases, over a session as applications have one; the old one as reflection sees it."""
    pool = target.pool if target.driver.engine.name == "sqlite" else create_engine(url)
    a = MetaData()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it cannot read
        a.reflect(target.pool)
    a.remove(a.tables[BOOKS])
    _with_labels(a, models)
    _with_parents(a, models)
    with pool.connect() as connection:
        yield Traffic(connection, target.driver, target.schema, a=(a,), b=(models,), seed=1)
    pool.dispose()


def _with_labels(a: MetaData, b: MetaData) -> None:
    """What is only a text to the server has its labels for the application all the same."""
    for table in a.tables.values():
        theirs = b.tables.get(table.name)
        for column in table.c:
            known = theirs.c.get(column.name) if theirs is not None else None
            text = not isinstance(column.type, Enum)
            if known is not None and text and isinstance(known.type, Enum):
                column.type = known.type


def _with_parents(a: MetaData, b: MetaData) -> None:
    """What refers to another row by today's models did so before: the application saw to it."""
    for table in a.tables.values():
        theirs = b.tables.get(table.name)
        for key in theirs.foreign_key_constraints if theirs is not None else ():
            known = {tuple(k.column_keys) for k in table.foreign_key_constraints}
            here = set(key.column_keys) <= set(table.c.keys())
            if here and tuple(key.column_keys) not in known and key.referred_table.name in a.tables:
                parents = [element.target_fullname for element in key.elements]
                table.append_constraint(ForeignKeyConstraint(key.column_keys, parents))


def _says_all(
    application: Application,
    traffic: Traffic,
    release: Release,
    *,
    keep: bool = False,
    but: Collection[tuple[TableName, str]] = (),
) -> None:
    """Every statement of the law's list succeeds, but for upserts on these keys."""
    tables = [t for t in traffic.tables(release) if t.name not in application.single]
    outcomes = list(traffic.run(release, tables, keep=keep))
    assert outcomes
    failed = [o for o in outcomes if not o.ok]
    assert [o for o in failed if (o.table, o.subject) not in but or o.kind is not Kind.UPSERT] == []


def _not_yet(made: Plan) -> frozenset[tuple[TableName, str]]:
    """The unique keys that are there from contract on, as an upsert names them."""
    edits = [edit for step in made.phase(Phase.CONTRACT) for edit in step.effect]
    keys = [(e.table, e.unique.columns) for e in edits if isinstance(e, AddUnique)]
    keys += [(e.table, e.index.columns) for e in edits if isinstance(e, AddIndex)]
    return frozenset((table, ", ".join(columns)) for table, columns in keys)


def _remove(target: Target, application: Application) -> None:
    """What an operator does about rows that db-check finds in the way."""
    with target.pool.begin() as connection:
        for table, column in application.removed:
            found = application.models.tables[table]
            connection.execute(found.delete().where(found.c[column].is_(None)))


def _policy(target: Target, application: Application) -> Policy:
    return Policy(accept=frozenset(f"{target.schema}.{step}" for step in application.accept))


def _lost(application: Application, before: Dump, after: Dump) -> list[str]:
    """Rows that are not what they were, with what their new columns were to hold."""
    wrong = []
    for table, (columns, rows) in before.rows.items():
        if table.name == BOOKS or table.name in application.lose:
            continue
        now, found = after.rows[table]
        gone = [c for c in columns if c not in now and f"{table.name}.{c}" not in application.lose]
        wrong += [f"{table}.{column} is gone" for column in gone]
        before_it = (dict(zip(columns, row, strict=True)) for row in rows)
        kept = [row for row in before_it if not _in_the_way(application, table.name, row)]
        wanted = Counter(_seen(application, table.name, now, row) for row in kept)
        here = (dict(zip(now, row, strict=True)) for row in found)
        there = Counter(_seen(application, table.name, now, row) for row in here)
        wrong += [f"{table}: {row} is not there" for row in wanted - there]
    return wrong


def _in_the_way(application: Application, table: str, row: Mapping[str, object]) -> bool:
    return any(row[column] is None for name, column in application.removed if name == table)


def _seen(
    application: Application, table: str, columns: Sequence[str], row: Mapping[str, object]
) -> Values:
    """The row after the upgrade; what it had no value for is filled as declared."""
    filled = {c: application.filled.get((table, c)) for c in columns}
    return tuple(filled[c] if row.get(c) is None or filled[c] is ANY else row[c] for c in columns)
