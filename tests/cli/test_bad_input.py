"""Whatever is wrong with what an operator gives: the right exit code, and what to do."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.cli.conftest import Cli, small_file
from tests.servers import Server

CANARY = "s3cret"


@pytest.mark.parametrize(
    "args",
    [
        ("plan", "--no-such-option"),
        ("plan", "--lock-budget", "soon"),
        ("migrate", "--max-rows", "0"),
        ("check", "--before", "lunch"),
        ("check", "--only", "FW999"),
        ("check", "--timeout", "0"),
        ("adopt", "--yes"),
        ("no-such-command",),
        ("replay",),
        ("plan", "unexpected"),
    ],
    ids=" ".join,
)
def test_usage(cli: Cli, args: tuple[str, ...]) -> None:
    """A command line that is wrong: 64, before anything is connected to."""
    said = cli(*args)
    assert (said.code, said.out) == (64, ""), said
    assert "Error: " in said.err
    assert "Usage: falsework" in said.err


def test_a_password_on_the_command_line(cli: Cli) -> None:
    """It is refused with the alternative, and not shown again."""
    said = cli("plan", "--url", f"postgresql://me:{CANARY}@localhost/db")
    said.refuses(64, "no password on the command line", "--url env:")
    assert CANARY not in said.err


def test_no_url(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is guessed at."""
    monkeypatch.delenv("FALSEWORK_URL", raising=False)
    cli("plan").refuses(78, "no database is named", "--url")


@pytest.mark.parametrize("url", ["nosuch://host/db", "not a url", "env:NOT_SET", "file:/not/there"])
def test_urls_that_mean_nothing(cli: Cli, url: str) -> None:
    """An unknown engine, and references to nowhere."""
    cli("plan", "--url", url).refuses(78)


@pytest.mark.parametrize(
    ("models", "words"),
    [
        ("no.such.module:metadata", "No module named"),
        ("tests.cli.small:nothing", "there is no nothing"),
        ("tests.cli.small:number", "is no MetaData"),
        ("tests.cli.small", "package.module:name"),
        ("", "no models are named"),
    ],
)
def test_models_that_are_none(cli: Cli, tmp_path: Path, models: str, words: str) -> None:
    """Models that cannot be imported, or are something else."""
    cli("plan", url=small_file(tmp_path), models=models).refuses(78, words)


def test_a_module_that_ends_the_program(cli: Cli, tmp_path: Path) -> None:
    """Models are code: what they raise, even SystemExit, is told in one line."""
    (tmp_path / "ends_the_program.py").write_text("raise SystemExit('not today')")
    said = cli("plan", url=small_file(tmp_path), models="ends_the_program:metadata")
    said.refuses(78, "SystemExit: not today")
    assert "Traceback" not in said.err


@pytest.mark.parametrize("content", ["url = [", "urll = 'x'", "lock_budget = 'soon'"])
def test_a_configuration_that_cannot_be_read(cli: Cli, tmp_path: Path, content: str) -> None:
    """A file that is no TOML, an unknown key, a value of the wrong kind."""
    (tmp_path / "mine.toml").write_text(content)
    cli("config", "--config", "mine.toml").refuses(78)


def test_an_unreachable_host(cli: Cli) -> None:
    """A port where nobody listens: at once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cli("plan", url=f"postgresql://me@127.0.0.1:{port}/db").refuses(75, "no answer", "try again")


def test_a_host_that_never_answers(cli: Cli) -> None:
    """One that takes the connection and says nothing: after the time given, not for ever."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        url = f"postgresql://me:{CANARY}@127.0.0.1:{silent.getsockname()[1]}/db"
        said = cli("plan", "--connect-seconds", "2", url=url)
    said.refuses(75, "no answer")
    assert time.monotonic() - begun < 20
    assert CANARY not in said.err


def test_a_wrong_password(cli: Cli, own_server: Callable[..., Server]) -> None:
    """The server says no: that is configuration, and neither password is shown."""
    server = own_server("postgresql18")
    url = make_url(server.url())
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE guest LOGIN PASSWORD '{CANARY}'"))
        rules = Path(str(connection.scalar(text("SHOW hba_file"))))
        rules.write_text("host all guest all scram-sha-256\n" + rules.read_text())
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    guest = url.set(username="guest", password=f"wrong-{CANARY}")
    said = cli("plan", url=guest.render_as_string(hide_password=False))
    said.refuses(78, "does not let us in", "password authentication failed")
    assert CANARY not in said.err


@pytest.mark.parametrize("url", ["postgresql://{0}/no_such_database", "postgresql://nobody@{0}/x"])
def test_an_unknown_database_or_user(cli: Cli, postgresql: Server, url: str) -> None:
    """Answered, and refused: trying again would not help."""
    there = make_url(postgresql.url())
    address = f"{there.username}@{there.host}:{there.port}"
    if "nobody" in url:
        address = address.partition("@")[2]
    cli("plan", url=url.format(address)).refuses(78, "does not let us in")


def test_a_schema_that_is_not_there(cli: Cli, tmp_path: Path) -> None:
    """It is named with those that are."""
    cli("plan", "--schema", "attic", url=small_file(tmp_path)).refuses(78, "no schema attic")


@pytest.fixture
def plan_file(cli: Cli, tmp_path: Path) -> Path:
    """A plan for a small file, adopted."""
    cli("adopt", "--release", "A", "--yes", url=small_file(tmp_path))
    assert cli("plan", "--out", "plan.json").code == 0
    return tmp_path / "plan.json"


def truncated(text: str) -> str:
    return text[: len(text) // 2]


def edited(text: str) -> str:
    assert "varchar" in text.lower()
    return text.replace("DROP COLUMN", "DROP  COLUMN", 1)


def newer(text: str) -> str:
    whole = json.loads(text)
    return json.dumps({**whole, "falsework_plan": 99, "something_new": True})


def other_engine(text: str) -> str:
    return text.replace('"engine": "sqlite"', '"engine": "other"')


def something_else(_text: str) -> str:
    return "[1, 2, 3]"


@pytest.mark.parametrize("spoil", [truncated, edited, newer, other_engine, something_else])
@pytest.mark.parametrize("command", [("expand", "--yes", "--plan"), ("check", "--plan")])
def test_plan_files(
    cli: Cli, plan_file: Path, command: tuple[str, ...], spoil: Callable[[str], str]
) -> None:
    """Truncated, edited, from a newer falsework, no plan at all: nothing of it runs."""
    plan_file.write_text(spoil(plan_file.read_text()))
    cli(*command, str(plan_file)).refuses(2, "plan.json", "db-plan" if spoil != newer else "newer")
    assert cli("status", "--check").code == 2, "nothing ran"


def test_no_plan_file(cli: Cli, tmp_path: Path) -> None:
    """A file that is not there."""
    cli("expand", "--yes", "--plan", "no.json", url=small_file(tmp_path)).refuses(2, "no.json")


def test_a_plan_for_another_database(cli: Cli, plan_file: Path, tmp_path: Path) -> None:
    """A database of the same kind whose schema is another one: told with the difference."""
    other = f"sqlite:///{tmp_path / 'other.db'}"
    engine = create_engine(other)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(20))"))
    engine.dispose()
    cli("expand", "--yes", "--plan", str(plan_file), url=other).refuses(2, "db-plan")


def test_a_plan_for_another_engine(cli: Cli, plan_file: Path, postgresql: Server) -> None:
    """A plan fits one engine."""
    with postgresql.fresh() as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE people (id INTEGER PRIMARY KEY)"))
        engine.dispose()
        cli("expand", "--yes", "--plan", str(plan_file), url=url).refuses(2, "plan")


def test_a_plan_whose_table_was_changed(cli: Cli, plan_file: Path, tmp_path: Path) -> None:
    """Somebody's own change between plan and expand: refused with the difference."""
    engine = create_engine(f"sqlite:///{tmp_path / 'small.db'}")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE people ADD COLUMN nick VARCHAR(9)"))
    engine.dispose()
    cli("expand", "--yes", "--plan", str(plan_file)).refuses(2, "nick")


def test_refusals(cli: Cli, tmp_path: Path) -> None:
    """A plan that must not run: exit 2 from plan, check and expand, with what would lift it."""
    models = "tests.cli.small:refused"
    plan = cli("plan", url=small_file(tmp_path), models=models)
    assert plan.code == 2
    assert "REFUSED  1 thing" in plan.out
    assert "fill(" in plan.out
    assert cli("check").code == 2
    expand = cli("expand", "--yes")
    assert (expand.code, "REFUSED" in expand.out) == (2, True)
    assert cli("status").out.count("none under way") == 1


def test_nulls_without_a_fill(cli: Cli, tmp_path: Path) -> None:
    """db-check fails on them, and so does the gate of contract."""
    models = "tests.cli.small:no_fill"
    check = cli("check", url=small_file(tmp_path), models=models)
    assert check.code == 2
    assert "Result: Failure" in check.out
    assert "2 rows hold NULL in email" in check.out
    assert cli("expand", "--yes").code == 0
    assert cli("migrate", "--yes").code == 0
    cli("contract", "--yes").refuses(2, "rows stand in the way", "hold NULL in email: 2")


def test_no_terminal(cli: Cli, tmp_path: Path) -> None:
    """Nobody can be asked: nothing is written."""
    before = (tmp_path / "small.db", small_file(tmp_path))[0].read_bytes()
    for command in (("expand",), ("sync", "--offline"), ("adopt", "--release", "A")):
        cli(*command, url=f"sqlite:///{tmp_path / 'small.db'}").refuses(2, "no terminal", "--yes")
    assert (tmp_path / "small.db").read_bytes() == before


def test_a_bug_is_told_without_secrets(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody foresaw: 255, one line; the stack only with -v, never a password."""

    def fail(*_args: object) -> None:
        raise RuntimeError(f"postgresql://me:{CANARY}@host/db")

    monkeypatch.setattr("falsework.session.open_session", fail)
    url = small_file(tmp_path)
    short, long = cli("plan", url=url), cli("plan", "-v", url=url)
    document = cli("plan", "--json", url=url)
    assert {short.code, long.code, document.code} == {255}
    assert ("Traceback" in short.err, "Traceback" in long.err) == (False, True)
    assert document.document["error"]["kind"] == "Bug"
    assert CANARY not in short.err + long.err + document.out + document.err


def test_errors_as_json(cli: Cli) -> None:
    """A program gets the same four parts, and the exit code."""
    said = cli("plan", "--url", "nosuch://x/y", "--json")
    assert said.code == said.document["exit_code"] == 78
    assert set(said.document["error"]) == {"kind", "what", "why", "do", "done"}


@contextmanager
def reader_of(url: str) -> Iterator[str]:
    """The URL of a user who may read everything and write nothing."""
    engine = create_engine(url)
    found = make_url(url)
    name = f"reader_{found.database}"
    if found.get_backend_name() == "postgresql":
        theirs = found.set(username=name)
        made = f"CREATE ROLE {name} LOGIN", f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}"
        gone = (f"DROP OWNED BY {name}; DROP ROLE {name}",)
    else:
        theirs = found.set(username=name, password="secret")  # noqa: S106
        who = f"{name}@localhost"
        made = (
            f"CREATE USER {who} IDENTIFIED BY 'secret'",
            f"GRANT SELECT ON {found.database}.* TO {who}",
        )
        gone = (f"DROP USER {who}",)
    with engine.begin() as connection:
        for sql in made:
            connection.execute(text(sql))
    yield theirs.render_as_string(hide_password=False)
    with engine.begin() as connection:
        for sql in gone:
            connection.execute(text(sql))
    engine.dispose()


READING = [
    ("plan",),
    ("check",),
    ("status",),
    ("expand", "--dry-run"),
    ("adopt", "--release", "A", "--dry-run"),
    ("sync", "--offline", "--dry-run"),
]


def test_a_user_who_may_only_read(cli: Cli, filled: str) -> None:
    """All that writes nothing works; what writes is denied, and leaves nothing."""
    if not filled.startswith("sqlite"):
        with reader_of(filled) as url:
            _may_only_read(cli, url)
    else:
        file = Path(str(make_url(filled).database))
        before = file.read_bytes()
        _may_only_read(cli, f"sqlite:///file:{file}?mode=ro&uri=true")
        assert file.read_bytes() == before


def _may_only_read(cli: Cli, url: str) -> None:
    for command in READING:
        said = cli(*command, url=url)
        assert said.code in (0, 1), said
    for command in (("expand", "--yes"), ("adopt", "--release", "A", "--yes")):
        said = cli(*command, url=url)
        said.refuses(2, "grant")
    assert "none under way" in cli("status", url=url).out
