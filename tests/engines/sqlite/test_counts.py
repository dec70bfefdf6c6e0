"""How many rows: exactly where that is cheap, not too few elsewhere."""

import pytest
from sqlalchemy import Connection, event

from falsework.engines.sqlite import DRIVER, counts
from falsework.model.schema import TableName
from tests.engines.sqlite.conftest import File

SERIES = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"


def rows(file: File, *names: str) -> dict[str, int]:
    wanted = [TableName("main", name) for name in names]
    with file.connect().execution_options(falsework_read_only=True) as connection:
        assert DRIVER.rows(connection, [TableName("elsewhere", name) for name in names]) == {}
        return {table.name: number for table, number in DRIVER.rows(connection, wanted).items()}


def test_small_tables_are_counted(file: File) -> None:
    """One that stands in no page of the file has no rows to count; nor has one not asked for."""
    file.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE TABLE empty (x)",
        "CREATE VIRTUAL TABLE v USING fts5 (x)",
        f"INSERT INTO t {SERIES.format(50)} SELECT i FROM n",
    )

    assert rows(file, "t", "empty", "v", "gone") == {"t": 50, "empty": 0}
    assert rows(file, "t") == {"t": 50}
    assert rows(file) == {}


LARGE = {
    "a key": ("CREATE TABLE t (id INTEGER PRIMARY KEY, x)", range(300, 302)),
    "a gap": ("CREATE TABLE t (id INTEGER PRIMARY KEY, x)", range(300, 302)),
    "no rowid": ("CREATE TABLE t (id INTEGER PRIMARY KEY, x) WITHOUT ROWID", range(300, 5000)),
    "no name for it": ("CREATE TABLE t (id INTEGER, oid, rowid, _rowid_, x)", range(300, 5000)),
    "keys at random": ("CREATE TABLE t (id INTEGER PRIMARY KEY, x)", range(300, 5000)),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_tables_are_bounded(file: File, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never fewer than there are, and no more than the file can hold."""
    monkeypatch.setattr(counts, "EXACT", 100)
    sql, expected = LARGE[name]
    keys = "i * 30000000000000" if name == "keys at random" else "i"
    file.run(sql, f"INSERT INTO t (id, x) {SERIES.format(301)} SELECT {keys}, 'xy' FROM n")
    if name == "a gap":
        file.run("DELETE FROM t WHERE id BETWEEN 100 AND 200")

    assert rows(file, "t")["t"] in expected


@pytest.mark.parametrize("tables", [5, 200])
def test_statements_grow_by_the_hundred(file: File, tables: int) -> None:
    """Two for five tables, three for two hundred."""
    file.run(*(f"CREATE TABLE t{n} (x)" for n in range(tables)))
    asked = []
    with file.connect().execution_options(falsework_read_only=True) as connection:
        connection.exec_driver_sql("SELECT 1")

        @event.listens_for(connection, "before_cursor_execute")
        def count(_c: Connection, _cursor: object, sql: str, *_more: object) -> None:
            asked.append(sql)

        wanted = [TableName("main", f"t{n}") for n in range(tables)]
        found = DRIVER.rows(connection, wanted)

    assert found == dict.fromkeys(wanted, 0)
    assert len(asked) == 1 + -(-tables // counts.TABLES_A_QUERY)
