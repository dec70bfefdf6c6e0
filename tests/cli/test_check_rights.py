"""A user that may only read makes all checks; a table that it may not read is one ERROR."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from tests.checks.standing import session
from tests.cli.conftest import Cli
from tests.servers import Server

SECRET = "s"  # noqa: S105 - of a server that ends with the test


def says(url: URL, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for sql in statements:
            connection.execute(text(sql))
    engine.dispose()


@pytest.fixture
def reader(filled: str, server: Server) -> Iterator[Callable[[str], str]]:
    """Grants SELECT on a table, ``*`` for all, to a user of its own, and gives that user's URL."""
    url = make_url(filled)
    own = url.database or ""
    if server.engine == "sqlite":
        pytest.skip("a file knows no users")
    who = own if server.engine == "postgresql" else f"{own}@localhost"
    drop = [f"DROP OWNED BY {own}"] if server.engine == "postgresql" else []
    kind = "ROLE" if drop else "USER"
    secret = "LOGIN" if drop else f"IDENTIFIED BY '{SECRET}'"
    says(url, f"CREATE {kind} {who} {secret}")
    every = "ALL TABLES IN SCHEMA public" if server.engine == "postgresql" else "*"

    def granted(table: str) -> str:
        says(url, f"GRANT SELECT ON {every if table == '*' else table} TO {who}")
        theirs = url.set(username=own, password=SECRET)
        return theirs.render_as_string(hide_password=False)

    yield granted
    says(url, *drop, f"DROP {kind} {who}")


def test_who_may_only_read(cli: Cli, filled: str, reader: Callable[[str], str]) -> None:
    """Nothing fails for want of a privilege; what it may not see is skipped and says so."""
    with session(filled, "UPDATE people SET shoe = 41 WHERE id = 1"):
        said = cli("check", "--before", "contract", "--json", url=reader("*"))
    assert said.code == 1, said
    states = {c["code"]: c["state"] for c in said.document["checks"]}
    assert states["FW001"] == "warning"
    assert "error" not in states.values(), said.document["checks"]
    hidden = {c["code"]: c["reason"] for c in said.document["checks"] if c["state"] == "skipped"}
    assert "hidden" in hidden["FW107"] or "may not ask" in hidden["FW107"]
    assert "FW118" in hidden or states["FW118"] == "warning"


@pytest.mark.parametrize("server", ["postgresql18"], indirect=True)
def test_a_table_that_it_may_not_read(cli: Cli, filled: str, reader: Callable[[str], str]) -> None:
    """What cannot be counted is an ERROR that names the reason; the others are made.

    Where a user does not even see such a table, there is no question about it.
    """
    says(make_url(filled), "CREATE TABLE free (id int PRIMARY KEY)")
    said = cli("check", "--json", url=reader("free"), models="tests.cli.small:no_fill")
    assert said.code == 2, said
    by_code = {c["code"]: c for c in said.document["checks"]}
    assert by_code["FW105"]["state"] == "passed"
    assert by_code["FW001"]["state"] == "error"
    assert "permission denied" in by_code["FW001"]["reason"]


@pytest.mark.parametrize("server", ["postgresql18", "mysql", "mariadb118"], indirect=True)
def test_a_table_that_is_locked(
    cli: Cli, filled: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it for ever: not whoever plans, nor a count, which has its own time."""
    monkeypatch.setattr("falsework.session.LOCK_MS", 300)
    plan = cli("plan", "--out", "plan.json", url=filled)
    assert plan.code == 0
    lock = "LOCK TABLE people" if server.engine == "postgresql" else "LOCK TABLES people WRITE"
    with session(filled, lock):
        said = cli("check", "--plan", "plan.json", "--timeout", "0.6", "--json")
    assert said.code in (2, 75), said
    if said.code == 2:  # the catalog could be read all the same
        states = {c["code"]: c["state"] for c in said.document["checks"]}
        assert states["FW001"] == states["FW002"] == "error"
        assert states["FW123"] == "passed"
