"""MySQL 8.0.16 and later.

``ENGINE`` is what the planner needs to know, ``DRIVER`` what talks to a server.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import URL
from sqlalchemy import Engine as Pool

from falsework.engines import databases
from falsework.engines.base import Driver
from falsework.engines.innodb import locks as named
from falsework.engines.innodb import privileges, roles, watchdog
from falsework.engines.innodb import session as pymysql
from falsework.engines.innodb.labels import LABELS
from falsework.engines.innodb.marks import MARKS
from falsework.engines.innodb.names import LIMIT
from falsework.engines.innodb.reader import READER
from falsework.engines.innodb.script import InnoDBScript
from falsework.engines.mysql import catalog, locks, session, trouble
from falsework.engines.mysql.condition import CONDITION
from falsework.engines.mysql.facts import OLDEST, Facts, makes_up
from falsework.engines.mysql.models import MySQLModels
from falsework.engines.mysql.moves import type_move
from falsework.engines.mysql.spelling import Spelling
from falsework.model.engine import Engine
from falsework.model.forecast import Labour, Pace, Rates

__all__ = ["DRIVER", "ENGINE"]

ENGINE = Engine(
    name="mysql",
    facts=Facts(),
    spelling=Spelling(),
    marks=MARKS,
    type_move=type_move,
    rates=Rates(
        paces=(
            Pace(Labour.SCAN, slow=500_000, fast=10_000_000, width=250),
            Pace(Labour.WALK, slow=60_000, fast=2_000_000, width=250),
            Pace(Labour.FILL, slow=20_000, fast=100_000, width=250),
            Pace(Labour.BUILD, slow=200_000, fast=1_000_000, width=250),
            Pace(Labour.REWRITE, slow=40_000, fast=250_000, width=250),
        ),
        disk=((Labour.FILL, 2.0), (Labour.BUILD, 1.0), (Labour.REWRITE, 1.5)),
        source=(
            "measured on 9.7 with half a million narrow rows in memory, two cores: fast is the "
            "fastest, slow half of the slowest or less, for rows of up to 250 bytes on a busy "
            "disk; disk: a rewrite makes table and indexes anew beside sort files and the online "
            "log, a fill logs each row before and after, an index holds less than its table"
        ),
    ),
    lock_budget=1.0,
    identifier_limit=LIMIT,
    oldest=OLDEST,
    batches_rewrites=True,
    same_text=READER.equal,
    converts_quietly=True,  # digits of a second or behind the point, in strict mode too
    makes_up=makes_up,
    labels=LABELS,
    upserts_name_keys=False,  # ON DUPLICATE KEY UPDATE
    cascades_to_itself=False,  # error 1451, measured on 9.7
    renews_foreign_keys=False,  # error 1826, measured on 9.7
)


class _MySQL:
    """The server's half; what it can do is said in engines.base.Driver."""

    engine = ENGINE
    dialects = ("mysql",)
    remote = True
    reader = READER
    models = MySQLModels()
    script = InnoDBScript("mysql", session.SETTINGS, Spelling())
    session_lock = named.NamedLock()
    condition = CONDITION

    off_host = staticmethod(pymysql.off_host)
    pool = staticmethod(pymysql.pool)
    mine = staticmethod(session.mine)
    version = staticmethod(session.version)
    default_schema = staticmethod(pymysql.default_schema)
    identity = staticmethod(pymysql.identity)
    begin_session = staticmethod(session.begin_session)
    wait_for_locks = staticmethod(pymysql.wait_for_locks)
    impatient = staticmethod(watchdog.impatient)
    read = staticmethod(catalog.read)
    rows = staticmethod(catalog.rows)
    sizes = staticmethod(catalog.sizes)
    grants = staticmethod(roles.grants)
    privileges = staticmethod(partial(privileges.privileges, parent=("REFERENCES",)))
    become = staticmethod(roles.become)
    blockers = staticmethod(locks.blockers)
    make_way = staticmethod(named.make_way)
    sessions = staticmethod(locks.sessions)
    trouble = staticmethod(trouble.trouble)

    def make_beside(self, pool: Pool, name: str) -> URL:
        return databases.make(pool, ENGINE.spelling, name)

    def drop_beside(self, pool: Pool, url: URL) -> None:
        databases.drop(pool, ENGINE.spelling, url)


DRIVER: Driver = _MySQL()
