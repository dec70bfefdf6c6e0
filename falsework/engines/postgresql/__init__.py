"""PostgreSQL 12 and later.

``ENGINE`` is what the planner needs to know, ``DRIVER`` what talks to a server.
"""

from __future__ import annotations

from falsework.engines.base import Driver, patiently
from falsework.engines.postgresql import catalog, locks, maintenance, session, trouble
from falsework.engines.postgresql.facts import Facts
from falsework.engines.postgresql.marks import MARKS
from falsework.engines.postgresql.models import PostgreSQLModels
from falsework.engines.postgresql.moves import type_move
from falsework.engines.postgresql.names import LIMIT
from falsework.engines.postgresql.reader import READER
from falsework.engines.postgresql.script import PostgreSQLScript
from falsework.engines.postgresql.spelling import Spelling
from falsework.model.engine import Engine, Rates

__all__ = ["DRIVER", "ENGINE"]

ENGINE = Engine(
    name="postgresql",
    facts=Facts(),
    spelling=Spelling(),
    marks=MARKS,
    type_move=type_move,
    rates=Rates(
        scan_rows=1_000_000,
        build_rows=300_000,
        rewrite_rows=100_000,
        source=(
            "measured on 15 and 18 with a million narrow rows in memory, two cores: scans 4.5 to "
            "30 million rows/s, builds 2.5 million, rewrites 0.3 to 0.6 million; a third of the "
            "slowest or less, for wide rows on a busy disk"
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
    grants = staticmethod(catalog.grants)
    become = staticmethod(session.become)
    blockers = staticmethod(locks.blockers)
    make_way = staticmethod(maintenance.make_way)
    sessions = staticmethod(locks.sessions)
    trouble = staticmethod(trouble.trouble)


DRIVER: Driver = _PostgreSQL()
