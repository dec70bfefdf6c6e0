"""How large tables are, as a forecast of time and room needs it."""

import random

import pytest
import sqlalchemy as sa

from falsework.engines.connect import connect
from falsework.engines.sqlite import counts
from falsework.model.schema import TableName
from tests.servers import Server

TEXTS = random.Random(1)  # which no server can make smaller
ROWS = 1_000
ANALYZE = {"mysql": "ANALYZE TABLE t", "mariadb": "ANALYZE TABLE t"}


def rows_of_text() -> list[dict[str, object]]:
    return [{"id": n, "a": TEXTS.randbytes(250).hex()} for n in range(1, ROWS + 1)]


def test_a_table_with_its_indexes(database: str, server: Server) -> None:
    """About what its rows hold, and what its index holds besides; other schemas have nothing."""
    metadata = sa.MetaData()
    columns = sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(600))
    table = sa.Table("t", metadata, *columns)
    sa.Table("bare", metadata, sa.Column("id", sa.Integer, primary_key=True))
    target = connect(database)
    metadata.create_all(target.pool)
    name, bare = TableName(target.schema, "t"), TableName(target.schema, "bare")

    def sizes(*names: TableName) -> dict[TableName, int]:
        with target.pool.connect().execution_options(isolation_level="AUTOCOMMIT") as writing:
            writing.exec_driver_sql(ANALYZE.get(server.engine, "SELECT 1"))
        reading = target.pool.connect().execution_options(falsework_read_only=True)
        with reading as connection:
            return dict(target.driver.sizes(connection, names))

    with target.pool.begin() as connection:
        connection.execute(table.insert(), rows_of_text())
    rows = sizes(name, bare)
    with target.pool.begin() as connection:
        connection.exec_driver_sql("CREATE INDEX i ON t (a)")
    indexed = sizes(name, bare)
    elsewhere = sizes(TableName("elsewhere", "t"))
    target.pool.dispose()

    assert ROWS * 500 <= rows[name] <= ROWS * 2_000
    assert ROWS * 900 <= indexed[name] <= ROWS * 4_000
    assert indexed[bare] < 50_000
    assert elsewhere == {}


def test_a_large_file_is_not_read_through(sqlite: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only to say how large its tables are."""
    monkeypatch.setattr(counts, "READ_THROUGH", 1)
    with sqlite.fresh() as url:
        target = connect(url)
        with target.pool.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (id integer)")
        with target.pool.connect() as connection:
            assert target.driver.sizes(connection, [TableName("main", "t")]) == {}
        target.pool.dispose()
