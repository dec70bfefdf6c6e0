"""Who may use a table that an upgrade makes: the application's role, though another one runs it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from falsework.config import effective
from falsework.migrate import Event, Moment, Settings, run
from falsework.model.plan import Phase
from falsework.session import models_of, open_session
from tests.cli.conftest import Cli

WITH_OWNERS = ("postgresql16", "postgresql18")
WITH_SEQUENCES = (*WITH_OWNERS, "mariadb1011", "mariadb118")
WITH_ROLES = (*WITH_OWNERS, "mysql", "mariadb1011", "mariadb118")
USE = (
    "INSERT INTO notes (person_id, text) VALUES (1, 'new')",
    "UPDATE notes SET text = 'other'",
    "SELECT text FROM notes",
    "DELETE FROM notes",
)
SECRET = "s"  # noqa: S105 - of a server that ends with the test
ALL = "SELECT, INSERT, UPDATE, DELETE"

on_each = pytest.mark.parametrize("server", WITH_ROLES, indirect=True)


class Role:
    """The application's: its name as the configuration and as SQL have it."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.postgresql = self.url.get_backend_name() == "postgresql"
        if self.postgresql:
            self.account = f"a\"p'p {self.url.database}"
            self.sql = '"' + self.account.replace('"', '""') + '"'
        else:
            self.account = f"a'p {self.url.database}@localhost"
            self.sql = f"'a''p {self.url.database}'@'localhost'"

    def does(self, *statements: str) -> None:
        """Run these as the role."""
        if self.postgresql:
            says(self.url, f"SET ROLE {self.sql}", *statements)
        else:
            says(self.url.set(username=f"a'p {self.url.database}", password=SECRET), *statements)


def says(url: URL, *statements: str) -> None:
    """Run these in one session."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for sql in statements:
            connection.execute(text(sql))
    engine.dispose()


@pytest.fixture
def role(filled: str) -> Iterator[Role]:
    """A role that can log in and may do nothing."""
    found = Role(filled)
    kind, secret = ("ROLE", "") if found.postgresql else ("USER", f" IDENTIFIED BY '{SECRET}'")
    says(found.url, f"CREATE {kind} {found.sql}{secret}")
    yield found
    owned = (f"DROP OWNED BY {found.sql}",) if found.postgresql else ()
    says(found.url, *owned, f"DROP {kind} {found.sql}")


@on_each
def test_a_new_table_is_for_whom_the_others_are(cli: Cli, filled: str, role: Role) -> None:
    """With its counter, where that is an object of its own."""
    says(role.url, f"GRANT {ALL} ON people TO {role.sql}")

    assert "GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE" in cli("plan", "-v", url=filled).out
    assert cli("expand", "--yes", url=filled).code == 0

    role.does(*USE)

    assert cli("check", "--only", "FW119").code == 0
    says(role.url, f"REVOKE INSERT ON notes FROM {role.sql}")
    (said,) = cli("check", "--only", "FW119", "--json").document["checks"]
    assert (said["state"], "lacks INSERT, which other" in said["details"]) == ("warning", True)


@pytest.mark.parametrize("server", WITH_SEQUENCES, indirect=True)
def test_a_new_sequence_is_for_whom_inserts(cli: Cli, filled: str, role: Role) -> None:
    """It counts for the rows that the application writes."""
    says(role.url, f"GRANT {ALL} ON people TO {role.sql}")

    assert cli("expand", "--yes", url=filled, models="tests.cli.small:numbered").code == 0

    role.does("SELECT nextval('numbers')" if role.postgresql else "SELECT NEXTVAL(numbers)")


@on_each
def test_a_new_table_is_for_whom_the_operator_names(
    cli: Cli, filled: str, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FALSEWORK_GRANT_TO", role.account)

    assert cli("expand", "--yes", url=filled).code == 0

    role.does(*USE)


@on_each
def test_no_more_is_given_than_others_have(cli: Cli, filled: str, role: Role) -> None:
    """Who may only read the one table there is may read the new one, and nobody is let in anew."""
    says(role.url, f"GRANT SELECT ON people TO {role.sql}")

    assert cli("expand", "--yes", url=filled).code == 0

    role.does("SELECT text FROM notes")
    with pytest.raises(DBAPIError, match="denied"):
        role.does("DELETE FROM notes")


@on_each
def test_a_run_that_ends_before_the_grant(
    cli: Cli, filled: str, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table is found made, and the grant is made up for."""
    monkeypatch.setenv("FALSEWORK_URL", filled)
    monkeypatch.setenv("FALSEWORK_GRANT_TO", role.account)
    monkeypatch.setenv("FALSEWORK_MODELS", "tests.cli.small:b")
    session = open_session(effective().config)
    plan = session.plan(session.present(models_of(session.config)))

    def stop(now: Event, /) -> None:
        if now.moment is Moment.AFTER_STATEMENT and now.sql and now.sql.startswith("CREATE TABLE"):
            raise InterruptedError

    with pytest.raises(InterruptedError):
        run(session.target, plan, Phase.EXPAND, Settings(), stop)

    assert cli("expand", "--yes", url=filled).code == 0
    role.does(*USE)
    states = {e.state for e in open_session(effective().config).journal.history}
    assert ("found" in states) is not role.postgresql
    session.target.pool.dispose()


@pytest.mark.parametrize("server", WITH_OWNERS, indirect=True)
def test_tables_belong_to_the_role_that_sessions_act_as(
    cli: Cli, filled: str, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FALSEWORK_RUN_AS", role.account)
    says(
        role.url,
        f"GRANT CREATE ON SCHEMA public TO {role.sql}",
        f"ALTER TABLE people OWNER TO {role.sql}",
    )

    assert cli("expand", "--yes", url=filled).code == 0

    role.does(*USE, "DROP TABLE notes")


@pytest.mark.parametrize("server", [*WITH_ROLES, "sqlite"], indirect=True)
def test_nobody_can_be_who_is_not_there(
    cli: Cli, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor anybody else, where tables have no owners."""
    monkeypatch.setenv("FALSEWORK_RUN_AS", "nobody")

    cli("plan", url=filled).refuses(78, "nobody")


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_a_file_has_nobody_to_grant_to(
    cli: Cli, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FALSEWORK_GRANT_TO", "app")

    said = cli("plan", url=filled)

    assert said.code == 2
    assert "SQLite knows no roles: leave grant_to out" in said.out
