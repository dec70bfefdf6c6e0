"""Sessions over PyMySQL: how they are made, and what every one of them is set to."""

from __future__ import annotations

import math
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import URL, Connection, Dialect, NullPool, create_engine, event
from sqlalchemy import Engine as Pool
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from falsework.engines import tls
from falsework.engines.innodb.errors import without_values
from falsework.errors import ConfigError

READ_ONLY = "falsework_read_only"
WRITE_SECONDS = 60.0  # that a packet may take to leave; a statement itself may run for hours

# Strict: without it SET NOT NULL turns NULLs into zeros without a word (measured on 9.7, 10.11 and
# 11.8). No other mode: double quotes hold strings, backslashes escape, || is OR.
SQL_MODE = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
_ON_CONNECT = (
    # What GROUP_CONCAT gives is as long as a packet may be, and not cut at a kilobyte.
    f"SET SESSION sql_mode = '{SQL_MODE}', group_concat_max_len = 4294967295",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
)

# A peer that has vanished is noticed after 30 + 3 * 10 s of silence, or 60 s of unanswered data,
# instead of the two hours that systems default to. Not every system has all of them.
_KEEPALIVE = (
    ("TCP_KEEPIDLE", 30),
    ("TCP_KEEPINTVL", 10),
    ("TCP_KEEPCNT", 3),
    ("TCP_USER_TIMEOUT", 60_000),
)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a new table gets that says nothing of it.

    ``schemas``     collation by schema
    ``collations``  collation by character set
    """

    engine: str
    schemas: Mapping[str, str]
    collations: Mapping[str, str]


_DEFAULTS: WeakKeyDictionary[Dialect, Defaults] = WeakKeyDictionary()
_OURS: WeakSet[Any] = WeakSet()


def off_host(url: URL) -> bool:
    """Without a host PyMySQL goes to this one, and a socket is here in any case."""
    return "unix_socket" not in url.query and tls.off_host((url.host or "",))


# Parameters of a URL, with what asks for less than a certificate that is looked at.
_LESS = {
    "ssl_disabled": True,
    "ssl_verify_cert": False,
    "ssl_verify_identity": False,
    "ssl_check_hostname": False,
}


def _context(url: URL) -> ssl.SSLContext:
    """Asks for a certificate by the URL's authority, or one that this system trusts."""
    said = {key: str(value).lower() for key, value in url.query.items()}
    for key, less in _LESS.items():
        if key in said and (said[key] in ("true", "1", "yes", "on")) is less:
            raise tls.not_verified(
                f"{key}={said[key]}",
                "leave it out, and write ssl_ca=FILE where the authority is your own",
            )
    context = ssl.create_default_context(
        cafile=_file(url, "ssl_ca"), capath=_file(url, "ssl_capath")
    )
    if (own := _file(url, "ssl_cert")) is not None:
        context.load_cert_chain(own, _file(url, "ssl_key"))
    return context


def _file(url: URL, key: str) -> str | None:
    found = url.query.get(key)
    return found if found is None or isinstance(found, str) else found[-1]


def pool(url: URL, *, connect_seconds: float, verified: bool = False) -> Pool:
    """A SQLAlchemy engine whose every connect is a session of its own.

    ``connect_seconds``  per try; whole seconds, one at least (PyMySQL)
    ``verified``         whether the server has to prove who it is; ConfigError where the URL
                         asks for less

    What the URL says itself goes before what is set here.
    """
    arguments: dict[str, Any] = {
        "connect_timeout": max(1, math.ceil(connect_seconds)),
        "read_timeout": max(1.0, connect_seconds),  # until the server has let us in
        "write_timeout": WRITE_SECONDS,
        "charset": "utf8mb4",
        "program_name": "falsework",
    }
    made = create_engine(
        url,
        poolclass=NullPool,
        connect_args={
            **{k: v for k, v in arguments.items() if k not in url.query},
            **({"ssl": _context(url)} if verified else {}),
        },
    )

    def on_connect(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        _on_connect(connection, entry)
        raw: Any = connection
        raw.cancel = lambda: _cancel(made, raw.thread_id())

    # First: SQLAlchemy asks a first session how it quotes.
    event.listen(made, "connect", on_connect, insert=True)
    event.listen(made, "begin", _on_begin)
    event.listen(made, "handle_error", _on_error)
    return made


def _on_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    raw: Any = connection
    _OURS.add(raw)
    raw._read_timeout = None  # noqa: SLF001 - a statement may run for hours; see the keepalive
    with raw.cursor() as cursor:
        for setting in _ON_CONNECT:
            cursor.execute(setting)
    stream = getattr(raw, "_sock", None)
    for name, value in _KEEPALIVE:
        if stream is not None and hasattr(socket, name):
            with suppress(OSError):  # a socket file has none of these
                stream.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _cancel(pool: Pool, session: int) -> None:
    """What other drivers have and PyMySQL has not: break off a session's statement, if any."""
    with (
        suppress(SQLAlchemyError),
        pool.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        connection.exec_driver_sql(f"KILL QUERY {session:d}")


def _on_begin(connection: Connection) -> None:
    """Make the transaction unable to write, where the connection asks for that."""
    if not connection.get_execution_options().get(READ_ONLY):
        return
    raw: Any = connection.connection.dbapi_connection
    if raw.get_autocommit():
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
    else:
        connection.exec_driver_sql("START TRANSACTION READ ONLY")


def _on_error(context: ExceptionContext) -> None:
    """Take the values of rows out of what the server said."""
    without_values(context.original_exception)
    if context.sqlalchemy_exception is not None:
        error = context.original_exception
        context.sqlalchemy_exception.args = (f"({type(error).__name__}) {error}",)


def ours(connection: Connection) -> tuple[int, ...]:
    """The numbers of this process's own sessions on the connection's server."""
    place = _place(connection.connection.dbapi_connection)
    return tuple(raw.thread_id() for raw in list(_OURS) if raw.open and _place(raw) == place)


def _place(raw: Any) -> tuple[str, int, str | None]:  # noqa: ANN401 - PyMySQL has no types
    return raw.host, raw.port, raw.unix_socket


def value(connection: Connection, sql: str) -> object:
    """The first value that the statement gives, in a transaction of its own unless there is one."""
    own = not connection.in_transaction()
    found: object = connection.exec_driver_sql(sql).scalar()
    if own:
        connection.commit()
    return found


def run(connection: Connection, *statements: str) -> None:
    """Run settings, which no transaction takes back."""
    own = not connection.in_transaction()
    for sql in statements:
        connection.exec_driver_sql(sql)
    if own:
        connection.commit()


def default_schema(connection: Connection) -> str:
    """The database that the URL names."""
    found = value(connection, "SELECT DATABASE()")
    if found is None:
        raise ConfigError(
            "the URL names no database",
            why="a server has many, and tables lie in one",
            do="write it behind the host: ...://user@host/database",
        )
    return str(found)


def identity(connection: Connection) -> str:
    """``host:port/database``; of a socket, its file."""
    host, port, path = _place(connection.connection.dbapi_connection)
    where = path or f"{host}:{port}"
    return f"{where}/{value(connection, 'SELECT DATABASE()') or ''}"


def wait_for_locks(connection: Connection, lock_ms: int | None) -> None:
    """Both waits, for metadata and for rows, in whole seconds: the watchdog knows finer ones."""
    run(connection, waiting(lock_ms))


def waiting(lock_ms: int | None) -> str:
    """The setting; without bound means a year, which is what the server itself says so for."""
    seconds = 31_536_000 if lock_ms is None else max(1, math.ceil(lock_ms / 1000))
    return (
        f"SET SESSION lock_wait_timeout = {seconds:d}, "
        f"SESSION innodb_lock_wait_timeout = {seconds:d}"
    )


def defaults_of(connection: Connection) -> Defaults:
    """What a new table gets, read once for the connection's dialect."""
    dialect = connection.dialect
    if dialect not in _DEFAULTS:
        schemas = "SELECT schema_name, default_collation_name FROM information_schema.schemata"
        sets = (
            "SELECT character_set_name, default_collate_name FROM information_schema.character_sets"
        )
        _DEFAULTS[dialect] = Defaults(
            str(value(connection, "SELECT @@default_storage_engine")),
            {str(a): str(b) for a, b in connection.exec_driver_sql(schemas)},
            {str(a): str(b) for a, b in connection.exec_driver_sql(sets)},
        )
    return _DEFAULTS[dialect]


def known_defaults(dialect: Dialect) -> Defaults | None:
    """What was read for the dialect; None where no schema was read over it."""
    return _DEFAULTS.get(dialect)
