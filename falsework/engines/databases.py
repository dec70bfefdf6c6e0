"""Databases of a server, made and dropped: for the drivers whose server has several."""

from __future__ import annotations

from sqlalchemy import URL
from sqlalchemy import Engine as Pool

from falsework.model.engine import Spelling


def make(pool: Pool, spelling: Spelling, name: str) -> URL:
    """For ``Driver.make_beside``."""
    _say(pool, f"CREATE DATABASE {spelling.identifier(name)}")
    return pool.url.set(database=name)


def drop(pool: Pool, spelling: Spelling, url: URL) -> None:
    """For ``Driver.drop_beside``."""
    _say(pool, f"DROP DATABASE {spelling.identifier(str(url.database))}")


def _say(pool: Pool, sql: str) -> None:
    """What no transaction holds."""
    with pool.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(sql)
