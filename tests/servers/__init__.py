"""Real database servers for tests: started as a user without rights, thrown away at the end.

What a test writes::

    def test_on_every_server(database: str) -> None:           # a fresh, empty database, as URL
    def test_more(server: Server) -> None:                      # ids: sqlite, postgresql16, ...
    def test_one(postgresql: Server) -> None:                   # the newest one
    def test_file(sqlite: Server) -> None:
    def test_kill(own_server: Callable[..., Server]) -> None:   # own_server("postgresql18")

``server``, ``postgresql`` and ``sqlite`` live as long as the test run and are shared by all its
workers, so they may be asked for by fixtures of any scope; stop or kill only what ``own_server``
gave (it also takes settings: ``own_server("postgresql18", fsync="on")``). ``database`` is made
for one test and dropped after it. Inside Hypothesis' ``@given``, take ``server`` and write
``with server.fresh() as url:``, so that each example has a database of its own.

What a :class:`Server` answers:

    name, engine, version     "postgresql18", "postgresql", (18, 4)
    drivers                   ("psycopg2", "psycopg"), the first one is what URLs carry
    url(driver, database)     of the maintenance database; the driver is always named
    with_driver(url, driver)  the same database through another driver
    create_database(template) a new database; as a copy of another one, which nobody may be
                              connected to (dispose of your Engine first). Returns its URL
    create_database(..., at)  in place of the database at that URL, under its name: what was planned
                              for a schema that is a database fits no copy with another name
    drop_database(url)        ends its sessions, too
    fresh(template, at)       the two as a context manager
    start, stop, kill         kill is SIGKILL to the server with all its processes
    restart                   stops if need be, starts on the same port: URLs stay valid
    ours                      False for a server that FALSEWORK_TEST_<NAME>_URL names: it cannot
                              be stopped, killed or restarted
    settings                  what it was started with; own_server alone starts anything

A commit survives ``kill()``: the settings trade safety against a power cut for time, no more.
Fresh databases are cheap: 10 ms on PostgreSQL (copied files, in memory where there is /dev/shm),
0.1 ms on SQLite; on MySQL and MariaDB 2 ms, but a copy is made table by table, some 10 ms each.
Statistics are not collected behind a test's back: say ANALYZE.

A server that is missing is a skip that says how to get it; with ``CI=true`` it is a failure. A URL
in FALSEWORK_TEST_POSTGRESQL18_URL (user with CREATEDB) and the like is used instead of starting
one. ``tests/servers/run.py`` says how the servers are shared, and how they end with their run.

MySQL and MariaDB are fetched once, in half a minute; ``tests/servers/cache.py`` says where they are
kept.

To add a server: one file like ``postgresql.py`` and one line in ``SERVERS``.
"""

from tests.servers.mariadb import MariaDB118, MariaDB1011
from tests.servers.mysql import MySQL
from tests.servers.postgresql import PostgreSQL
from tests.servers.run import Run
from tests.servers.server import Kind, Missing, Server
from tests.servers.sqlite import SQLite

__all__ = ["SERVERS", "Missing", "Run", "Server"]

SERVERS: dict[str, Kind] = {
    "sqlite": SQLite,
    "postgresql16": PostgreSQL,
    "postgresql18": PostgreSQL,
    "mysql": MySQL,
    "mariadb1011": MariaDB1011,
    "mariadb118": MariaDB118,
}
