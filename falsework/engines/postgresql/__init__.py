"""PostgreSQL 12 and later.

``ENGINE`` is what the planner needs to know, ``DRIVER`` what talks to a server.
"""

from __future__ import annotations

from sqlalchemy import URL
from sqlalchemy import Engine as Pool

from falsework.engines import databases
from falsework.engines.base import Driver, patiently
from falsework.engines.postgresql import catalog, locks, maintenance, privileges, session, trouble
from falsework.engines.postgresql.condition import CONDITION
from falsework.engines.postgresql.facts import Facts
from falsework.engines.postgresql.marks import MARKS
from falsework.engines.postgresql.models import PostgreSQLModels
from falsework.engines.postgresql.moves import type_move
from falsework.engines.postgresql.names import LIMIT
from falsework.engines.postgresql.reader import READER
from falsework.engines.postgresql.script import PostgreSQLScript
from falsework.engines.postgresql.spelling import Spelling
from falsework.model.engine import Engine
from falsework.model.forecast import Labour, Pace, Rates

__all__ = ["DRIVER", "ENGINE"]

ENGINE = Engine(
    name="postgresql",
    facts=Facts(),
    spelling=Spelling(),
    marks=MARKS,
    type_move=type_move,
    rates=Rates(
        paces=(
            Pace(Labour.SCAN, slow=1_000_000, fast=30_000_000, width=250),
            Pace(Labour.WALK, slow=60_000, fast=2_000_000, width=250),
            Pace(Labour.FILL, slow=20_000, fast=100_000, width=250),
            Pace(Labour.BUILD, slow=300_000, fast=2_500_000, width=250),
            Pace(Labour.REWRITE, slow=100_000, fast=600_000, width=250),
        ),
        disk=((Labour.FILL, 2.0), (Labour.BUILD, 1.0), (Labour.REWRITE, 2.0)),
        source=(
            "measured on 15, 16 and 18 with a million narrow rows in memory, two cores: fast is "
            "the fastest, slow a third of the slowest or less, for rows of up to 250 bytes on a "
            "busy disk; disk: a rewrite makes heap and indexes anew and logs as much, a fill "
            "leaves a dead row and a log entry for each, an index holds less than its table"
        ),
    ),
    lock_budget=1.0,
    identifier_limit=LIMIT,
    oldest=(12,),
    same_text=READER.equal,
    views_stop_types=True,
    reprepares=True,
)


class _PostgreSQL:
    """The server's half; what it can do is said in engines.base.Driver."""

    engine = ENGINE
    dialects = ("postgresql",)
    remote = True
    reader = READER
    models = PostgreSQLModels()
    script = PostgreSQLScript()
    session_lock = locks.AdvisoryLock()
    condition = CONDITION

    off_host = staticmethod(session.off_host)
    pool = staticmethod(session.pool)
    mine = staticmethod(session.mine)
    version = staticmethod(session.version)
    default_schema = staticmethod(session.default_schema)
    identity = staticmethod(session.identity)
    begin_session = staticmethod(session.begin_session)
    wait_for_locks = staticmethod(session.wait_for_locks)
    impatient = staticmethod(patiently)
    read = staticmethod(catalog.read)
    rows = staticmethod(catalog.rows)
    sizes = staticmethod(catalog.sizes)
    grants = staticmethod(catalog.grants)
    privileges = staticmethod(privileges.privileges)
    become = staticmethod(session.become)
    blockers = staticmethod(locks.blockers)
    make_way = staticmethod(maintenance.make_way)
    sessions = staticmethod(locks.sessions)
    trouble = staticmethod(trouble.trouble)

    def make_beside(self, pool: Pool, name: str) -> URL:
        return databases.make(pool, ENGINE.spelling, name)

    def drop_beside(self, pool: Pool, url: URL) -> None:
        databases.drop(pool, ENGINE.spelling, url)


DRIVER: Driver = _PostgreSQL()
