"""kill -9 at every moment of db-reclaim: no orphan, and the next run does what is left."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

import pytest

from falsework.migrate import Settings
from tests.generator import rotation
from tests.migrate.conftest import EACH_RUN, reach
from tests.migrate.crash import Killer, killed_at
from tests.migrate.estate import OLD, Estate, build, clear, fill, instance, volume
from tests.servers import Server

SMALL = Settings(chunk_rows=2, tree_rows=3)
MOST = 500  # events; there are some 80
ROWS = {
    "instances": [instance(1), instance(2, None), instance(3)],
    "volumes": [volume(1, 1), volume(2, 2), volume(3, 3, None)],
    "tags": [(1, f"{m}") for m in range(4)],
    "logs": [(n, 1) for n in range(2)],
    "nodes": [(1, None, OLD), (2, 1, OLD)],
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("server", EACH_RUN, indirect=True)
def test_a_kill_at_every_event(
    server: Server, request: pytest.FixtureRequest, record_property: Callable[..., None]
) -> None:
    """All of them on SQLite; elsewhere some in each run, by turns."""
    full = bool(request.config.getoption("--full"))
    with server.fresh() as url:
        target = reach(server, url)
        estate = build(target)
        fill(target, ROWS)
        counted = estate.run(SMALL).rows
        end = estate.all()
        points = 0
        events = rotation.events(server.name, "reclaim", None, full=full)
        for moment in takewhile(lambda n: n < MOST, events):
            clear(target)
            fill(target, ROWS)
            if not killed_at(moment, lambda killer: _run(server, url, estate, killer)):
                break
            left = sum(map(len, estate.all().values())) - sum(map(len, end.values()))
            again = estate.run(SMALL)
            assert again.rows == left <= counted, f"killed at event {moment}"
            assert estate.all() == end, f"killed at event {moment}"
            points += 1
        target.pool.dispose()
    record_property("crash_points", points)
    assert points > (20 if server.name == "sqlite" else 2)


def _run(server: Server, url: str, estate: Estate, killer: Killer) -> None:
    estate(target=reach(server, url)).run(SMALL, killer)
