"""Sessions on a test database, seen and ended from outside of it."""

from __future__ import annotations

import os
import time
from urllib.parse import urlsplit

import psycopg2
import psycopg2.extensions

from tests.servers import Server

_kept: dict[tuple[int, str], psycopg2.extensions.connection] = {}


def ask(server: Server, sql: str, *values: object) -> list[tuple[object, ...]]:
    """Rows of a query over the maintenance database of a PostgreSQL server."""
    key = (os.getpid(), server.name)  # a forked child must not speak over its parent's session
    if key not in _kept or _kept[key].closed:
        _kept[key] = psycopg2.connect(server.url().replace("+psycopg2", ""))
        _kept[key].autocommit = True
    with _kept[key].cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def name_of(url: str) -> str:
    """The database's name."""
    return urlsplit(url).path[1:]


def wait_until_gone(server: Server, url: str, seconds: float = 20.0) -> None:
    """Until the server has seen that a killed runner's sessions are over."""
    if server.engine != "postgresql":
        return
    deadline = time.monotonic() + seconds
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = %s"
    while ask(server, query, name_of(url)):
        if time.monotonic() > deadline:
            raise AssertionError("sessions of a killed runner do not end")
        time.sleep(0.001)


def end_sessions(server: Server, url: str) -> None:
    """End every session on the database, whatever it is doing."""
    if server.engine == "postgresql":
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        ask(server, query, name_of(url))
        wait_until_gone(server, url)
