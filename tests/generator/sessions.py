"""Sessions on a test database, seen and ended from outside of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pymysql
import sqlalchemy as sa

from tests.servers import Server
from tests.servers.mysql import suppress_gone

SESSIONS = {
    "postgresql": "SELECT pid FROM pg_stat_activity WHERE datname = %s",
    "mysql": "SELECT id FROM information_schema.processlist WHERE db = %s",
    "mariadb": "SELECT id FROM information_schema.processlist WHERE db = %s",
}
END = {
    "postgresql": "SELECT pg_terminate_backend(%s)",
    "mysql": "KILL %s",
    "mariadb": "KILL %s",
}

_kept: dict[tuple[int, str], Any] = {}


def ask(server: Server, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Rows of a query over the maintenance database of a server."""
    key = (os.getpid(), server.name)  # a forked child must not speak over its parent's session
    if key not in _kept or not _alive(_kept[key]):
        _kept[key] = CONNECT[server.engine](server.url())
    with _kept[key].cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []


def _alive(session: Any) -> bool:  # noqa: ANN401 - two drivers, and one has no types
    return bool(session.open) if isinstance(session, pymysql.Connection) else not session.closed


def _psycopg2(url: str) -> object:
    session = psycopg2.connect(url.replace("+psycopg2", ""))
    session.autocommit = True
    return session


def _pymysql(url: str) -> object:
    engine = sa.create_engine(url)
    _, options = engine.dialect.create_connect_args(engine.url)
    return pymysql.connect(**options, autocommit=True)


CONNECT: dict[str, Callable[[str], object]] = {
    "postgresql": _psycopg2,
    "mysql": _pymysql,
    "mariadb": _pymysql,
}


def name_of(url: str) -> str:
    """The database's name."""
    return urlsplit(url).path[1:]


def wait_until_gone(server: Server, url: str, seconds: float = 20.0) -> None:
    """Until the server has seen that a killed runner's sessions are over."""
    if server.engine not in SESSIONS:
        return
    deadline = time.monotonic() + seconds
    while ask(server, SESSIONS[server.engine], name_of(url)):
        if time.monotonic() > deadline:
            raise AssertionError("sessions of a killed runner do not end")
        time.sleep(0.001)


def end_sessions(server: Server, url: str) -> None:
    """End every session on the database, whatever it is doing."""
    if server.engine in SESSIONS:
        for (number,) in ask(server, SESSIONS[server.engine], name_of(url)):
            with suppress_gone():
                ask(server, END[server.engine], number)
        wait_until_gone(server, url)
