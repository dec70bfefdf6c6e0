"""What the server would refuse is refused before, and what is refused here the server refuses."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from falsework.engines.postgresql import ENGINE
from falsework.model import edits as e
from falsework.model.engine import Way
from falsework.model.schema import Column, Index, PrimaryKey, SqlType, Table, UniqueConstraint
from tests.engines.postgresql.conftest import Database
from tests.engines.postgresql.samples import CHECK, INDEXES, INTEGER, KEY, NOW, PARENT, SETUP, T
from tests.engines.postgresql.versions import EVERY_POSTGRESQL

pytestmark = EVERY_POSTGRESQL

PARTED = (
    "CREATE TABLE parent (id integer PRIMARY KEY)",
    "CREATE TABLE t (a integer, c text, p integer) PARTITION BY RANGE (a)",
    "CREATE TABLE one PARTITION OF t DEFAULT",
)
LONG = "n" * 64


def refused(db: Database, edit: e.Edit, way: Way, why: str, sql: str) -> None:
    with pytest.raises(ValueError, match=why):
        db.statement((edit,), way)
    with (
        pytest.raises(Exception, match="psycopg2"),
        db.pool.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        connection.exec_driver_sql(sql)


def test_partitioned_tables(db: Database) -> None:
    """Neither CONCURRENTLY, which is done part by part instead, nor NOT VALID before 18."""
    db.run(*PARTED)
    add, drop = (edit(table=T, index=INDEXES[0]) for edit in (e.AddIndex, e.DropIndex))
    said = r"CREATE INDEX t_a ON ONLY .* ALTER INDEX t_a ATTACH PARTITION"
    refused(db, add, Way.ONLINE, said, "CREATE INDEX CONCURRENTLY i ON t (a)")
    by_hand = (
        "CREATE INDEX t_a ON ONLY t (a, c DESC)",
        "CREATE INDEX CONCURRENTLY one_t_a ON one (a, c DESC)",
        "ALTER INDEX t_a ATTACH PARTITION one_t_a",
    )
    with db.pool.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for sql in by_hand:
            connection.exec_driver_sql(sql)
    assert db.table("t").indexes == (INDEXES[0],)
    refused(db, drop, Way.ONLINE, "partitioned", "DROP INDEX CONCURRENTLY t_a")
    db.change(drop)
    db.change(add)
    loose = e.AddForeignKey(table=T, foreign_key=replace(KEY, valid=False))
    if db.version < (18,):
        sql = "ALTER TABLE t ADD FOREIGN KEY (p) REFERENCES parent NOT VALID"
        refused(db, loose, Way.UNVALIDATED, "partitioned", sql)
    else:
        db.change(loose, way=Way.UNVALIDATED)


def test_columns_that_others_depend_on(db: Database) -> None:
    """A computed column, the key, a trigger's definition."""
    db.run(
        *SETUP,
        "ALTER TABLE t ADD twice integer GENERATED ALWAYS AS (a * 2) STORED",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER u BEFORE UPDATE OF d ON t FOR EACH ROW EXECUTE FUNCTION f()",
        """CREATE TRIGGER w BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.p > 0)
           EXECUTE FUNCTION f()""",
    )
    big = SqlType("bigint")
    computed, key, trigger = "computed from a", "primary key", "the trigger"

    def of_type(column: str, why: str) -> None:
        edit = e.SetType(table=T, column=column, type=big)
        refused(db, edit, Way.DIRECT, why, f"ALTER TABLE t ALTER {column} TYPE bigint")

    of_type("a", computed)
    of_type("d", trigger)
    of_type("p", trigger)
    drop = e.DropColumn(table=T, column="a")
    refused(db, drop, Way.DIRECT, computed, "ALTER TABLE t DROP a")
    null = e.SetNullable(table=T, column="id", nullable=True)
    refused(db, null, Way.DIRECT, key, "ALTER TABLE t ALTER id DROP NOT NULL")


@pytest.mark.parametrize("default", [None, NOW])
def test_a_counter_has_its_default(db: Database, default: object) -> None:
    """The statement would go through, and the column would count no more."""
    db.run(*SETUP)
    edit = e.SetDefault(table=T, column="id", default=default)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="counts by itself"):
        db.statement((edit,), Way.DIRECT)


LONG_NAMES: list[e.Edit] = [
    e.AddColumn(table=T, column=Column(LONG, INTEGER)),
    e.AddIndex(table=T, index=Index(LONG, ("a",), uses=("a",))),
    e.AddUnique(table=T, unique=UniqueConstraint(LONG, ("a",))),
    e.AddCheck(table=T, check=replace(CHECK, name=LONG)),
    e.AddForeignKey(table=T, foreign_key=replace(KEY, name=LONG)),
    e.CreateTable(definition=Table(PARENT._replace(name=LONG), (Column("a", INTEGER),))),
    e.CreateTable(
        definition=Table(
            PARENT._replace(name="n"), (Column("a", INTEGER),), PrimaryKey(("a",), LONG)
        )
    ),
]


@pytest.mark.parametrize("edit", LONG_NAMES, ids=lambda edit: type(edit).__name__)
def test_long_names(db: Database, edit: e.Edit) -> None:
    """The server would cut them without a word; bytes count, and 63 of them fit."""
    db.run(*SETUP)
    with pytest.raises(ValueError, match="longer than 63 bytes"):
        db.statement((edit,), Way.DIRECT)
    short = e.AddColumn(table=T, column=Column("\N{LATIN SMALL LETTER E WITH ACUTE}" * 31, INTEGER))
    db.change(short)
    longer = e.AddColumn(table=T, column=replace(short.column, name=short.column.name + "ab"))
    with pytest.raises(ValueError, match="longer than 63 bytes"):
        ENGINE.spelling.statement((longer,), Way.DIRECT, db.read(), db.version)
