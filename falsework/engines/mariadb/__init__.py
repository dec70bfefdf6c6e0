"""MariaDB 10.11 and later.

``ENGINE`` is what the planner needs to know, ``DRIVER`` what talks to a server.
"""

from __future__ import annotations

from falsework.engines.base import Driver
from falsework.engines.innodb import locks as named
from falsework.engines.innodb import roles, watchdog
from falsework.engines.innodb import session as pymysql
from falsework.engines.innodb.labels import LABELS
from falsework.engines.innodb.marks import MARKS
from falsework.engines.innodb.names import LIMIT
from falsework.engines.innodb.reader import READER
from falsework.engines.innodb.script import InnoDBScript
from falsework.engines.mariadb import catalog, locks, session, trouble
from falsework.engines.mariadb.facts import OLDEST, Facts, makes_up
from falsework.engines.mariadb.models import MariaDBModels
from falsework.engines.mariadb.moves import type_move
from falsework.engines.mariadb.spelling import Spelling
from falsework.model.engine import Engine, Rates

__all__ = ["DRIVER", "ENGINE"]

ENGINE = Engine(
    name="mariadb",
    facts=Facts(),
    spelling=Spelling(),
    marks=MARKS,
    type_move=type_move,
    rates=Rates(
        scan_rows=500_000,
        build_rows=300_000,
        rewrite_rows=60_000,
        source=(
            "measured on 10.11 with half a million narrow rows in memory, two cores: builds a "
            "million rows/s, rewrites and copies 120 000 to 250 000; half of that or less, for "
            "wide rows on a busy disk"
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
    cascades_to_itself=False,  # error 1451, measured on 10.11 and 11.8
    renews_foreign_keys=False,  # error 1826, measured on 10.11 and 11.8
)


class _MariaDB:
    """The server's half; what it can do is said in engines.base.Driver."""

    engine = ENGINE
    dialects = ("mariadb",)
    remote = True
    reader = READER
    models = MariaDBModels()
    script = InnoDBScript("mariadb", session.SETTINGS, Spelling())
    session_lock = named.NamedLock()

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
    grants = staticmethod(roles.grants)
    become = staticmethod(roles.become)
    blockers = staticmethod(locks.blockers)
    make_way = staticmethod(named.make_way)
    sessions = staticmethod(locks.sessions)
    trouble = staticmethod(trouble.trouble)


DRIVER: Driver = _MariaDB()
