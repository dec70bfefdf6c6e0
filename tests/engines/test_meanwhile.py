"""The server works while this process does; whoever ends the work early ends the statement too."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import sqlalchemy as sa

from falsework.engines.connect import Target, connect
from falsework.engines.look import look
from falsework.engines.meanwhile import meanwhile
from falsework.errors import ConfigError
from tests.servers import Server

SLEEPS = {"postgresql": "SELECT pg_sleep({})", "mysql": "SELECT sleep({})"}
LONG = 60.0


@pytest.fixture
def target(server: Server) -> Iterator[Target]:
    with server.fresh() as url:
        found = connect(url)
        yield found
        found.pool.dispose()


def sleep(target: Target, seconds: float) -> str:
    if not target.driver.remote:
        pytest.skip("a library, which keeps its own process busy")
    return SLEEPS.get(target.driver.engine.name, SLEEPS["mysql"]).format(seconds)


def alive() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name == "falsework meanwhile"]


def test_both_at_once(target: Target) -> None:
    """The block runs while the statement does, and gets what came of it."""
    sql = sleep(target, 1)
    with target.pool.connect() as connection:
        begun = time.monotonic()
        with meanwhile(connection, lambda: connection.exec_driver_sql(sql).all()) as outcome:
            time.sleep(1)
            assert len(outcome()) == 1
        assert time.monotonic() - begun < 1.9
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    assert not alive()


def interrupted(connection: sa.Connection, work: Callable[[], object], early: type) -> None:
    """The block ends by an error a moment after the work has begun."""
    with meanwhile(connection, work):
        time.sleep(0.2)
        raise early


@pytest.mark.parametrize("early", [KeyboardInterrupt, ValueError])
def test_ended_early(target: Target, early: type[BaseException]) -> None:
    """Ctrl-C, or models that cannot be: the statement is broken off, and no thread is left."""
    sql = sleep(target, LONG)
    begun = time.monotonic()
    with target.pool.connect() as connection:
        with pytest.raises(early):
            interrupted(connection, lambda: connection.exec_driver_sql(sql).all(), early)
        assert not alive()
    assert time.monotonic() - begun < LONG / 3


def test_several_statements_are_ended(target: Target) -> None:
    """What begins after the first was broken off is broken off as well."""
    sql = sleep(target, LONG)

    def twice() -> None:
        for _ in range(2):
            with suppress(sa.exc.DBAPIError):
                connection.exec_driver_sql(sql).all()
            connection.rollback()

    begun = time.monotonic()
    with target.pool.connect() as connection:
        with pytest.raises(KeyboardInterrupt):
            interrupted(connection, twice, KeyboardInterrupt)
        assert not alive()
    assert time.monotonic() - begun < LONG / 3


def test_an_error_is_raised_where_the_outcome_is_asked_for(target: Target) -> None:
    """The same error as without a thread."""

    def asked() -> None:
        with meanwhile(connection, lambda: connection.exec_driver_sql(sql)) as outcome:
            outcome()

    sql = sleep(target, 0) + " FROM nowhere"
    with target.pool.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="nowhere"):
        asked()
    assert not alive()


def test_models_that_cannot_be(target: Target) -> None:
    """The error is the models', however long the database would take to be read."""
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("a", sa.Integer), sa.Index(None, "a"))
    for index in metadata.tables["t"].indexes:
        index.name = None
    with target.pool.connect() as connection, pytest.raises(ConfigError, match="has no name"):
        look(target, connection, (metadata,), (target.schema,))
    assert not alive()
