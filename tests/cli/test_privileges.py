"""``falsework grants``: what it writes is enough for each phase, and nothing of it is too much."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from falsework.engines.connect import connect
from tests.cli.conftest import Cli
from tests.servers import Server

WITH_ROLES = ("postgresql16", "postgresql18", "mysql", "mariadb1011", "mariadb118")
SECRET = "s"  # noqa: S105 - of a server that ends with the test
EACH = ("postgresql18", "mysql", "mariadb118")
DO = {
    "expand": ("expand", "--plan", "plan.json", "--yes"),
    "look": ("check",),
    "migrate": ("migrate", "--yes"),
    "contract": ("contract", "--yes", "--lose", "people.shoe"),
}

on_each = pytest.mark.parametrize("server", WITH_ROLES, indirect=True)


@dataclass
class Place:
    """A database whose tables one user owns, and users made for it that may do nothing."""

    admin: URL
    postgresql: bool
    made: list[str] = field(default_factory=list)
    owner: str = ""

    @property
    def shut(self) -> tuple[str, ...]:
        """Nobody has anything by being anybody; a copy of a database is open again."""
        if not self.postgresql:
            return ()
        return (
            f'REVOKE ALL ON DATABASE "{self.admin.database}" FROM PUBLIC',
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        )

    def given_back(self, user: "User") -> tuple[str, ...]:
        """What the user has made belongs to the owner of the rest: else the next one needs both."""
        if not self.postgresql:
            return ()
        return (f'REASSIGN OWNED BY "{user.account}" TO "{self.owner}"',)

    def says(self, *statements: str) -> None:
        engine = create_engine(self.admin)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for sql in statements:
                connection.execute(text(sql))
        engine.dispose()

    def user(self, name: str) -> "User":
        whole = f"{name}_{self.admin.database}"[:32]
        if self.postgresql:
            self.says(f'CREATE ROLE "{whole}" LOGIN')
            found = User(whole, self.admin.set(username=whole, password=None))
        else:
            self.says(f"CREATE USER '{whole}'@'localhost' IDENTIFIED BY '{SECRET}'")
            found = User(f"{whole}@localhost", self.admin.set(username=whole, password=SECRET))
        self.made.append(whole)
        return found

    def gone(self) -> None:
        for name in self.made:
            if self.postgresql:
                self.says(f'REASSIGN OWNED BY "{name}" TO CURRENT_USER', f'DROP OWNED BY "{name}"')
                self.says(f'DROP ROLE "{name}"')
            else:
                self.says(f"DROP USER '{name}'@'localhost'")


@dataclass(frozen=True)
class User:
    """As ``--to`` has it, and its URL."""

    account: str
    own: URL

    @property
    def url(self) -> str:
        return self.own.render_as_string(hide_password=False)


@pytest.fixture
def place(filled: str, server: Server) -> Iterator[Place]:
    """Nobody has privileges by being anybody; where tables have an owner, it is a plain user."""
    found = Place(make_url(filled), server.engine == "postgresql")
    if found.postgresql:
        found.owner = found.user("owner").account
        found.says(*found.shut, f'ALTER TABLE people OWNER TO "{found.owner}"')
    yield found
    found.gone()


def granted(cli: Cli, place: Place, phase: str, user: User, *more: str) -> list[str]:
    """The statements, as somebody who may see everything gets them."""
    admin = place.admin.render_as_string(hide_password=False)
    said = cli("grants", "--phase", phase, "--to", user.account, *more, "--json", url=admin)
    assert said.code == 0, said
    document = said.document
    assert (document["phase"], document["role"]) == (phase, user.account)
    found: list[str] = document["statements"]
    return found


def taken(statement: str) -> str:
    """What takes back a GRANT."""
    found = statement.removesuffix(" WITH GRANT OPTION").replace("GRANT ", "REVOKE ", 1)
    before, to, after = found.rpartition(" TO ")
    return f"{before}{to.replace('TO', 'FROM')}{after}"


@on_each
def test_each_phase_by_a_user_who_may_do_just_that(cli: Cli, server: Server, place: Place) -> None:
    """The whole upgrade, each phase by somebody else; without any one of the privileges, none.

    What was refused has lost no row, says so with a code that wants a human, and goes on once the
    privilege is there. Every single one on one server of each engine.
    """
    admin = place.admin.render_as_string(hide_password=False)
    assert cli("adopt", "--release", "A", "--yes", url=admin).code == 0
    assert cli("plan", "--out", "plan.json").code == 0
    for phase, command in DO.items():
        user = place.user(phase)
        statements = granted(cli, place, phase, user)
        place.says(*statements)
        if server.name in EACH:
            with server.fresh(admin) as kept:
                for one in apart(statements):
                    if "SELECT" in one and "falsework_" in one and phase != "contract":
                        continue  # each phase begins with reading them: seen once is enough
                    place.says(taken(one))
                    said = cli(*command, url=user.url)
                    assert said.code in {2, 78}, f"{phase} without {one}: {said}"
                    server.create_database(kept, admin)
                    place.says(*place.shut, *statements)
        assert cli(*command, url=user.url).code in {0, 1}, (phase, statements)
        place.says(*place.given_back(user))
    assert cli("status", "--check", url=admin).code == 0


def apart(statements: list[str]) -> Iterator[str]:
    """Each privilege alone: on most servers a statement gives several."""
    for statement in statements:
        found = re.fullmatch(r"GRANT (.+?) ON (.+?) TO (.+)", statement)
        if found is None:
            yield statement  # a role
            continue
        what, where, to = found.groups()
        for privilege in re.split(r", (?![^(]*\))", what):
            yield f"GRANT {privilege} ON {where} TO {to}"


@pytest.mark.parametrize("server", ["postgresql18", "mysql", "mariadb118"], indirect=True)
def test_a_table_that_is_for_others(
    cli: Cli, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who makes it may let the application's role use it; the journal is made as well."""
    user, role = place.user("expand"), place.user("app")
    monkeypatch.setenv("FALSEWORK_GRANT_TO", role.account)
    place.says(*granted(cli, place, "expand", user))

    assert cli("plan", "--out", "plan.json").code == 0
    said = cli(*DO["expand"], url=user.url)

    assert said.code == 0, said


@pytest.mark.parametrize("server", ["postgresql18", "mysql"], indirect=True)
def test_what_cannot_be_granted(cli: Cli, place: Place) -> None:
    """On a journal and tables that are not there, and to nobody; names cannot write statements."""
    admin = place.admin.render_as_string(hide_password=False)
    said = cli("grants", "--phase", "migrate", "--to", "u", url=admin)
    said.refuses(2, "the journal is not there yet", "db-adopt")
    assert cli("grants", "--phase", "expand").code == 64
    assert cli("grants", "--to", "u").code == 64
    assert cli("adopt", "--release", "A", "--yes").code == 0
    shown = cli("grants", "--phase", "contract", "--to", "it's \"me`")
    assert shown.code == 0
    later = "-- Not there yet, run this again when they are: "
    assert shown.out.splitlines()[-1] == f"{later}{connect(admin).schema}.notes"
    quoted = '"it\'s ""me`"' if place.postgresql else "'it''s \"me`'"
    statements = [line for line in shown.out.splitlines() if line.startswith("GRANT")]
    assert all(sql.endswith(f" TO {quoted};") for sql in statements)
    if not place.postgresql:
        cli("grants", "--phase", "look", "--to", "@x").refuses(78, "no account")


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_a_file_has_no_users(cli: Cli, filled: str) -> None:
    """It says so, whoever is named."""
    said = cli("grants", "--phase", "look", url=filled)
    assert said.code == 0
    assert "Nothing to grant" in said.out
