"""The facts: what they claim of locks is what two connections see."""

from typing import get_args

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.engines.sqlite import DRIVER, ENGINE
from falsework.engines.sqlite.text import quote
from falsework.model.edits import (
    AddCheck,
    AddColumn,
    AddExclusion,
    AddForeignKey,
    AddIndex,
    AddLabel,
    CreateDomain,
    CreateEnumeration,
    CreateSequence,
    CreateTable,
    DropCheck,
    DropColumn,
    DropDomain,
    DropEnumeration,
    DropExclusion,
    DropIndex,
    DropSequence,
    DropTable,
    Edit,
    RenameIndex,
    SetCollation,
    SetComment,
    SetCounter,
    SetDefault,
    SetExpression,
    SetIdentity,
    SetNullable,
    SetRefresh,
    SetSequence,
    SetType,
    ValidateCheck,
    ValidateForeignKey,
)
from falsework.model.engine import Cost, Way
from falsework.model.plan import Lock
from falsework.model.schema import (
    CheckConstraint,
    Column,
    Default,
    DefaultKind,
    Domain,
    Enumeration,
    Exclusion,
    ForeignKey,
    Identity,
    Index,
    Schema,
    Sequence,
    SqlType,
    Table,
    TableName,
)
from tests.engines.sqlite.conftest import File

T = TableName("main", "t")
INT = SqlType("integer")
CHECK = CheckConstraint("ck", "a > 0", ("a",))
INDEX = Index("ix", ("a",), uses=("a",))
KEY = ForeignKey(None, ("a",), T, ("a",))
MOOD = Enumeration(T, ("sad", "ok"), "mood")
OLD, NEW = (3, 40, 1), (3, 53, 4)


def default(text: str, kind: DefaultKind = DefaultKind.CONSTANT) -> Column:
    return Column("n", INT, nullable=False, default=Default(text, kind))


COSTS: list[tuple[Edit, Cost | None, Cost | None]] = [
    (AddColumn(table=T, column=Column("n", INT)), Cost.METADATA, Cost.METADATA),
    (AddColumn(table=T, column=default("-5")), Cost.METADATA, Cost.METADATA),
    (AddColumn(table=T, column=default("x'00'")), Cost.METADATA, Cost.METADATA),
    (AddColumn(table=T, column=default("1 + 2")), Cost.REWRITE, Cost.REWRITE),
    (
        AddColumn(table=T, column=default("current_timestamp", DefaultKind.STABLE)),
        Cost.REWRITE,
        Cost.REWRITE,
    ),
    (AddColumn(table=T, column=Column("n", INT, nullable=False)), Cost.REWRITE, Cost.REWRITE),
    (AddColumn(table=T, column=Column("n", INT, generated="a")), Cost.METADATA, Cost.METADATA),
    (
        AddColumn(table=T, column=Column("n", INT, generated="a", stored=True)),
        Cost.REWRITE,
        Cost.REWRITE,
    ),
    (
        AddColumn(table=T, column=Column("n", INT, autoincrement=True)),
        Cost.UNSUPPORTED,
        Cost.UNSUPPORTED,
    ),
    (DropColumn(table=T, column="a"), Cost.REWRITE, Cost.REWRITE),
    (SetNullable(table=T, column="a", nullable=False), Cost.REWRITE, Cost.SCAN),
    (SetNullable(table=T, column="a", nullable=True), Cost.REWRITE, Cost.METADATA),
    (SetDefault(table=T, column="a", default=None), Cost.REWRITE, Cost.REWRITE),
    (SetType(table=T, column="a", type=INT), Cost.REWRITE, Cost.REWRITE),
    (AddIndex(table=T, index=INDEX), Cost.BUILD, Cost.BUILD),
    (AddIndex(table=T, index=Index("i", ("a",), method="hash")), None, None),
    (DropIndex(table=T, index=INDEX), Cost.SCAN, Cost.SCAN),
    (AddCheck(table=T, check=CHECK), Cost.REWRITE, Cost.SCAN),
    (AddCheck(table=T, check=CheckConstraint("c", "1", valid=False)), None, None),
    (ValidateCheck(table=T, check=CHECK), None, None),
    (DropCheck(table=T, check=CHECK), Cost.REWRITE, Cost.METADATA),
    (DropCheck(table=T, check=CheckConstraint(None, "1")), Cost.REWRITE, Cost.REWRITE),
    (AddForeignKey(table=T, foreign_key=KEY), Cost.REWRITE, Cost.REWRITE),
    (ValidateForeignKey(table=T, foreign_key=KEY), None, None),
    (CreateTable(definition=Table(T, (Column("a", INT),))), Cost.METADATA, Cost.METADATA),
    (DropTable(table=T), Cost.SCAN, Cost.SCAN),
    (SetExpression(table=T, column="a", expression="1"), Cost.REWRITE, Cost.REWRITE),
    (SetCollation(table=T, column="a", collation="NOCASE"), Cost.REWRITE, Cost.REWRITE),
    (SetComment(table=T, column="a", comment="why"), None, None),
    (RenameIndex(table=T, index=INDEX, name="other"), None, None),
    (SetIdentity(table=T, column="a", identity=Identity()), None, None),
    (SetCounter(table=T, column="a", counts=True), None, None),
    (SetRefresh(table=T, column="a", value=None), None, None),
    (AddExclusion(table=T, exclusion=Exclusion("x", ("a",), ("=",), ("a",))), None, None),
    (DropExclusion(table=T, exclusion=Exclusion("x", ("a",), ("=",), ("a",))), None, None),
    (CreateEnumeration(enumeration=MOOD), None, None),
    (DropEnumeration(enumeration=MOOD), None, None),
    (AddLabel(table=T, label="glad"), None, None),
    (CreateDomain(domain=Domain(T, INT, "d")), None, None),
    (DropDomain(domain=Domain(T, INT, "d")), None, None),
    (CreateSequence(sequence=Sequence(T)), None, None),
    (SetSequence(sequence=Sequence(T)), None, None),
    (DropSequence(sequence=Sequence(T)), None, None),
]


@pytest.mark.parametrize(("edit", "old", "new"), COSTS, ids=str)
def test_costs(edit: Edit, old: Cost | None, new: Cost | None) -> None:
    """By version; what takes longer than a look into the catalog makes writers wait."""
    for version, expected in ((OLD, old), (NEW, new)):
        fact = ENGINE.facts.cost(edit, Way.DIRECT, version)
        assert (None if fact is None else fact.cost) is expected
        if fact is not None and fact.cost is not Cost.UNSUPPORTED:
            assert fact.source.startswith("https://www.sqlite.org/")
            assert fact.since <= version
            assert fact.online is (fact.cost is Cost.METADATA)
            assert fact.lock >= Lock.WRITES
            assert fact.lock_name


def test_there_is_one_way() -> None:
    """And no facts about libraries older than what was tested."""
    edit = AddIndex(table=T, index=INDEX)

    for way in Way:
        assert (ENGINE.facts.cost(edit, way, OLD) is not None) is (way is Way.DIRECT)
    assert ENGINE.facts.cost(edit, Way.DIRECT, (3, 34)) is None
    for way in (Way.ONLINE, Way.UNVALIDATED):
        with pytest.raises(ValueError, match="no way"):
            ENGINE.spelling.statement((edit,), way, Schema(), OLD)


def test_every_edit_has_its_fact_or_none() -> None:
    """A new kind of edit must find its place here."""
    seen = {type(edit) for edit, *_ in COSTS}

    missing = {kind.__name__ for kind in set(get_args(Edit)) - seen}
    assert missing <= {"AddUnique", "DropUnique", "DropForeignKey"}, "these are plain rebuilds"


def fill(file: File) -> None:
    """More pages than the cache of a connection keeps."""
    file.run(
        "CREATE TABLE t (a INTEGER NOT NULL, b TEXT)",
        "CREATE INDEX ix ON t (b)",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
        "INSERT INTO t SELECT i, hex(randomblob(200)) FROM n",
    )


def reads(connection: Connection) -> bool:
    """Whether a reader gets through, without waiting."""
    try:
        connection.exec_driver_sql("SELECT a FROM t LIMIT 1").all()
    except DBAPIError as error:
        return DRIVER.trouble(error) is not Trouble.LOCK_TIMEOUT
    finally:
        connection.rollback()
    return True


LONG: list[Edit] = [
    SetDefault(table=T, column="a", default=Default("5", DefaultKind.CONSTANT)),
    AddIndex(table=T, index=Index("ix2", ("b DESC",), uses=("b",))),
    DropTable(table=T),
]


@pytest.mark.parametrize("edit", LONG, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("write_ahead", [False, True])
def test_readers_wait_in_rollback_journal_mode(file: File, edit: Edit, write_ahead: bool) -> None:
    """So the claim is that everybody waits; in write-ahead mode readers see nothing of it."""
    fill(file)
    if write_ahead:
        file.write_ahead()
    fact = ENGINE.facts.cost(edit, Way.DIRECT, file.version)
    assert fact is not None
    assert fact.lock is Lock.EVERYTHING
    statement = file.statement(edit)

    with (
        file.connect().execution_options(isolation_level="AUTOCOMMIT") as writer,
        file.connect().execution_options(falsework_read_only=True) as reader,
    ):
        DRIVER.begin_session(reader, lock_ms=0)
        reader.rollback()
        assert reads(reader)
        for sql in (*statement.setup, "PRAGMA cache_size=10", "BEGIN IMMEDIATE", *statement.sql):
            writer.exec_driver_sql(sql)
        waits = not reads(reader)
        writer.exec_driver_sql("ROLLBACK")
        assert reads(reader)

    if write_ahead:
        assert not waits
    elif not isinstance(edit, DropTable):  # that spills only where deleted pages are overwritten
        assert waits


@pytest.mark.parametrize("write_ahead", [False, True])
def test_readers_go_on_while_the_catalog_changes(file: File, write_ahead: bool) -> None:
    """Adding a column stops writers alone, and these for a moment."""
    fill(file)
    if write_ahead:
        file.write_ahead()
    edit = AddColumn(table=T, column=Column("n", INT))
    statement = file.statement(edit)
    assert not statement.setup

    with (
        file.connect() as writer,
        file.connect().execution_options(falsework_read_only=True) as reader,
    ):
        for sql in statement.sql:
            writer.exec_driver_sql(sql)
        assert reads(reader)
        writer.rollback()


def test_names_are_quoted() -> None:
    """Every one, by one rule; SQL for a value's length and for a few rows."""
    spelling = ENGINE.spelling

    assert spelling.identifier('a"b') == quote('a"b') == '"a""b"'
    assert spelling.table(TableName("main", "x y")) == '"main"."x y"'
    assert spelling.not_null("a b") == DRIVER.reader.expression('"a b" IS NOT NULL')
    assert spelling.length("a b") == 'length("a b")'
    assert spelling.limit(5) == "LIMIT 5"
    assert spelling.undo_partial((DropTable(table=T),), Schema()) is None
