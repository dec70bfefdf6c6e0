"""Texts that a normaliser cannot compare, spelled by a scratch database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.cli.conftest import Cli
from tests.servers import Server

REMOTE = ("postgresql16", "postgresql18", "mysql", "mariadb1011", "mariadb118")
CHECKS = {
    "postgresql": "a::text = any (string_to_array('1,' || '2', ','))",
    "mysql": "a like '1_' escape '|'",
    "mariadb": "a like '1_' escape '|'",
}
CHANGED = {engine: text.replace("1", "3", 1) for engine, text in CHECKS.items()}
engine = "postgresql"  # whose texts the models below have; each test says which


def _models(texts: dict[str, str]) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("a", sa.String(20)),
        sa.CheckConstraint(texts[engine], name="ck_t_a"),
    )
    return metadata


def same() -> sa.MetaData:
    """What the database was made of."""
    return _models(CHECKS)


def changed() -> sa.MetaData:
    """With another text in the check."""
    return _models(CHANGED)


@pytest.fixture
def scratch(server: Server) -> Iterator[str]:
    """Another database of the server: beside it one may be made."""
    with server.fresh() as url:
        yield url


@pytest.mark.parametrize("server", REMOTE, indirect=True)
def test_a_scratch_database_decides(
    cli: Cli, server: Server, database: str, scratch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal after create_all without a note, and another text is found; nothing is left behind."""
    monkeypatch.setattr("tests.cli.test_scratch.engine", server.engine)
    pool = sa.create_engine(database)
    same().create_all(pool)
    unsure = cli("plan", url=database, models="tests.cli.test_scratch:changed")
    assert "cannot be compared" in unsure.out
    monkeypatch.setenv("FALSEWORK_SCRATCH_URL", scratch)

    equal = cli("plan", models="tests.cli.test_scratch:same")
    other = cli("plan", models="tests.cli.test_scratch:changed")

    assert "cannot be compared" not in equal.out
    assert "Nothing to do" in equal.out
    assert "t.ck_t_a/add-check" in other.out
    schemas = (
        "SELECT datname FROM pg_database" if server.engine == "postgresql" else "SHOW DATABASES"
    )
    with pool.connect() as connection:
        names = connection.execute(sa.text(schemas)).scalars().all()
    pool.dispose()
    assert not [name for name in names if str(name).startswith("fw_scratch")]


@pytest.mark.parametrize("server", REMOTE, indirect=True)
def test_a_plan_under_way_is_known_again(
    cli: Cli, server: Server, database: str, scratch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its models, whatever the scratch database had to say of them at the time."""
    monkeypatch.setattr("tests.cli.test_scratch.engine", server.engine)
    pool = sa.create_engine(database)
    same().create_all(pool)
    pool.dispose()
    monkeypatch.setenv("FALSEWORK_SCRATCH_URL", scratch)
    assert cli("adopt", "--yes", "--release", "A", url=database).code == 0

    models = "tests.cli.test_scratch:changed"
    assert cli("expand", "--yes", models=models).code == 0
    assert cli("plan").code == 0
    monkeypatch.delenv("FALSEWORK_SCRATCH_URL")
    assert cli("plan").code == 0


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_a_file_needs_none(cli: Cli, filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FALSEWORK_SCRATCH_URL", filled)

    cli("plan", url=filled).refuses(78, "scratch_url is of no use for sqlite")


@pytest.mark.parametrize("server", ["mariadb118"], indirect=True)
def test_another_engine_spells_otherwise(
    cli: Cli, database: str, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.cli.test_scratch.engine", "mariadb")
    pool = sa.create_engine(database)
    same().create_all(pool)
    pool.dispose()
    with postgresql.fresh() as other:
        monkeypatch.setenv("FALSEWORK_SCRATCH_URL", other)
        said = cli("plan", url=database, models="tests.cli.test_scratch:changed")

    said.refuses(78, "scratch_url is postgresql", "same engine and version")
