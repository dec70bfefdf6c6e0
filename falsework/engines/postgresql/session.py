"""Sessions: how they are made, what they are set to, and what they are connected to."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, NullPool, create_engine, event, text
from sqlalchemy import Engine as Pool
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from falsework.engines import tls
from falsework.engines.postgresql.names import quoted
from falsework.model.engine import Version

READ_ONLY = "falsework_read_only"
VERIFIED = "verify-full"  # of sslmode: the only one that knows a server from somebody on the way

# What version() says of products that began as PostgreSQL, or say that they are.
_OTHERS = ("Redshift", "Greenplum", "-YB-", "Materialize")

# A peer that has vanished is noticed after 30 + 3 * 10 s of silence, or 60 s of unanswered data,
# instead of the two hours that systems default to.
_KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,  # milliseconds
}

# Only how values are printed, so that every session reads the same catalog text, and how literals
# are read, so that the quotes of this package hold.
READING = (
    "SELECT pg_catalog.set_config('datestyle', 'ISO', false),"
    " pg_catalog.set_config('intervalstyle', 'postgres', false),"
    " pg_catalog.set_config('standard_conforming_strings', 'on', false)"
)

# A step may run for hours, and its session may be idle while another one works. Rows that a policy
# hides would be left out of a fill without a word: better an error. The search path stays as it
# is: fills and checks name their functions by it.
SETTINGS = """
SELECT pg_catalog.set_config(s.name, g.value, false) FROM (VALUES
    ('statement_timeout', '0'), ('transaction_timeout', '0'), ('idle_session_timeout', '0'),
    ('default_transaction_isolation', 'read committed'), ('row_security', 'off')
) AS g (name, value) JOIN pg_catalog.pg_settings s ON s.name = g.name
"""


def off_host(url: URL) -> bool:
    """By the URL, else by the variables that libpq reads; a service may lie anywhere."""
    named = [part for key in ("host", "hostaddr") for part in _said(url, key)]
    if url.host:
        named.append(url.host)
    if not named:
        named = [os.environ.get("PGHOST", ""), os.environ.get("PGHOSTADDR", "")]
    hosts = [part.partition(":")[0] if part.count(":") == 1 else part for part in named]
    return "service" in url.query or tls.off_host(hosts)


def _said(url: URL, key: str) -> list[str]:
    """The values of a parameter of the URL; several may stand in one."""
    found = url.query.get(key, ())
    return [p for text in ((found,) if isinstance(found, str) else found) for p in text.split(",")]


def _certificate(url: URL) -> dict[str, str]:
    """What makes libpq ask for one and look at it, and for the authorities that are trusted."""
    mode = url.query.get("sslmode", VERIFIED)
    if mode != VERIFIED:
        raise tls.not_verified(
            f"sslmode={mode}",
            f"write sslmode={VERIFIED}, and sslrootcert=FILE where the authority is your own",
        )
    own = Path("~/.postgresql/root.crt").expanduser()
    known = "sslrootcert" in url.query or "PGSSLROOTCERT" in os.environ or own.exists()
    return {"sslmode": VERIFIED, **({} if known else {"sslrootcert": "system"})}


def pool(url: URL, *, connect_seconds: float, verified: bool = False) -> Pool:
    """A SQLAlchemy engine whose every connect is a session of its own.

    ``connect_seconds``  per address that the host name has; whole seconds, two at least (libpq)
    ``verified``         whether the server has to prove who it is; ConfigError where the URL
                         asks for less

    What the URL says itself goes before what is set here.
    """
    arguments: dict[str, Any] = {
        "connect_timeout": max(2, math.ceil(connect_seconds)),
        "application_name": "falsework",
        **_KEEPALIVE,
        **(_certificate(url) if verified else {}),
    }
    if url.get_driver_name() == "psycopg":
        arguments["prepare_threshold"] = None  # DDL makes cached plans fail
    made = create_engine(
        url,
        poolclass=NullPool,
        connect_args={k: v for k, v in arguments.items() if k not in url.query},
    )
    event.listen(made, "connect", _on_connect)
    event.listen(made, "begin", _on_begin)
    return made


def _on_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(READING)
    cursor.close()
    connection.commit()


def _on_begin(connection: Connection) -> None:
    """Make the transaction unable to write, where the connection asks for that."""
    if not connection.get_execution_options().get(READ_ONLY):
        return
    raw: Any = connection.connection.dbapi_connection
    scope = "SESSION CHARACTERISTICS AS TRANSACTION" if raw.autocommit else "TRANSACTION"
    connection.exec_driver_sql(f"SET {scope} READ ONLY")


def settled(connection: Connection, sql: str, given: Mapping[str, object] | None = None) -> object:
    """The first value that the statement gives, in a transaction of its own unless there is one.

    A setting made in a transaction that rolls back is undone, and one left open keeps others from
    their work: both are avoided by committing at once.
    """
    own = not connection.in_transaction()
    value: object = connection.execute(text(sql), given or {}).scalar()
    if own:
        connection.commit()
    return value


def mine(connection: Connection) -> bool:
    """PostgreSQL itself, not another product that speaks its protocol and locks otherwise."""
    name = str(settled(connection, "SELECT version()"))
    return name.startswith("PostgreSQL ") and not any(other in name for other in _OTHERS)


def version(connection: Connection) -> Version:
    """(18, 4): major and minor."""
    number = int(str(settled(connection, "SHOW server_version_num")))
    return number // 10_000, number % 10_000


def default_schema(connection: Connection) -> str:
    """The first schema of the search path that exists."""
    found = settled(connection, "SELECT current_schema()")
    return "public" if found is None else str(found)


def identity(connection: Connection) -> str:
    """``host:port/database`` as the client library knows them; of a socket, its folder."""
    raw: Any = connection.connection.dbapi_connection
    return f"{raw.info.host}:{raw.info.port}/{raw.info.dbname}"


def become(role: str) -> str:
    """Objects that a session makes belong to the role that it acts as."""
    return f"SET ROLE {quoted(role)}"


def begin_session(connection: Connection, *, lock_ms: int) -> None:
    """Settings before any step."""
    settled(connection, SETTINGS)
    wait_for_locks(connection, lock_ms)


def wait_for_locks(connection: Connection, lock_ms: int | None) -> None:
    """``lock_timeout``, in milliseconds; 0 is the server's word for without bound."""
    milliseconds = 0 if lock_ms is None else max(1, lock_ms)
    settled(
        connection,
        "SELECT pg_catalog.set_config('lock_timeout', :value, false)",
        {"value": str(milliseconds)},
    )
