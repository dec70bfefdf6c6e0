"""SQLite: the server is a library, and a database is a file."""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.server import Server, Told, new_name

TELL = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())"

# What lies beside a database file: the write-ahead log, its index, the rollback journal.
BESIDE = ("-wal", "-shm", "-journal")


class SQLite(Server):
    """Python's own SQLite. There is no process: ``kill`` and ``stop`` leave nothing to do."""

    engine = "sqlite"
    drivers = ("pysqlite",)

    @property
    def version(self) -> tuple[int, ...]:
        return sqlite3.sqlite_version_info

    def url(self, driver: str | None = None, database: str | None = None) -> str:
        """``database`` is a path; without one it is an empty database in memory."""
        return f"sqlite+{driver or self.drivers[0]}://{'/' + database if database else ''}"

    def create_database(self, template: str | None = None, at: str | None = None) -> str:
        path = self.home / f"{new_name()}.db"
        if at is not None:
            self.drop_database(at)
            path = _path(at)
        if template is None:
            path.touch()
        else:
            copy(_path(template), path)
        return self.url(database=str(path))

    def drop_database(self, url: str) -> None:
        path = _path(url)
        for file in (path, *(path.with_name(path.name + end) for end in BESIDE)):
            file.unlink(missing_ok=True)

    def tell(self, url: str, script: str) -> Told:
        """By Python's module: not every machine has the program."""
        told = [sys.executable, "-c", TELL, str(_path(url))]
        return subprocess.run(told, input=script, check=False, capture_output=True, text=True)

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)

    def stop(self) -> None:
        pass

    def kill(self) -> None:
        pass


def copy(source: Path, target: Path) -> None:
    """Copy a database nobody writes to, with what is still in its write-ahead log."""
    shutil.copyfile(source, target)
    log = source.with_name(source.name + "-wal")
    if log.exists():
        shutil.copyfile(log, target.with_name(target.name + "-wal"))


def _path(url: str) -> Path:
    return Path(urlsplit(url).path[1:])
