"""Here, tests of every server also run on those whose engines falsework does not have yet.

Once ``SERVERS`` has them, nothing of this file is needed but ``ALL``, which is ``SERVERS`` then.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.conftest import started
from tests.servers import SERVERS, Run, Server
from tests.servers.server import Kind

try:
    from tests.servers.coming import COMING
except ImportError:  # PyMySQL comes with the extra `mysql`
    COMING: dict[str, Kind] = {}  # type: ignore[no-redef]

ALL: dict[str, Kind] = {**SERVERS, **COMING}


@pytest.fixture(scope="session")
def all_servers() -> Run:
    """The run that the root conftest opened, with more servers."""
    return Run.join(ALL)


@pytest.fixture(scope="session", params=ALL)
def server(request: pytest.FixtureRequest, all_servers: Run) -> Server:
    """Each server in turn, shared by the whole test run."""
    name: str = request.param
    return started(lambda: all_servers.server(name))


@pytest.fixture
def own_server(all_servers: Run) -> Iterator[Callable[..., Server]]:
    """Start a server for this test alone."""
    servers: list[Server] = []

    def start(name: str, **settings: str) -> Server:
        servers.append(started(lambda: all_servers.own(name, **settings)))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()
