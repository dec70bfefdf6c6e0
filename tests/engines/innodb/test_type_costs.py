"""The cost of each type change against the server's own word: what it accepts without a copy."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from falsework.engines.innodb.definitions import column as spelled
from falsework.engines.innodb.errors import number
from falsework.engines.innodb.types import TEXTS, charset
from falsework.model import edits as e
from falsework.model.engine import Cost, Move
from falsework.model.schema import Column, SqlType
from tests.engines.innodb.conftest import BARE, Database
from tests.engines.innodb.samples import type_of

TYPES = (
    *("tinyint", "tinyint(1)", "smallint", "int", "int unsigned", "bigint", "decimal(10,2)"),
    *("decimal(12,2)", "decimal(12,4)", "float", "double", "date", "datetime", "datetime(6)"),
    *("timestamp", "time", "time(6)", "char(5)", "char(9)", "varchar(31)", "varchar(32)"),
    *("varchar(63)", "varchar(64)", "varchar(300)", "varchar(63) charset latin1", "tinytext"),
    *("varchar(128) charset latin1", "varchar(63) charset utf8mb3", "varbinary(9)", "blob"),
    *("varbinary(127)", "varbinary(128)", "varbinary(300)", "text", "mediumtext", "binary(5)"),
    *("enum('a','b')", "enum('a','b','c')", "enum('c','a','b')", "set('a','b')", "bit(3)"),
    *("set('a','b','c')", "set('a','b','c','d','e','f','g','h','i')", "json", "year", "bit(4)"),
)
FLAT = [type_of(text) for text in TYPES]


def near(old: SqlType, new: SqlType) -> bool:
    """Of one family: others are conversions, which no plan changes in place."""
    families = (
        {"tinyint", "smallint", "int", "bigint"},
        {"varchar", "char", "tinytext", "text", "mediumtext"},
        {"varbinary", "binary", "blob"},
        {"float", "double", "decimal"},
        {"date", "datetime", "timestamp"},
    )
    if charset_of(old) != charset_of(new):
        return False
    return old.name == new.name or any({old.name, new.name} <= family for family in families)


def charset_of(type: SqlType) -> str | None:
    return charset(type) if type.name in TEXTS else None


def test_every_pair(db: Database) -> None:
    """METADATA is accepted without a copy and keeps every row; REWRITE is refused without one."""
    server = db.target.server
    db.run("CREATE TABLE t (id int PRIMARY KEY, c int)")
    wrong = []
    for old in FLAT:
        db.run("DROP TABLE t", f"CREATE TABLE t (id int PRIMARY KEY, {spelled(Column('c', old))})")
        for new in FLAT:
            if new == old or not near(old, new):
                continue
            move, cost = server.engine.type_move(old, new, server.version)
            taken = accepted(db, old, new)
            if taken is not (cost is Cost.METADATA) and not (taken and cost is Cost.REWRITE):
                wrong.append((str(old), str(new), move, cost))
    assert wrong == []


def accepted(db: Database, old: SqlType, new: SqlType) -> bool:
    """Whether the server changes the type without a copy, by the statement of this package."""
    edit = e.SetType(table=db.at("t"), column="c", type=new)
    (sql,) = db.statement(edit).sql
    head, _, how = sql.partition(", ALGORITHM=")
    ways = [how] if "COPY" not in how else ["INSTANT", "INPLACE, LOCK=NONE"]
    with db.session() as connection:
        for way in ways:
            try:
                connection.exec_driver_sql(f"{head}, ALGORITHM={way}", execution_options=BARE)
            except DBAPIError as error:
                if number(error) not in (1845, 1846):
                    raise
            else:
                back = db.statement(e.SetType(table=db.at("t"), column="c", type=old)).sql[0]
                connection.exec_driver_sql(back, execution_options=BARE)
                return True
    return False


LIMITS = {
    "tinyint": ("-128", "127"),
    "int": ("-2147483648", "2147483647"),
    "int unsigned": ("0", "4294967295"),
    "decimal(10,2)": ("-99999999.99", "99999999.99"),
    "float": ("-1.5", "0.25"),
    "datetime": ("'1000-01-01 00:00:00'", "'9999-12-31 23:59:59'"),
    "time": ("'-838:59:59'", "'838:59:59'"),
    "varchar(31)": ("''", "repeat('é', 31)"),
    "varchar(63)": ("''", "repeat('🚀', 63)"),
    "tinytext": ("''", "repeat('x', 255)"),
    "text": ("''", "repeat('é', 30000)"),
    "varbinary(9)": ("''", "repeat('x', 9)"),
    "enum('a','b')": ("'a'", "'b'"),
    "set('a','b')": ("''", "'a,b'"),
}


@pytest.mark.parametrize("old", LIMITS)
def test_what_is_transparent_keeps_every_value(db: Database, old: str) -> None:
    """The least and the greatest value read the same through the new type."""
    server, before = db.target.server, type_of(old)
    for new in FLAT:
        move, _ = server.engine.type_move(before, new, server.version)
        if move is not Move.TRANSPARENT:
            continue
        db.run(
            "DROP TABLE IF EXISTS t",
            f"CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, {spelled(Column('c', before))})",
            f"INSERT INTO t (c) VALUES {', '.join(f'({v})' for v in LIMITS[old])}",
        )
        was = db.rows("SELECT c FROM t ORDER BY id")
        db.change(e.SetType(table=db.at("t"), column="c", type=new))
        now = db.rows("SELECT c FROM t ORDER BY id")
        assert was == now or [(float(a),) for (a,) in was] == [(float(a),) for (a,) in now], new
