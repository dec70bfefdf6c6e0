"""The one error of a type change that no schema tool can avoid, and that it comes once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, NullPool, column, create_engine, select, table
from sqlalchemy.exc import DBAPIError

from falsework.engines.dml import dml_of
from falsework.engines.drivers import driver_for
from falsework.model.plan import Hazard
from tests.cases import case
from tests.expand_contract import paper
from tests.servers import Server

OFTEN = 8  # psycopg prepares by itself a statement that it meets for the sixth time


@contextmanager
def session(server: Server, url: str, driver: str) -> Iterator[Connection]:
    """A session of release A, as SQLAlchemy makes it."""
    pool = create_engine(server.with_driver(url, driver), poolclass=NullPool)
    with pool.connect() as connection:
        yield connection
    pool.dispose()


def errors(connection: Connection) -> int:
    """How often a SELECT of A fails because of its plan, among ``OFTEN`` committed ones."""
    hosts = table("hosts", column("name"))
    found = 0
    for _ in range(OFTEN):
        with connection.begin() as transaction:
            try:
                connection.execute(select(hosts.c.name)).all()
            except DBAPIError as error:
                transaction.rollback()
                found += dml_of(driver_for("postgresql")).stale(error)
    return found


@pytest.mark.parametrize(("driver", "expected"), [("psycopg2", 0), ("psycopg", 1)])
def test_a_prepared_select_fails_once_after_a_type_change(
    postgresql: Server, driver: str, expected: int
) -> None:
    """Psycopg 3 meets it once a session and statement; psycopg2 prepares nothing, and never."""
    widened = "ALTER TABLE hosts ALTER COLUMN name TYPE varchar(80)"
    with (
        postgresql.fresh() as url,
        session(postgresql, url, driver) as runner,
        session(postgresql, url, driver) as one,
        session(postgresql, url, driver) as other,
    ):
        case("type_widened").begin(runner)
        runner.commit()
        before = errors(one), errors(other)
        runner.exec_driver_sql(widened)
        runner.commit()
        after = errors(one), errors(other)
        again = errors(one)

    assert before == (0, 0)
    assert after == (expected, expected)
    assert again == 0


def test_the_plan_names_that_hazard() -> None:
    """On the step that changes the type, on an engine that has it, and on no other step."""
    for engine, named in (("postgresql", 2), ("sqlite", 0)):
        plan = paper.plan(case("type_widened").a, case("type_widened").b, engine)
        assert sum(Hazard.REPREPARE in step.hazards for step in plan.steps) == named
