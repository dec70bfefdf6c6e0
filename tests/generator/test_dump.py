"""Two dumps are equal only where the databases are."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from tests.generator import database
from tests.generator.dump import different, dump
from tests.generator.story import CASE
from tests.servers import Server

UUID = "'11111111-1111-4111-8111-111111111111'"

CHANGES = {
    "a row is lost": "DELETE FROM servers WHERE id = 3",
    "a row is new": "INSERT INTO hosts VALUES (7, 'x')",
    "a value is another one": "UPDATE hosts SET name = 'One'",
    "a value is NULL": "UPDATE servers SET uuid = NULL WHERE id = 3",
    "a table is left over": "CREATE TABLE fw_new_servers (id integer)",
    "an index is left over": "CREATE INDEX fw_new ON servers (rack)",
    "a default is left over": "ALTER TABLE hosts ADD COLUMN x integer DEFAULT 1",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_difference_is_seen(server: Server, change: str) -> None:
    """Whatever a run may lose or leave behind makes another dump."""
    with server.fresh() as url:
        database.make(url, CASE)
        with server.fresh(url) as copy, database.opened(copy) as target:
            whole = dump(target)
            assert different(whole, dump(target)) == []
            pool = create_engine(copy)
            with pool.begin() as connection:
                connection.execute(text(CHANGES[change]))
            pool.dispose()
            assert different(whole, dump(target)) != []


def test_a_new_value_may_be_another_one_in_each_run(sqlite: Server) -> None:
    """In a loose column the value may differ; that there is one may not."""
    with sqlite.fresh() as url, database.opened(url) as target:
        database.make(url, CASE)
        whole = dump(target)
        loose = frozenset({("servers", "uuid")})
        pool = create_engine(url)
        for new, equal in ((UUID, True), ("NULL", False)):
            with pool.begin() as connection:
                connection.execute(text(f"UPDATE servers SET uuid = {new} WHERE id = 3"))
            assert (different(whole, dump(target), loose) == []) is equal
        pool.dispose()
