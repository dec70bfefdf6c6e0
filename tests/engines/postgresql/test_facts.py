"""The fact sheet against the server: locks as pg_locks has them, work as the server logs it."""

from __future__ import annotations

import threading
import time

import pytest
from msgspec.structs import replace

from falsework.engines.postgresql import ENGINE
from falsework.model import edits as e
from falsework.model.engine import Cost, Way
from falsework.model.schema import Column, Enumeration, TableName
from tests.engines.postgresql.conftest import Database, in_autocommit
from tests.engines.postgresql.oracle import seen
from tests.engines.postgresql.samples import (
    CHECK,
    COLUMNS,
    EDITS,
    EXCLUSION,
    INDEXES,
    INTEGER,
    KEY,
    SETUP,
    TABLE,
    UNIQUE,
    UNIQUE_INDEX,
    T,
)
from tests.engines.postgresql.versions import EVERY_POSTGRESQL

pytestmark = EVERY_POSTGRESQL

LOOSE_KEY, LOOSE_CHECK = replace(KEY, valid=False), replace(CHECK, valid=False)
# What has to be there before an edit fits.
BEFORE: dict[type, e.Edit] = {
    e.DropIndex: e.AddIndex(table=T, index=INDEXES[0]),
    e.RenameIndex: e.AddIndex(table=T, index=INDEXES[0]),
    e.DropUnique: e.AddUnique(table=T, unique=UNIQUE),
    e.DropForeignKey: e.AddForeignKey(table=T, foreign_key=KEY),
    e.DropCheck: e.AddCheck(table=T, check=CHECK),
    e.DropExclusion: e.AddExclusion(table=T, exclusion=EXCLUSION),
    e.ValidateForeignKey: e.AddForeignKey(table=T, foreign_key=LOOSE_KEY),
    e.ValidateCheck: e.AddCheck(table=T, check=LOOSE_CHECK),
    e.DropTable: e.AddForeignKey(table=T, foreign_key=KEY),
}
CASES = [
    *((edit, way) for edit in EDITS for way in (Way.DIRECT, Way.VALIDATE)),
    (e.AddForeignKey(table=T, foreign_key=LOOSE_KEY), Way.UNVALIDATED),
    (e.AddCheck(table=T, check=LOOSE_CHECK), Way.UNVALIDATED),
    (e.SetNullable(table=T, column="a", nullable=True), Way.DIRECT),
    *((e.AddColumn(table=T, column=column), Way.DIRECT) for column in COLUMNS),
    (e.AddColumn(table=T, column=Column("z", INTEGER)), Way.DIRECT),
]


@pytest.fixture
def t(db: Database) -> Database:
    db.run(*SETUP)
    return db


@pytest.mark.parametrize(
    ("edit", "way"),
    [case for case in CASES if ENGINE.facts.cost(case[0], case[1], (18, 0))],
    ids=lambda part: str(part) if isinstance(part, Way) else type(part).__name__,
)
def test_locks_and_work(t: Database, edit: e.Edit, way: Way) -> None:
    """The lock on the table and the work are those of the fact."""
    if type(edit) in BEFORE:
        before = BEFORE[type(edit)]
        valid = before not in (BEFORE[e.ValidateForeignKey], BEFORE[e.ValidateCheck])
        t.change(before, way=Way.DIRECT if valid else Way.UNVALIDATED)
    fact = ENGINE.facts.cost(edit, way, t.version)
    assert fact is not None

    found = seen(t, t.statement((edit,), way).sql)

    if isinstance(edit, e.CreateTable):
        assert fact.lock_name == found.others["parent"]
    else:
        assert (fact.lock_name, fact.cost) == (found.lock, found.cost)
    if isinstance(edit, e.DropTable | e.DropForeignKey | e.AddForeignKey):
        assert found.others == {"parent": fact.lock_name}


def test_a_new_table_without_parents_locks_nobody(t: Database) -> None:
    """There is nobody who knows it."""
    edit = e.CreateTable(definition=replace(TABLE, foreign_keys=()).sorted())
    fact = ENGINE.facts.cost(edit, Way.DIRECT, t.version)

    assert fact is not None
    assert fact.lock_name == ""
    assert seen(t, t.statement((edit,), Way.DIRECT).sql).others.keys() == {"new"}


def test_a_valid_check_spares_the_scan(t: Database) -> None:
    """And one that is not valid does not."""
    enforce = e.SetNullable(table=T, column="a", nullable=False)
    text = ENGINE.spelling.not_null("a")
    guard = replace(CHECK, text=text, uses=("a",), valid=False)
    t.change(e.AddCheck(table=T, check=guard), way=Way.UNVALIDATED)
    assert seen(t, t.statement((enforce,), Way.CHECKED).sql).cost is Cost.SCAN

    t.change(e.ValidateCheck(table=T, check=guard), way=Way.VALIDATE)
    assert seen(t, t.statement((enforce,), Way.CHECKED).sql).cost is Cost.METADATA


@pytest.mark.parametrize("indexed", [True, False])
def test_a_collation_builds_indexes_and_no_rows(t: Database, indexed: bool) -> None:
    """Those over the column; without any the catalog is all there is."""
    if indexed:
        t.run("CREATE INDEX over_it ON t (e)")
    edit = e.SetCollation(table=T, column="e", collation="POSIX", indexed=indexed)
    fact = ENGINE.facts.cost(edit, Way.DIRECT, t.version)

    found = seen(t, t.statement((edit,), Way.DIRECT).sql)

    assert fact is not None
    assert (found.lock, found.cost) == (fact.lock_name, fact.cost)


def test_types_lock_nobody(t: Database) -> None:
    """Neither their tables nor others, and no row is looked at."""
    mood = Enumeration(TableName("public", "mood"), ("sad", "ok"), "mood")
    edits = (
        e.CreateEnumeration(enumeration=mood),
        e.AddLabel(table=mood.name, label="glad", before="ok"),
        e.DropEnumeration(enumeration=replace(mood, labels=("sad", "glad", "ok"))),
    )
    for edit in edits:
        fact = ENGINE.facts.cost(edit, Way.DIRECT, t.version)
        assert fact is not None
        found = seen(t, t.statement((edit,), Way.DIRECT).sql)
        assert (found.lock, found.others, found.cost) == (fact.lock_name, {}, fact.cost)
        t.change(edit)
        if isinstance(edit, e.CreateEnumeration):
            t.run("CREATE TABLE users (mood mood)")
        elif isinstance(edit, e.AddLabel):
            t.run("DROP TABLE users")


def test_to_adopt_an_index_is_catalog_work(t: Database) -> None:
    """No second index is built."""
    t.change(e.AddIndex(table=T, index=UNIQUE_INDEX), way=Way.ONLINE)
    edits = (e.DropIndex(table=T, index=UNIQUE_INDEX), e.AddUnique(table=T, unique=UNIQUE))

    found = seen(t, t.statement(edits, Way.ADOPT).sql)

    assert (found.lock, found.cost) == ("ACCESS EXCLUSIVE", Cost.METADATA)


@pytest.mark.parametrize("edit", [e.AddIndex, e.DropIndex])
def test_an_online_build_waits_for_writers_and_stops_nobody(t: Database, edit: type) -> None:
    """While it waits it holds SHARE UPDATE EXCLUSIVE, and others read and write."""
    if edit is e.DropIndex:
        t.change(e.AddIndex(table=T, index=INDEXES[0]))
    statement = t.statement((edit(table=T, index=INDEXES[0]),), Way.ONLINE)
    with t.pool.connect() as writer, in_autocommit(t.pool.connect()) as builder:
        pid = builder.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        writer.exec_driver_sql("UPDATE t SET a = a")
        thread = threading.Thread(target=builder.exec_driver_sql, args=statement.sql)
        thread.start()
        locks = f"SELECT mode FROM pg_locks WHERE pid = {pid} AND relation = 't'::regclass"
        end = time.monotonic() + 10
        while not (found := t.rows(locks)) and time.monotonic() < end:
            time.sleep(0.02)
        t.run("SET lock_timeout = 100", "SELECT * FROM t", "INSERT INTO t (c) VALUES ('x')")
        writer.rollback()
        thread.join(10)
    assert ("ShareUpdateExclusiveLock",) in found
    assert not thread.is_alive()
