"""The half of the engine that talks to a database file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import URL, Connection
from sqlalchemy import Engine as Pool
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import SessionLock, Trouble, patiently
from falsework.engines.sqlite import catalog, counts, session
from falsework.engines.sqlite.condition import CONDITION
from falsework.engines.sqlite.models import SQLiteModels
from falsework.engines.sqlite.script import SETTINGS, SQLiteScript, waiting
from falsework.engines.sqlite.session import open_pool
from falsework.engines.sqlite.tables import MAIN
from falsework.engines.sqlite.trouble import trouble
from falsework.engines.sqlite.types import SQLiteReader
from falsework.model.engine import Engine, Version
from falsework.model.grant import Grants
from falsework.model.need import Need, Privileges
from falsework.model.schema import Schema, TableName


class SQLiteDriver:
    """SQLite through Python's sqlite3."""

    condition = CONDITION
    impatient = staticmethod(patiently)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = SQLiteReader()

    @property
    def engine(self) -> Engine:
        return self._engine

    @property
    def dialects(self) -> tuple[str, ...]:
        return ("sqlite",)

    @property
    def remote(self) -> bool:
        """It is a library; and a connection belongs to the thread that made it."""
        return False

    @property
    def reader(self) -> SQLiteReader:
        return self._reader

    @property
    def models(self) -> SQLiteModels:
        return SQLiteModels()

    @property
    def script(self) -> SQLiteScript:
        return SQLiteScript()

    @property
    def session_lock(self) -> SessionLock | None:
        """None: a lock of SQLite's is a transaction, and nobody else could write meanwhile."""
        return None

    def off_host(self, url: URL) -> bool:
        return False

    def pool(self, url: URL, *, connect_seconds: float, verified: bool = False) -> Pool:
        """See ``session.open_pool``: a missing file is made only for ``?falsework_create=true``."""
        return open_pool(url, connect_seconds=connect_seconds)

    def mine(self, connection: Connection) -> bool:
        return connection.dialect.name == "sqlite"

    def version(self, connection: Connection) -> Version:
        text = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
        return tuple(int(part) for part in text.split("."))

    def default_schema(self, connection: Connection) -> str:
        return MAIN

    def identity(self, connection: Connection) -> str:
        """The path of the file."""
        query = "SELECT file FROM pragma_database_list WHERE name = 'main'"
        return connection.exec_driver_sql(query).scalar_one() or ":memory:"

    def read(
        self, connection: Connection, schemas: Sequence[str], tables: Sequence[str] | None = None
    ) -> Schema:
        return catalog.read(connection, schemas, tables)

    def rows(
        self, connection: Connection, tables: Collection[TableName]
    ) -> Mapping[TableName, int]:
        """See ``counts.rows``: exact up to a million, above that an upper bound."""
        return counts.rows(connection, tables)

    def sizes(
        self, connection: Connection, tables: Collection[TableName]
    ) -> Mapping[TableName, int]:
        """See ``counts.sizes``: of small files, where SQLite can tell."""
        return counts.sizes(connection, tables)

    def grants(self, connection: Connection, schemas: Sequence[str]) -> Grants:
        """Nothing: whoever may open the file may do everything."""
        return {}

    def privileges(self, connection: Connection, need: Need, role: str) -> Privileges:
        """Nothing: the file and its folder have them."""
        return Privileges()

    def become(self, role: str) -> str:
        raise ValueError("SQLite knows no roles")

    def make_beside(self, pool: Pool, name: str) -> URL:
        """A file in the same folder: on the same disk."""
        return session.beside(pool.url, name)

    def drop_beside(self, pool: Pool, url: URL) -> None:
        session.remove(url)

    def begin_session(self, connection: Connection, *, lock_ms: int) -> None:
        """Set the lock wait, and undo what a library may have set on every connection."""
        for setting in SETTINGS:
            connection.exec_driver_sql(setting)
        self.wait_for_locks(connection, lock_ms)

    def wait_for_locks(self, connection: Connection, lock_ms: int | None) -> None:
        """Set the busy timeout; without bound means an hour here."""
        connection.exec_driver_sql(waiting(lock_ms))

    def blockers(self, connection: Connection, tables: Sequence[TableName]) -> tuple[str, ...]:
        """Nothing: SQLite does not know who holds the lock of a file."""
        return ()

    def make_way(self, connection: Connection, tables: Sequence[TableName]) -> bool:
        """Nothing: SQLite does nothing by itself."""
        return False

    def trouble(self, error: DBAPIError) -> Trouble:
        return trouble(error)

    def sessions(self, connection: Connection) -> tuple[str, ...]:
        """Nothing: a file does not know who has it open."""
        return ()
