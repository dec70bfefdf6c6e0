"""Commands as programs of their own: signals, terminals, pipes, and how fast they answer."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, create_engine, text

from falsework.cli import entry
from falsework.cli.group import NAMES
from tests.cli.conftest import small_file

ROOT = Path(__file__).parents[2]
FALSEWORK = [sys.executable, "-m", "falsework"]
MODELS = """
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table
from falsework.declare import fill
b = MetaData()
Table("t", b, Column("id", Integer, primary_key=True),
      Column("v", String(9), nullable=False, info=fill("{value}")))
"""
# A minute of work for all rows; were it constant, SQLite would compute it once a statement.
SLOW = "substr(hex(randomblob(300000)), 1, 1)"
ROWS = 40_000
INTERRUPT = "\x03"  # Ctrl-C


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **more}


def test_help_imports_nothing_heavy() -> None:
    """Help answers at once: neither SQLAlchemy nor rich is imported for it."""
    code = (
        "import sys; from falsework.cli.group import GROUP, NAMES, load; "
        "[load(n).get_help(load(n).make_context(n, [], resilient_parsing=True)) for n in NAMES]; "
        "sys.exit(str({'sqlalchemy', 'rich', 'msgspec', 'alembic'} & sys.modules.keys() or ''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (1, ""), done.stderr


def test_every_program_answers() -> None:
    """``db-NAME`` is ``falsework NAME``, for all that the packaging installs."""
    programs = [n for n in vars(entry) if n.startswith("db_")]
    assert {p.removeprefix("db_") for p in programs} == set(NAMES) - {"config", "demo"}
    code = f"from falsework.cli import {programs[0]} as main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"Usage: {programs[0].replace('_', '-')} " in done.stdout


@pytest.fixture
def long_fill(tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment of commands over a file that is expanded, with many rows to fill."""
    (tmp_path / "long_models.py").write_text(MODELS.format(value=getattr(request, "param", "'x'")))
    url = f"sqlite:///{tmp_path / 'long.db'}"
    a = MetaData()
    table = Table("t", a, Column("id", Integer, primary_key=True), Column("v", String(9)))
    engine = create_engine(url)
    a.create_all(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"id": n} for n in range(ROWS)])
    engine.dispose()
    found = environment(FALSEWORK_URL=url, FALSEWORK_MODELS="long_models:b")
    subprocess.run(
        [*FALSEWORK, "expand", "--yes", "-q"], env=found, cwd=tmp_path, check=True, timeout=60
    )
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_mid_fill(
    long_fill: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    """The chunk is finished and recorded, the exit code is 1, and calling again goes on."""
    migrate = [*FALSEWORK, "migrate", "--yes", "--chunk-seconds", "1ms"]
    engine = create_engine(long_fill["FALSEWORK_URL"])
    with subprocess.Popen(
        migrate, env=long_fill, cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as running:
        _until_filling(engine)
        running.send_signal(number)
        _, err = running.communicate(timeout=30)
    assert running.returncode == 1, err
    assert "stopping after this" in err
    assert "asked to stop; call it again" in err
    left = ROWS - _filled(engine)
    assert 0 < left < ROWS
    again = subprocess.run(
        [*FALSEWORK, "migrate", "--yes"],
        env=long_fill,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "40 000 rows filled" in again.stdout
    assert _filled(engine) == ROWS
    engine.dispose()


def _until_filling(engine: Engine) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and not _filled(engine):
        time.sleep(0.02)


def _filled(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM t WHERE v IS NOT NULL")))


@pytest.mark.parametrize(("answer", "code"), [("n\n", 2), ("\n", 2), (INTERRUPT, 2), ("y\n", 0)])
def test_asking_on_a_terminal(tmp_path: Path, answer: str, code: int) -> None:
    """A no, nothing and Ctrl-C are a no; the default is no; a yes goes on."""
    url = small_file(tmp_path)
    found = environment(
        FALSEWORK_URL=url, FALSEWORK_MODELS="tests.cli.small:b", TERM="xterm", NO_COLOR="1"
    )
    child, terminal = pty.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a test run in the background ignores it
        os.chdir(tmp_path)
        os.execve(FALSEWORK[0], [*FALSEWORK, "expand"], found)  # noqa: S606 - no shell wanted
    said = _read(terminal, "[y/N]")
    assert "db-expand on" in said
    os.write(terminal, answer.encode())
    if answer == INTERRUPT:
        time.sleep(1)  # one that comes right before Python begins to read is noticed with the next
        with suppress(OSError):
            os.write(terminal, answer.encode())
    said += _read(terminal, None)
    os.close(terminal)
    assert _exit_code(child) == code, said
    engine = create_engine(url)
    with engine.connect() as connection:
        names = connection.scalars(text("SELECT name FROM sqlite_master")).all()
    engine.dispose()
    assert ("notes" in names) == (code == 0)


def _exit_code(child: int) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    pytest.fail("it never ended")


def _read(terminal: int, until: str | None) -> str:
    """What the program says, up to a text, or to its end."""
    said, deadline = b"", time.monotonic() + 30
    while time.monotonic() < deadline and (until is None or until.encode() not in said):
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            more = os.read(terminal, 4096)
        except OSError:
            break
        if not more:
            break
        said += more
    return said.decode(errors="replace")


@pytest.mark.parametrize("long_fill", [SLOW], indirect=True, ids=["slow"])
def test_two_runners(long_fill: dict[str, str], tmp_path: Path) -> None:
    """The second one says who is at work, and that later may do."""
    migrate = [*FALSEWORK, "migrate", "--yes", "--chunk-seconds", "10ms"]
    engine = create_engine(long_fill["FALSEWORK_URL"])
    with subprocess.Popen([*migrate, "-q"], env=long_fill, cwd=tmp_path) as running:
        _until_filling(engine)
        second = subprocess.run(
            migrate,
            env=long_fill,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        running.terminate()
    engine.dispose()
    assert second.returncode == 75, second
    assert f"pid {running.pid}" in second.stderr
    assert running.returncode == 1


def test_output_that_nobody_reads(tmp_path: Path) -> None:
    """``db-plan | head``: no stack trace."""
    found = environment(FALSEWORK_URL=small_file(tmp_path), FALSEWORK_MODELS="tests.cli.small:b")
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m falsework plan -v | head -1"],
        env=found,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("UPGRADE PLAN")
    assert done.stderr == ""


def test_a_terminal_without_unicode(tmp_path: Path) -> None:
    """A name that the terminal cannot show is escaped, not a crash."""
    url = f"sqlite:///{tmp_path / 'names.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text('CREATE TABLE "caf\u00e9 \U0001f4a5" (id INTEGER PRIMARY KEY)'))
    engine.dispose()
    done = subprocess.run(
        [*FALSEWORK, "plan"],
        env=environment(
            FALSEWORK_URL=url, FALSEWORK_MODELS="tests.cli.small:b", PYTHONIOENCODING="latin-1"
        ),
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert b"caf\xe9 \\U0001f4a5" in done.stdout
