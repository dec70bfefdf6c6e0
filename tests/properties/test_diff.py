"""Nothing differs after ``create_all``, and whatever single thing is changed then is found.

Undecided texts count as equal, with a note that names them; they are allowed where only the
server could tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from falsework.expand_contract.changes import Change
from tests.conftest import RUN, started
from tests.properties.compared import Compared, compared
from tests.properties.drawn import releases
from tests.properties.releases import Release
from tests.properties.single import Single, singles, wrong
from tests.servers import SERVERS, Server

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
SPOKEN = [(name, "") for name in SERVERS] + [("mariadb118", "mysql")]
"""Each server through its own dialect, and one through the dialect of its kin."""


@contextmanager
def places(server: Server, dialect: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A database's URL for the dialect, and the schemas there are besides."""
    with ExitStack() as stack:
        url = stack.enter_context(server.fresh())
        schemas: tuple[str, ...] = ()
        if server.engine == "postgresql":
            schemas = ("Other",)
            pool = sa.create_engine(url)
            with pool.begin() as connection:
                connection.exec_driver_sql('CREATE SCHEMA "Other"')
            pool.dispose()
        elif server.engine != "sqlite":
            other = stack.enter_context(server.fresh())
            schemas = (str(sa.make_url(other).database),)
            stack.callback(_empty, other, schemas[0])
        yield url.replace(f"{server.engine}+", f"{dialect}+", 1), schemas


def _empty(url: str, name: str) -> None:
    """Let go of a database that others refer to."""
    pool = sa.create_engine(url)
    with pool.connect() as connection:
        connection.exec_driver_sql("SET foreign_key_checks = 0")
        connection.exec_driver_sql(f"DROP DATABASE {name}")
    pool.dispose()


def undecided(change: Change) -> bool:
    """Whether the change is a note that two texts cannot be compared."""
    return not getattr(change, "decided", True) or not getattr(change, "surely", True)


def nothing_differs(found: Compared, release: Release) -> tuple[Change, ...]:
    """What is noted all the same, once it is sure that nothing else is."""
    plan = found.plan(release)
    assert (plan.steps, plan.refusals) == ((), ())
    noted = found.changes(release)
    for change in noted:
        assert undecided(change), change
    return noted


def is_found(found: Compared, single: Single, noted: tuple[Change, ...]) -> None:
    """Exactly the kinds of change that say what is another now, and the note if one says it."""
    seen = [c for c in found.changes(single.release) if c not in noted]
    vague = any(map(undecided, seen))
    event("undecided" if vague else "decided")
    kinds = [
        single.expected[0] if single.vague and undecided(c) else type(c).__name__ for c in seen
    ]
    assert not wrong(single, kinds), (single.what, seen)
    assert single.vague or not vague, (single.what, seen)
    if single.note:
        assert single.note in "\n".join(found.plan(single.release).notes), single.what


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("name", "dialect"), SPOKEN)
def test_no_false_difference_and_none_missed(
    name: str, dialect: str, pytestconfig: pytest.Config
) -> None:
    """One release after the other, each with a sample of its single changes."""
    server = started(lambda: pytestconfig.stash[RUN].server(name))
    spoken = dialect or server.engine
    full = bool(pytestconfig.getoption("--full"))

    @given(st.data())
    def hold(data: st.DataObject) -> None:
        with places(server, spoken) as (url, schemas):
            release = data.draw(releases(server.engine, spoken, schemas))
            with compared(url, release, schemas) as found:
                noted = nothing_differs(found, release)
                every = list(singles(release))
                some = st.lists(st.sampled_from(every), max_size=12, unique_by=lambda s: s.what)
                for single in every if full else data.draw(some):
                    is_found(found, single, noted)

    settings(max_examples=200 if full else 20, suppress_health_check=SLOW, deadline=None)(hold)()
