"""Fixtures of all tests: real database servers, and golden files. See ``tests/servers``."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

from tests.generator.rotation import turn
from tests.servers import SERVERS, Missing, Run, Server

# With xdist the controller alone writes the summary, and it loads no other conftest than this one.
pytest_plugins = ["tests.generator.summary"]

RUN = pytest.StashKey[Run]()

# A busy machine makes no example wrong; pytest's timeout bounds the test as a whole. The examples
# are the same at each run, so that a change is judged by what it changes; HYPOTHESIS_RANDOM=1
# looks for new ones.
RANDOM = "HYPOTHESIS_RANDOM" in os.environ
settings.register_profile("falsework", deadline=None, derandomize=not RANDOM)
settings.load_profile("falsework")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="also run tests marked `full`")
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")


def pytest_configure(config: pytest.Config) -> None:
    worker = hasattr(config, "workerinput")
    config.stash[RUN] = Run.join(SERVERS) if worker else Run.open(SERVERS)


def pytest_unconfigure(config: pytest.Config) -> None:
    if run := config.stash.get(RUN, None):
        run.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        return
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(pytest.mark.skip(reason="only in make test-all (--full)"))
    due = {item.nodeid for item in items if _on_turn(item)}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in due])
    items[:] = [item for item in items if item.nodeid in due]


def _on_turn(item: pytest.Item) -> bool:
    """Whether this run has it: all of its workers say the same."""
    marker = item.get_closest_marker("rotates")
    return marker is None or turn(item.nodeid, share=marker.args[0])


def started(start: Callable[[], Server]) -> Server:
    """The server, or a skip that says how to get it; where CI=true, a failure."""
    try:
        return start()
    except Missing as missing:
        if os.environ.get("CI", "").lower() in {"true", "1"}:
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Server:
    """Each server in turn, shared by the whole test run."""
    name: str = request.param
    return started(lambda: pytestconfig.stash[RUN].server(name))


@pytest.fixture(scope="session")
def newest(pytestconfig: pytest.Config) -> Callable[[str], Server]:
    """The newest server of an engine, shared by the whole test run: ``newest("mariadb")``."""

    def find(engine: str) -> Server:
        name = [name for name in SERVERS if name.startswith(engine)][-1]
        return started(lambda: pytestconfig.stash[RUN].server(name))

    return find


@pytest.fixture(scope="session")
def postgresql(newest: Callable[[str], Server]) -> Server:
    """The newest PostgreSQL, shared by the whole test run."""
    return newest("postgresql")


@pytest.fixture(scope="session")
def sqlite(pytestconfig: pytest.Config) -> Server:
    """SQLite, with its files in this run's folder."""
    return started(lambda: pytestconfig.stash[RUN].server("sqlite"))


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """The URL of a fresh, empty database on each server in turn."""
    with server.fresh() as url:
        yield url


@pytest.fixture
def own_server(pytestconfig: pytest.Config) -> Iterator[Callable[..., Server]]:
    """Start a server for this test alone: ``own_server("postgresql18", fsync="on")``."""
    servers: list[Server] = []

    def start(name: str, **settings: str) -> Server:
        servers.append(started(lambda: pytestconfig.stash[RUN].own(name, **settings)))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Callable[[Path, str], None]:
    """Hold that a text is the one in a file; ``make golden`` writes the file instead."""

    def check(path: Path, text: str) -> None:
        if pytestconfig.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        expected = ""
        with suppress(FileNotFoundError):
            expected = path.read_text()
        assert text == expected, f"{path.name} differs; if that is meant: make golden"

    return check
