"""The demo tells its story to the end on every server, each claim of it checked as it is told."""

import io
import re

import pytest

from falsework.demo import story
from tests.generator.rotation import turn_at
from tests.servers import SERVERS, Server

# It takes ten seconds and more: two engines of one family take turns, and so do versions of one.
DUE = {
    "sqlite",
    "postgresql18",
    ("mysql", "mariadb118")[turn_at("demo", share=2)],
    ("postgresql16", "mariadb1011", None, None)[turn_at("older", share=4)],
}
PARTS = ("$ db-check", "$ db-plan", "$ db-expand", "$ db-migrate", "$ db-contract")
CLAIMS = ("db-plan finds nothing to do", "Alembic has nothing to add", "rows are as predicted")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "server",
    [pytest.param(name, marks=() if name in DUE else pytest.mark.full) for name in SERVERS],
    indirect=True,
)
def test_the_whole_story(server: Server) -> None:
    """Also where DDL is no part of a transaction: no step left out, and every row as predicted."""
    out = io.StringIO()
    with server.fresh() as url:
        assert story.run(url, out) == 0

    told = out.getvalue()
    assert [told.index(part) for part in PARTS] == sorted(told.index(part) for part in PARTS)
    for claim in CLAIMS:
        assert re.search(f"^  yes   .*{claim}$", told, re.MULTILINE), claim
    planned = re.search(r"^  steps +(\d+):", told, re.MULTILINE)
    assert planned is not None
    assert told.count("\n  done  ") == int(planned[1])
    assert told.count("B boots instance") == 2
