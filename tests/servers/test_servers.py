"""Each server is real: it answers, says its version, survives a kill, and ends with its run."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from tests.servers import SERVERS, Server, processes
from tests.servers.postgresql import _installed, _lent
from tests.servers.run import ROOT

KILLABLE = [name for name in SERVERS if name != "sqlite"]
ONE_OF_EACH = [name for name in ("postgresql18", "mysql", "mariadb118") if name in SERVERS]


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement in a session of its own."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sa.text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def test_answers(database: str) -> None:
    """A fresh database takes statements, and holds nothing before them."""
    assert sa.inspect(sa.create_engine(database, poolclass=sa.NullPool)).get_table_names() == []
    rows(database, "CREATE TABLE t (a integer)")
    rows(database, "INSERT INTO t VALUES (1)")
    assert rows(database, "SELECT a FROM t") == [(1,)]


def test_version_is_what_the_name_promises(server: Server) -> None:
    """`postgresql16` runs a PostgreSQL 16, and `mariadb1011` a MariaDB 10.11."""
    digits = server.name.removeprefix(server.engine)
    assert server.version >= (3,)
    assert "".join(map(str, server.version)).startswith(digits)


def test_each_driver_reaches_the_database(server: Server) -> None:
    """An application's driver is not ours to choose: each one works on the same database."""
    with server.fresh() as url:
        rows(url, "CREATE TABLE t (a integer)")
        for driver in server.drivers:
            other = server.with_driver(url, driver)
            assert f"+{driver}:" in other
            assert rows(other, "SELECT count(*) FROM t") == [(0,)]


def test_template_is_copied_and_left_alone(server: Server) -> None:
    """A database made from another one has its rows; writing to it does not change the other."""
    with server.fresh() as template:
        rows(template, "CREATE TABLE t (a integer)")
        rows(template, "INSERT INTO t VALUES (1)")
        with server.fresh(template) as copy:
            assert rows(copy, "SELECT a FROM t") == [(1,)]
            rows(copy, "DELETE FROM t")
        assert rows(template, "SELECT a FROM t") == [(1,)]


def test_a_copy_may_take_the_place_of_a_database(server: Server) -> None:
    """Under the same name, with nothing left of what was there."""
    with server.fresh() as template, server.fresh() as url:
        rows(template, "CREATE TABLE t (a integer)")
        rows(url, "CREATE TABLE u (a integer)")
        with server.fresh(template, url) as copy:
            assert copy == url
            assert rows(copy, "SELECT a FROM t") == []
            rows(copy, "CREATE TABLE u (a integer)")


def test_a_dropped_database_is_gone_with_its_sessions(server: Server) -> None:
    """A test that forgets to dispose of its engine does not keep its database alive."""
    url = server.create_database()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        server.drop_database(url)
        connection.invalidate()
    engine.dispose()
    if server.engine == "sqlite":
        assert not Path(url.removeprefix("sqlite+pysqlite:///")).exists()
    else:
        with pytest.raises(sa.exc.OperationalError):
            rows(url, "SELECT 1")


@pytest.mark.rotates(3)
@pytest.mark.parametrize("name", KILLABLE)
def test_commits_survive_a_kill(name: str, own_server: Callable[..., Server]) -> None:
    """After kill -9 and restart the URLs are the same and each commit is there."""
    server = own_server(name)
    url = server.create_database()
    rows(url, "CREATE TABLE t (a integer)")
    rows(url, "INSERT INTO t VALUES (1)")

    server.kill()
    with pytest.raises(sa.exc.OperationalError):
        rows(url, "SELECT a FROM t")
    server.restart()

    assert rows(url, "SELECT a FROM t") == [(1,)]
    server.drop_database(url)


@pytest.mark.rotates(3)
@pytest.mark.parametrize("name", KILLABLE)
def test_stops_and_starts_with_other_settings(name: str, own_server: Callable[..., Server]) -> None:
    """`own_server` takes settings, and an orderly stop ends open sessions instead of waiting."""
    server = own_server(name, max_connections="17")
    asked = "SHOW max_connections" if server.engine == "postgresql" else "SELECT @@max_connections"
    assert [str(value) for (value,) in rows(server.url(), asked)] == ["17"]
    engine = sa.create_engine(server.url())
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        server.stop()
        connection.invalidate()
    engine.dispose()
    assert processes.pid(server.home) is None


def test_runs_without_rights(server: Server) -> None:
    """No server runs as root: a bug in a test then cannot harm the machine."""
    number = processes.pid(server.home)
    if number is None:
        pytest.skip("there is no process of ours")
    assert psutil.Process(number).uids().real != 0


def test_lent_programs_find_their_libraries(tmp_path: Path) -> None:
    """Root lends the programs to another account when the environment is closed to it."""
    programs = _lent(_installed(18), tmp_path) / "bin"
    for program in ("initdb", "postgres", "pg_basebackup"):
        assert "18." in subprocess.check_output([programs / program, "--version"], text=True)


@pytest.mark.rotates(3)
@pytest.mark.parametrize(
    ("sign", "workers", "server"),
    [
        (signal.SIGKILL, 0, "postgresql18"),
        (signal.SIGKILL, 2, "postgresql18"),
        (signal.SIGTERM, 0, "postgresql18"),
        (signal.SIGINT, 0, "postgresql18"),
        *((signal.SIGKILL, 0, name) for name in ONE_OF_EACH[1:]),
    ],
    indirect=["server"],
)
def test_ends_with_its_run(
    sign: signal.Signals, workers: int, server: Server, tmp_path: Path
) -> None:
    """However a test run ends, its servers end with it, and their data goes."""
    script = tmp_path / "test_forever.py"
    note = tmp_path / "note"
    script.write_text(
        "import pathlib, time\n"
        "def test_forever(own_server):\n"
        f"    home = own_server({server.name!r}).home\n"
        f"    pathlib.Path({str(note)!r}).write_text(str(home))\n"
        "    time.sleep(60)\n"
    )
    run = inner_run(script, "-n", str(workers))
    processes.wait_until(lambda: note.exists() and bool(note.read_text()), 60)
    home = Path(note.read_text())
    number = processes.pid(home)
    assert number is not None

    run.send_signal(sign)
    run.communicate(timeout=30)

    processes.wait_until(lambda: not processes.runs(number) and not home.parent.exists(), 15)


@pytest.mark.rotates(3)
@pytest.mark.parametrize("server", ONE_OF_EACH, indirect=True)
def test_two_runs_do_not_meet(server: Server, tmp_path: Path) -> None:
    """Two test runs at once have servers of their own, and the end of one leaves the other."""
    script = tmp_path / "test_twice.py"
    script.write_text(
        "import pytest, time\n"
        f"@pytest.mark.parametrize('server', [{server.name!r}], indirect=True)\n"
        "def test_here(server):\n"
        "    url = server.create_database()\n"
        "    time.sleep(1)\n"
        "    server.drop_database(url)\n"
        "    print('HOME', server.home)\n"
    )
    runs = [inner_run(script) for _ in range(2)]
    outputs = [run.communicate(timeout=60)[0] for run in runs]
    homes = [line for output in outputs for line in output.splitlines() if "HOME" in line]
    assert [run.returncode for run in runs] == [0, 0], outputs
    assert len(set(homes)) == 2


def test_a_missing_server_is_a_skip_here_and_a_failure_in_ci(tmp_path: Path) -> None:
    """The skip says how to get the server; CI must not pass by having no servers."""
    script = tmp_path / "test_missing.py"
    script.write_text(
        "from tests.servers import SERVERS\n"
        "from tests.servers.postgresql import PostgreSQL\n"
        "SERVERS['postgresql99'] = PostgreSQL\n"
        "def test_it(own_server): own_server('postgresql99')\n"
    )
    laptop = inner_run(script, CI="").communicate(timeout=60)[0]
    assert "1 skipped" in laptop
    assert "FALSEWORK_TEST_POSTGRESQL99_URL" in laptop
    assert "1 failed" in inner_run(script, CI="true").communicate(timeout=60)[0]


@pytest.mark.rotates(3)
@pytest.mark.parametrize("server", ONE_OF_EACH, indirect=True)
def test_a_url_replaces_the_server(server: Server, tmp_path: Path) -> None:
    """A running server is used as it is, and is not ours to stop."""
    script = tmp_path / "test_url.py"
    script.write_text(
        "import pytest\n"
        f"@pytest.mark.parametrize('server', [{server.name!r}], indirect=True)\n"
        "def test_it(server):\n"
        "    assert not server.ours\n"
        "    with server.fresh() as url: pass\n"
        "    with pytest.raises(RuntimeError): server.stop()\n"
    )
    name = f"FALSEWORK_TEST_{server.name.upper()}_URL"
    output = inner_run(script, **{name: server.url()}).communicate(timeout=60)[0]
    assert "1 passed" in output, output
    assert server.version


def inner_run(script: Path, *more: str, **env: str) -> "subprocess.Popen[str]":
    """A test run of its own, with this one's fixtures."""
    shutil.copy(ROOT / "pyproject.toml", script.parent)
    (script.parent / "conftest.py").write_text("from tests.conftest import *\n")
    options = ("-p", "no:cacheprovider", "-s", "-ra", "-o", "testpaths=.", *more)
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, str(script)],
        cwd=script.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
