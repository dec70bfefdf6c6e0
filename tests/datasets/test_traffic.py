"""What a release says to its database, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import (
    Column,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
    text,
)

from falsework.datasets.traffic import Outcome, Traffic
from falsework.demo import release_a, release_b
from falsework.engines.base import Trouble
from falsework.engines.connect import Target, connect
from falsework.model.plan import Kind, Release
from tests.servers import Server


@contextmanager
def speaking(target: Target, a: MetaData, b: MetaData, seed: int | None = 1) -> Iterator[Traffic]:
    """A traffic of both releases over a session of its own."""
    with target.pool.connect() as connection:
        yield Traffic(connection, target.driver, target.schema, a=(a,), b=(b,), seed=seed)


@pytest.fixture
def target(database: str) -> Iterator[Target]:
    """An empty database on each server in turn."""
    found = connect(database)
    yield found
    found.pool.dispose()


def rows(target: Target, metadata: MetaData) -> dict[str, int]:
    """How many rows each table holds."""
    with target.pool.connect() as connection:
        count = {
            t.name: connection.execute(select(func.count()).select_from(t)).scalar_one()
            for t in metadata.sorted_tables
        }
        connection.rollback()
    return count


def failed(outcomes: list[Outcome]) -> list[tuple[str, Kind, str]]:
    return [(o.table.name, o.kind, o.subject) for o in outcomes if not o.ok]


@pytest.mark.parametrize("release", Release)
def test_at_home_all_succeeds_and_nothing_is_kept(target: Target, release: Release) -> None:
    """On its own schema a release writes every row that it makes up, and takes it all back."""
    home = {Release.A: release_a, Release.B: release_b}[release].metadata
    home.create_all(target.pool)

    with speaking(target, release_a.metadata, release_b.metadata) as traffic:
        outcomes = list(traffic.run(release))
        detours = [d for d in traffic.detours if d.startswith(f"{release} ")]

    assert failed(outcomes) == []
    assert detours == []
    assert {o.table.name for o in outcomes} == set(home.tables)
    assert set(rows(target, home).values()) == {0}


@pytest.mark.parametrize("release", Release)
def test_what_is_kept_is_harmless(target: Target, release: Release) -> None:
    """Kept rows are whole, have parents, and differ from what another traffic writes."""
    home = {Release.A: release_a, Release.B: release_b}[release].metadata
    home.create_all(target.pool)

    for _ in range(2):
        with speaking(target, release_a.metadata, release_b.metadata, seed=None) as traffic:
            assert failed(list(traffic.run(release, keep=True))) == []

    assert min(rows(target, home).values()) > 0


def entangled() -> MetaData:
    """A key that tells which parent it is, of two columns; and one with a column of few values."""
    metadata = MetaData()
    Table(
        "users",
        metadata,
        Column("id", String(20), primary_key=True),
        Column("domain", String(20), nullable=False),
        UniqueConstraint("id", "domain"),
    )
    Table(
        "passwords",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("user_id", String(20), nullable=False, unique=True),
        Column("domain", String(20), nullable=False),
        ForeignKeyConstraint(["user_id", "domain"], ["users.id", "users.domain"]),
    )
    Table(
        "packages",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(20)),
        Column("form", Enum("tarbz2", "conda", name="form")),
        UniqueConstraint("form", "name"),
    )
    return metadata


@pytest.mark.parametrize("keep", [False, True])
def test_rows_that_hang_together(target: Target, *, keep: bool) -> None:
    """No row is made up that only the release's own rules refuse."""
    home = entangled()
    home.create_all(target.pool)

    with speaking(target, home, entangled()) as traffic:
        assert failed(list(traffic.run(Release.A, keep=keep))) == []


def small() -> MetaData:
    """A parent, and a child that must have one."""
    metadata = MetaData()
    Table("up", metadata, Column("id", Integer, primary_key=True), Column("n", String(9)))
    Table(
        "down",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("up_id", Integer, ForeignKey("up.id"), nullable=False),
    )
    return metadata


def test_what_the_schema_asks_beyond_the_models_fails(target: Target) -> None:
    """Each broken rule makes just those statements fail that meet it, for the reason it gives."""
    models = small()
    models.create_all(target.pool)
    with target.pool.begin() as connection:
        connection.execute(text("CREATE UNIQUE INDEX by_hand ON up (n)"))

    with speaking(target, models, models) as traffic:
        outcomes = list(traffic.run(Release.A))

    assert failed(outcomes) == [
        ("up", Kind.INSERT_ALL, ""),
        ("up", Kind.UPDATE, "n"),
        ("up", Kind.UPSERT, "id"),
    ]
    # Without the name of a key, an upsert changes the row that it collides with.
    silent = set() if target.driver.engine.upserts_name_keys else {Trouble.OTHER}
    assert {o.trouble for o in outcomes if not o.ok} == {Trouble.CONSTRAINT} | silent
    assert all(o.error for o in outcomes if not o.ok)


def test_a_table_that_is_gone_fails_whole(target: Target) -> None:
    """Every statement over it, and none over a table that can do without."""
    models = small()
    models.tables["up"].create(target.pool)

    with speaking(target, models, models) as traffic:
        outcomes = list(traffic.run(Release.A))

    assert {o.table.name for o in outcomes if not o.ok} == {"down"}
    assert {o.table.name for o in outcomes if o.ok} == {"up"}
    assert {o.trouble for o in outcomes if not o.ok} == {Trouble.SYNTAX}


def test_the_same_seed_says_the_same(sqlite: Server) -> None:
    """A failure can be looked at again."""
    models = small()
    logs = []
    for _ in range(2):
        with sqlite.fresh() as url:
            target = connect(url)
            models.create_all(target.pool)
            with speaking(target, models, models) as traffic:
                list(traffic.run(Release.A, keep=True))
            with target.pool.connect() as connection:
                logs.append(connection.execute(select(models.tables["up"])).all())
                connection.rollback()
            target.pool.dispose()

    assert logs[0] == logs[1]
    assert logs[0]
