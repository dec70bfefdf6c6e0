"""A standby answers what db-check asks of it, and its primary knows of it."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import create_engine, make_url

from falsework.checks import STANDING, Result, ask
from falsework.config import Config
from falsework.engines.condition import LIMITS
from falsework.session import Session, open_session
from tests.checks.test_standing import BY_CODE, stood
from tests.cli.conftest import fill
from tests.cli.small import b
from tests.servers import Server
from tests.servers.postgresql import PostgreSQL

REPLICATES = {"wal_level": "replica", "max_wal_senders": "4", "hot_standby": "on"}


class Standby(PostgreSQL):
    """A copy of a primary that follows it."""

    def __init__(self, home: Path, primary: str) -> None:
        super().__init__("postgresql18", home, **REPLICATES)
        self.primary = primary

    def prepare(self) -> None:
        where = make_url(self.primary)
        to = f"host={where.host} port={where.port} user={where.username}"
        copy = ("--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--wal-method=stream")
        program = self._programs() / "pg_basebackup"
        self.account.run(
            [program, "--pgdata", self.home / "data", "--dbname", to, *copy], self.home
        )


class Pair(NamedTuple):
    """A session on the same database of each."""

    primary: Session
    standby: Session


@pytest.fixture
def pair(own_server: Callable[..., Server]) -> Iterator[Pair]:
    first = own_server("postgresql18", **REPLICATES)
    url = first.create_database()
    engine = create_engine(url)
    fill(engine)
    engine.dispose()
    home = Path(tempfile.mkdtemp(prefix="standby-", dir=first.home.parent))
    second = Standby(home, url)
    second.start()
    try:
        theirs = second.url(database=make_url(url).database)
        yield Pair(open_session(Config(url=url)), open_session(Config(url=theirs)))
    finally:
        second.kill()


def test_a_standby(pair: Pair) -> None:
    """Rows are counted there, every check is made; what it lags behind is told."""
    session = pair.standby
    plan = session.plan(session.present((b,)))
    with session.asking("counting") as asker:
        answers = ask(asker, session.spelling, plan)
    assert {a.check.code: a.result for a in answers}["FW001"] is Result.WARNING
    results = {r.check.code: r for r in stood(session, plan, *STANDING)}
    assert Result.ERROR not in {r.result for r in results.values()}, results

    (lag,) = stood(session, plan, BY_CODE["FW109"], limits=LIMITS._replace(lag=-1.0))
    assert lag.result is Result.WARNING, lag
    assert "this server is a replica" in lag.remarks[0].text

    primary = pair.primary
    (told,) = stood(primary, primary.plan(primary.present((b,))), BY_CODE["FW121"])
    assert (told.result, len(told.remarks)) == (Result.WARNING, 1), told
