from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from falsework.engines import connect as module
from falsework.engines.connect import connect
from falsework.engines.drivers import driver_for
from falsework.errors import ConfigError, FalseworkError, Refused, Unreachable
from tests.servers import Server

CANARY = "c4n@ry"
QUOTED = "c4n%40ry"


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_target_says_what_it_is(server: Server) -> None:
    """Engine, version, schema and identity come from the server, by every driver it has."""
    with server.fresh() as url:
        for driver in server.drivers:
            target = connect(server.with_driver(url, driver))

            assert target.driver is driver_for(server.engine)
            assert target.server.engine.name == server.engine
            assert target.server.version == server.version
            database = make_url(url).database
            assert target.schema in {"main", "public", database}
            assert database in {target.identity, target.identity.rpartition("/")[2]}
            with target.pool.connect() as connection:
                assert connection.scalar(text("SELECT 1")) == 1


def test_urls_may_lie_elsewhere(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a variable, in the first line of a file, or behind a callable that makes an Engine."""
    file = tmp_path / "url"
    file.write_text(f"{database}\nsomething else\n")
    (tmp_path / "own_engine.py").write_text(
        "import os\nfrom sqlalchemy import create_engine\n"
        "def make(): return create_engine(os.environ['TEST_DATABASE'].strip())\n"
    )
    monkeypatch.setenv("TEST_DATABASE", f"{database}\n")
    monkeypatch.syspath_prepend(tmp_path)

    identities = {
        connect(url).identity
        for url in (database, "env:TEST_DATABASE", f"file:{file}", "python:own_engine:make")
    }

    assert len(identities) == 1


def test_sessions_of_an_engine_of_the_users(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every session is made by that Engine: a token may have to be fetched for each."""
    made: list[object] = []

    def engine() -> Engine:
        own = create_engine(database)
        event.listen(own, "connect", lambda *_: made.append(_))
        return own

    monkeypatch.setattr(module, "load", lambda *_: engine)
    target = connect("python:app:engine")
    for _ in range(3):
        with target.pool.connect() as connection:
            connection.execute(text("SELECT 1"))

    assert len(made) == 1 + 3


def test_a_schema_that_is_named(postgresql: Server) -> None:
    """A schema is taken where it is there; else the ones that are there are named."""
    with postgresql.fresh() as url:
        with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("CREATE SCHEMA tenant"))

        assert connect(url, schema="tenant").schema == "tenant"
        with pytest.raises(ConfigError, match=r"no schema other\n.*public, tenant"):
            connect(url, schema="other")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("env:NO_SUCH_VARIABLE", "not set, or empty"),
        ("file:/no/such/file", "No such file"),
        ("python:no_such_module_x:engine", "ModuleNotFoundError"),
        ("python:json", "no module and name"),
        ("python:json:loads.nothing", "there is no nothing"),
        ("python:json:JSONDecoder", "gives no SQLAlchemy Engine"),
        ("python:json:loads", "the call failed"),
        ("python:sys:path", "gives no SQLAlchemy Engine"),
        ("sqlite:////no/such/folder/x.db", "there is no file"),
        ("sqlite:////tmp", "is a folder"),
        ("sqlite:///x.db?no_such_option=1", "no_such_option"),
        ("oracle://u@h/d", "it knows sqlite, postgresql, mysql, mariadb"),
    ],
)
def test_what_cannot_be_meant(url: str, says: str) -> None:
    """Each is a matter of configuration, and says what to do."""
    with pytest.raises(ConfigError, match=says) as caught:
        connect(url)

    assert caught.value.do


def test_places_that_hold_no_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies there is never shown, whatever it is."""
    file = tmp_path / "url"
    for content in ("", "\n", f"user={CANARY} host=h", f"nosuch://u:{QUOTED}@h/d", "env:X"):
        file.write_text(content)
        monkeypatch.setenv("TEST_DATABASE", content)
        for place in (f"file:{file}", "env:TEST_DATABASE"):
            with pytest.raises(ConfigError) as caught:
                connect(place)
            assert CANARY not in str(caught.value)
            assert QUOTED not in str(caught.value)


def test_not_a_database(tmp_path: Path) -> None:
    """A file of something else is refused, and left as it is."""
    file = tmp_path / "x.db"
    file.write_text("this is no database, " * 100)
    with pytest.raises(ConfigError, match="not a database"):
        connect(f"sqlite:///{file}")

    assert file.read_text().startswith("this is no database")


@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
def test_nobody_answers(driver: str, deaf: int) -> None:
    """A closed port and a deaf one: not now, within bounded time, and without the password."""
    for port in (closed_port(), deaf):
        began = time.monotonic()
        with pytest.raises(Unreachable, match="no answer") as caught:
            connect(
                f"postgresql+{driver}://me:{QUOTED}@127.0.0.1:{port}/db?sslpassword={QUOTED}",
                connect_seconds=2,
            )

        assert time.monotonic() - began < 8
        assert_no_secret(caught.value)


def test_a_wrong_password(own_server: Callable[..., Server]) -> None:
    """The server's own words tell the user's name, and nobody tells the password."""
    server = own_server("postgresql18")
    url = make_url(server.url())
    pool = create_engine(url, isolation_level="AUTOCOMMIT")
    with pool.connect() as connection:
        rules = Path(connection.scalar(text("SHOW hba_file")) or "")
        rules.write_text("host all all all scram-sha-256\n")
        connection.execute(text("SELECT pg_reload_conf()"))
    pool.dispose()
    for driver in server.drivers:
        wrong = url.set(drivername=f"postgresql+{driver}", password=CANARY)
        with pytest.raises(ConfigError, match="password authentication failed") as caught:
            connect(wrong.render_as_string(hide_password=False))

        assert_no_secret(caught.value)


@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
def test_no_such_database_or_user(postgresql: Server, driver: str) -> None:
    """Wrong names are a matter of configuration; the server's own words say which."""
    url = make_url(postgresql.with_driver(postgresql.url(), driver))
    for wrong in (url.set(database="nosuch"), url.set(username="nosuch", password=CANARY)):
        with pytest.raises(ConfigError, match="nosuch") as caught:
            connect(wrong.render_as_string(hide_password=False))

        assert caught.value.exit_code == 78
        assert_no_secret(caught.value)


def test_a_server_that_is_too_old(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the oldest version whose facts were checked, nothing is promised."""
    real = driver_for(make_url(database).get_backend_name())
    engine = replace(real.engine, oldest=(99, 1))
    names = (n for n in dir(real) if not n.startswith("_"))
    other = SimpleNamespace(**{n: getattr(real, n) for n in names} | {"engine": engine})
    monkeypatch.setattr(module, "driver_for", lambda _: other)

    with pytest.raises(Refused, match=r"is older than 99\.1"):
        connect(database)


def test_a_target_hides_its_url(postgresql: Server) -> None:
    """A Target may be printed: in a log, or by a debugger's stack trace."""
    with postgresql.fresh() as url:
        shown = make_url(url).set(password=CANARY).render_as_string(hide_password=False)
        target = connect(shown)

    assert CANARY not in repr(target)
    assert CANARY not in target.identity


def assert_no_secret(error: FalseworkError) -> None:
    """Neither the error nor what led to it, as far as a stack trace would show it."""
    seen: BaseException | None = error
    while seen is not None:
        assert CANARY not in str(seen)
        assert QUOTED not in str(seen)
        seen = None if seen.__suppress_context__ else (seen.__cause__ or seen.__context__)
