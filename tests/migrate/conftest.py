"""What the tests of running share: a target on each server, and the story most of them tell."""

from collections.abc import Iterator

import pytest

from falsework.engines.connect import Target, connect
from falsework.model.edits import AddColumn, AddIndex, SetNullable
from falsework.model.engine import Way
from falsework.model.plan import Phase, Plan
from falsework.model.schema import Column, Index
from tests.migrate.crash import end_all
from tests.migrate.plans import Story, execute, joined, online
from tests.servers import Server

ROWS = 25


# One version with each driver: what differs between drivers does not differ between versions.
DRIVERS = {"postgresql18": "psycopg"}


# Every point on a file and on one server of each kind at each run: one that takes DDL back with its
# transaction, one that commits it. Every point everywhere in `make test-all`.
FULL = ("postgresql16", "mariadb1011", "mariadb118")
EACH_RUN = (
    "sqlite",
    "postgresql18",
    "mysql",
    *(pytest.param(name, marks=pytest.mark.full) for name in FULL),
)
# What is slow and asks little of a version: one of each engine at each run.
ONE_OF_EACH = (
    "sqlite",
    "postgresql18",
    "mysql",
    "mariadb118",
    *(pytest.param(name, marks=pytest.mark.full) for name in ("postgresql16", "mariadb1011")),
)
# Where each DDL is committed as it ends.
COMMIT_DDL = ("mysql", "mariadb1011", "mariadb118")
# Where several may write at once: on a file some things cannot happen.
WRITERS = ("postgresql18", "mysql", "mariadb1011", "mariadb118")


def reach(server: Server, url: str) -> Target:
    """The target behind the URL, through the driver that this server is tested with here."""
    return connect(server.with_driver(url, DRIVERS.get(server.name)))


@pytest.fixture
def target(server: Server, database: str) -> Iterator[Target]:
    """An empty database on each server in turn."""
    found = reach(server, database)
    yield found
    found.pool.dispose()


@pytest.fixture
def postgresql_target(postgresql: Server) -> Iterator[Target]:
    """An empty database on PostgreSQL: for what only its statements do."""
    with postgresql.fresh() as url:
        found = connect(url)
        yield found
        found.pool.dispose()


@pytest.fixture(autouse=True)
def no_child_left() -> Iterator[None]:
    """A test that fails leaves no runner behind."""
    yield
    end_all()


def people(target: Target, rows: int = ROWS) -> None:
    """A table with an integer key and a text, and one that refers to it."""
    execute(
        target,
        "CREATE TABLE t (id integer PRIMARY KEY, a varchar(20))",
        "CREATE TABLE child (id integer PRIMARY KEY, t_id integer REFERENCES t (id))",
    )
    if rows:
        execute(target, "INSERT INTO t VALUES (?, ?)", rows=[(i, f"a{i}") for i in range(rows)])
        execute(target, "INSERT INTO child VALUES (?, ?)", rows=[(i, i) for i in range(rows)])


def story(target: Target, column: str = "b") -> Plan:
    """A column, an index outside of transactions, a fill, NOT NULL."""
    told = Story(target)
    t = told.name("t")
    text = target.driver.reader.type("varchar(40)")
    index = AddIndex(table=t, index=Index(f"t_{column}_a", ("a",), uses=("a",)))
    told.add(Phase.EXPAND, f"t.{column}/add", AddColumn(table=t, column=Column(column, text)))
    told.add(Phase.EXPAND, f"t_{column}_a/build", index, way=online(target, index))
    if online(target, index) is Way.DIRECT:
        told.outside_transactions(f"t_{column}_a/build")
    value = joined(target, "a", "':b'")
    told.fill(f"t.{column}/fill", "t", ("id",), column, value=value, need=f"{column} IS NULL")
    told.add(
        Phase.CONTRACT, f"t.{column}/enforce", SetNullable(table=t, column=column, nullable=False)
    )
    return told.plan()
