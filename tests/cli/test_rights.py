"""The rights that docs/operating.md tells to grant on MySQL and MariaDB: they are enough."""

import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.cli.conftest import Cli
from tests.servers import Server

PAGE = Path(__file__).parents[2] / "docs" / "operating.md"
GRANTS = re.findall(r"^GRANT .+ TO 'upgrade'@'host'$", PAGE.read_text(), re.MULTILINE)


@pytest.mark.parametrize("server", ["mysql", "mariadb1011", "mariadb118"], indirect=True)
def test_the_rights_that_the_page_tells(cli: Cli, server: Server, filled: str) -> None:
    """A whole upgrade, with a table that refers to another and one that is dropped later."""
    url = make_url(filled)
    assert server.engine in url.drivername
    account = f"{url.database}@localhost"
    engine = create_engine(filled)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE USER {account} IDENTIFIED BY 'secret'"))
        for grant in GRANTS:
            mine = grant.replace("'upgrade'@'host'", account).replace("cloud.", f"{url.database}.")
            connection.execute(text(mine))
    theirs = url.set(username=url.database, password="secret")  # noqa: S106
    shown = theirs.render_as_string(hide_password=False)
    try:
        assert cli("adopt", "--release", "A", "--yes", url=shown).code == 0
        for command in ("expand", "migrate"):
            assert cli(command, "--yes").code == 0
        assert cli("contract", "--yes", "--lose", "people.shoe").code == 0
        last = cli("sync", "--yes", "--offline", models="tests.cli.small:without_notes")
        assert last.code == 0, last
        assert cli("status", "--check").code == 0
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP USER {account}"))
        engine.dispose()
