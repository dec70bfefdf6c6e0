"""Which servers a module of tests runs on."""

import pytest

from tests.servers import SERVERS

EVERY_POSTGRESQL = pytest.mark.parametrize(
    "server",
    [name for name in SERVERS if name.startswith("postgresql")],
    indirect=True,
    scope="session",
)
