from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, create_engine, func, select

from falsework.demo.release_a import hosts, instances, metadata
from falsework.demo.seed import INSTANCES, WITHOUT_UUID, seed
from tests.servers import Server


def seeded(url: str, *queries: Select[Any]) -> list[Sequence[Row[Any]]]:
    pool = create_engine(url)
    with pool.begin() as connection:
        metadata.create_all(connection)
        counts = seed(connection)
        assert counts == actual(connection)
        answers = [connection.execute(query).all() for query in queries]
    pool.dispose()
    return answers


def actual(connection: Connection) -> dict[str, int]:
    return {
        name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in metadata.tables.items()
    }


def test_rows_of_release_a(database: str) -> None:
    """Some 50 000 rows fit on every server; a few old instances have no UUID, most are deleted."""
    without, deleted, repeated = seeded(
        database,
        select(func.count()).where(instances.c.uuid.is_(None)),
        select(func.count()).where(instances.c.deleted == instances.c.id),
        select(func.count() - func.count(func.distinct(instances.c.uuid))),
    )

    assert without[0][0] == WITHOUT_UUID
    assert 0.6 < deleted[0][0] / INSTANCES < 0.8
    assert repeated[0][0] == WITHOUT_UUID, "UUIDs that are there are unique"


def test_the_same_rows_each_time(sqlite: Server) -> None:
    """The demo's plan is a golden file, so its rows have to be the same in every run."""
    queries = select(instances).order_by(instances.c.id), select(hosts).order_by(hosts.c.id)
    with sqlite.fresh() as one, sqlite.fresh() as other:
        assert seeded(one, *queries) == seeded(other, *queries)
