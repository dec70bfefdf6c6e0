"""What a runner may meet besides its own death: being replaced, a server that breaks off."""

from __future__ import annotations

import pytest

from tests.generator import runners
from tests.generator.rotation import SHARES, rotation
from tests.servers import Server


@pytest.mark.timeout(300)
def test_a_frozen_runner_that_was_replaced_does_no_harm(
    server: Server, pytestconfig: pytest.Config
) -> None:
    """It is stopped, another one does all of the work, and when it goes on it has to give up."""
    with runners.upgraded(server, online=True) as run:
        points = [p for p in run.points if runners.free(run, p)]
        few = 8 if SHARES[server.name] == 1 else 3
        step = 1 if pytestconfig.getoption("--full") else max(1, len(points) // few)
        for point in points[rotation() % step :: step]:
            assert runners.replaced(run, point) == [], f"frozen at {point}"


@pytest.mark.timeout(300)
def test_a_build_that_was_broken_off_is_built_anew(postgresql: Server) -> None:
    """The server's session and the runner end while an index is built beside the writers."""
    with runners.upgraded(postgresql, online=True) as run:
        builds = [p for p in run.points if runners.builds(p)]
        assert len(builds) >= 2
        for point in builds:
            assert runners.torn(run, point) == [], f"broken off at {point}"


@pytest.mark.timeout(300)
def test_a_build_that_outlives_its_runner_is_waited_for(
    server: Server, pytestconfig: pytest.Config
) -> None:
    """The server does not see at once that its client is gone; nobody builds beside it or again."""
    if server.engine == "sqlite":
        pytest.skip("nothing goes on there when the runner has ended")
    with runners.upgraded(server, online=True) as run:
        points = [p for p in run.points if runners.builds(p)]
        assert points
        for point in points if pytestconfig.getoption("--full") else points[:1]:
            assert runners.outlived(run, point) == [], f"outlived {point}"
