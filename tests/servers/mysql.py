"""MySQL, taken out of Debian's packages; MariaDB shares most of it."""

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pymysql
import pymysql.cursors
import sqlalchemy as sa

from tests.servers import schema_copy
from tests.servers.daemon import Daemon
from tests.servers.server import Told, new_name
from tests.servers.unpacked import Package, Unpacked, unpacked

# Time instead of safety against a power cut. A commit still survives a killed server, because the
# kernel has the write (hence no innodb_flush_log_at_trx_commit=0).
SETTINGS: Mapping[str, str] = {
    "character_set_server": "utf8mb4",
    "innodb_buffer_pool_size": "64M",
    "innodb_flush_log_at_trx_commit": "2",
    "max_connections": "200",
    "performance_schema": "ON",
    "sync_binlog": "0",
}
LOCK_SECONDS = 30
UNKNOWN_THREAD = 1094


class MySQL(Daemon):
    """The newest there is: its binary log is on, as it comes."""

    engine = "mysql"
    drivers = ("pymysql",)
    package: ClassVar[Package] = Package("sid", "mysql-server-core", "sbin/mysqld")
    client: ClassVar[Package] = Package("sid", "mysql-client-core", "bin/mysql")
    defaults: ClassVar[Mapping[str, str]] = {
        **SETTINGS,
        "innodb_redo_log_capacity": "64M",  # the data may lie in memory
        "mysqlx": "OFF",  # a second port
        "secure_file_priv": "NULL",
    }

    def initialise(self, programs: Unpacked) -> None:
        """Make ``data`` beside the programs: ``root`` of localhost needs no password."""
        data = programs.folder / "data"
        small = ("--innodb-redo-log-capacity=16M", "--user=root")
        programs.run(*programs.places, "--initialize-insecure", f"--datadir={data}", *small)
        (data / "auto.cnf").unlink()  # the server's identity

    def prepare(self) -> None:
        self._found().copy_data(self.home / "data")

    def command(self, port: int) -> Sequence[str | Path]:
        settings = {
            **self.defaults,
            **self.settings,
            "datadir": str(self.home / "data"),
            "tmpdir": str(self.home),
            "socket": str(self._socket),
            "pid_file": str(self.home / "server.pid"),
            "bind_address": "127.0.0.1",
            "port": str(port),
        }
        options = (f"--{key}={value}" if value else f"--{key}" for key, value in settings.items())
        programs = self._found().lent(self.account, self.home.parent)
        return programs.command(*programs.places, *options)

    def address(self, port: int) -> str:
        """Without TLS, for which PyMySQL reads all certificates of the machine at each connect.

        That takes it 25 ms; the rest of a connect, 0.5 ms.
        """
        return f"{self.engine}://root@127.0.0.1:{port}/mysql?ssl_disabled=true"

    def answers(self) -> bool:
        try:
            self._execute("SELECT 1")
        except pymysql.err.OperationalError:
            return False
        return True

    def tidy(self) -> None:
        """A killed server leaves its pid beside the socket, and it may be another's by now."""
        for left in (self._socket, self._socket.with_name("socket.lock")):
            left.unlink(missing_ok=True)

    @property
    def version(self) -> tuple[int, ...]:
        text = str(self._execute("SELECT version()")[0][0])
        return tuple(int(part) for part in re.findall(r"\d+", text)[:3])

    def create_database(self, template: str | None = None, at: str | None = None) -> str:
        """A copy is made of statements, table by table: the family cannot copy a database."""
        if at is not None:
            self.drop_database(at)
        name = _database(at) if at else new_name()
        if template is None:
            self._execute(f"CREATE DATABASE `{name}`")
        else:
            with self._session() as session:
                schema_copy.copy(session, _database(template), name)
        return self.url(database=name)

    def drop_database(self, url: str) -> None:
        name = _database(url)
        with self._session() as session:
            session.execute("SELECT id FROM information_schema.processlist WHERE db = %s", [name])
            for (number,) in session.fetchall():
                with suppress_gone():
                    session.execute(f"KILL {number}")
            session.execute(f"SET lock_wait_timeout = {LOCK_SECONDS}")
            session.execute(f"DROP DATABASE IF EXISTS `{name}`")

    def tell(self, url: str, script: str) -> Told:
        """By the client of the same version."""
        address = urlsplit(url)
        place = (f"--host={address.hostname}", f"--port={address.port}", "--protocol=TCP")
        user = (
            f"--user={address.username}",
            *((f"--password={address.password}",) if address.password else ()),
        )
        client = unpacked(f"{self.name}-client", self.client)
        charsets = f"--character-sets-dir={client.folder / 'share' / 'charsets'}"
        told = client.command(
            *place, *user, charsets, "--default-character-set=utf8mb4", _database(url)
        )
        return subprocess.run(told, input=script, check=False, capture_output=True, text=True)

    def _execute(self, statement: str) -> tuple[tuple[Any, ...], ...]:
        with self._session() as session:
            session.execute(statement)
            return tuple(session.fetchall())

    @contextmanager
    def _session(self) -> Iterator[pymysql.cursors.Cursor]:
        """A session that commits by itself."""
        engine = sa.create_engine(self.url())
        _, options = engine.dialect.create_connect_args(engine.url)
        connection = pymysql.connect(**options, autocommit=True)
        with connection, connection.cursor() as cursor:
            yield cursor

    @property
    def _socket(self) -> Path:
        return self.home / "socket"

    def _found(self) -> Unpacked:
        """The server's files; raises Missing."""
        return unpacked(self.name, self.package, self.initialise)


@contextmanager
def suppress_gone() -> Iterator[None]:
    """A session that ended by itself need not be ended."""
    try:
        yield
    except pymysql.err.Error as error:
        if error.args[0] != UNKNOWN_THREAD:
            raise


def _database(url: str) -> str:
    return urlsplit(url).path[1:]
