"""What a statement does is what its edit says; what would do otherwise is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import get_args

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError

from falsework.engines.innodb.errors import number
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.upgrade import Upgrade
from falsework.migrate import chunks
from falsework.model import edits as e
from falsework.model.edits_of_objects import OfObject
from falsework.model.engine import Cost, Way
from falsework.model.excluding import OfExclusion
from falsework.model.intent import ColumnIntent, Declared, TableIntent
from falsework.model.objects import Counting
from falsework.model.plan import Backfill, Statement
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Column,
    Default,
    DefaultKind,
    ForeignKey,
    Index,
    PrimaryKey,
    Sequence,
    Table,
    TableName,
    UniqueConstraint,
)
from tests.engines.innodb.conftest import BARE, Database
from tests.engines.innodb.samples import ALL, COPIES, EDITS, SETUP, Make, column, type_of

SAYS_HOW = re.compile(r", ALGORITHM=(INSTANT|NOCOPY|INPLACE|COPY)(, LOCK=(NONE|SHARED))?$")


@pytest.fixture
def t(db: Database) -> Database:
    db.run(*SETUP)
    return db


def test_each_kind_of_edit_has_a_sample() -> None:
    """Validation aside, which no catalog here could show, types and exclusions: there are none."""
    missing: set[type] = {e.ValidateForeignKey, e.ValidateCheck}
    missing |= {*get_args(OfObject), *get_args(OfExclusion), e.SetIdentity, e.SetCounter}
    assert {type(make("s")) for make in ALL.values()} == set(get_args(e.Edit)) - missing


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_a_statement_has_exactly_its_effect(t: Database, make: Make) -> None:
    """By a single statement, which says how it is to be done, and under the lock of its fact."""
    edit = make(t.name)
    server = t.target.server
    fact = server.cost(edit)
    assert fact is not None
    assert {way for way in Way if server.cost(edit, way)} == {Way.DIRECT}

    statement = t.change(edit)
    (sql,) = statement.sql
    assert not statement.transaction
    if isinstance(edit, e.CreateTable | e.DropTable):
        return
    assert SAYS_HOW.search(sql)
    if not isinstance(edit, e.SetType):  # which depends on both types
        assert ("LOCK=SHARED" in sql) is not fact.online
        assert ("ALGORITHM=COPY" in sql) <= (fact.cost is Cost.REWRITE)


TOGETHER: dict[str, tuple[str, ...]] = {
    "a column twice": ("not null", "wider by a copy"),
    "columns and checks": ("wider by a copy", "add stored", "add check"),
    "not null twice": ("not null", "not null of another"),
}


def together(schema: str, what: str) -> tuple[e.Edit, ...]:
    t = TableName(schema, "t")
    made: dict[str, e.Edit] = {
        "not null": e.SetNullable(table=t, column="a", nullable=False),
        "not null of another": e.SetNullable(table=t, column="c", nullable=False),
        "wider by a copy": e.SetType(table=t, column="a", type=type_of("decimal(30,0)")),
        "add stored": e.AddColumn(
            table=t, column=column("z", "int", generated="n + 1", stored=True)
        ),
        "add check": e.AddCheck(table=t, check=CheckConstraint("ck_z", "z > n", ("n", "z"))),
    }
    return tuple(made[name] for name in TOGETHER[what])


@pytest.mark.parametrize("what", TOGETHER)
def test_one_table_written_once_for_several(t: Database, what: str) -> None:
    """One statement, one algorithm, each column named once, and all of the effects."""
    t.run("UPDATE t SET a = 1, c = 'x'")
    (sql,) = t.change(*together(t.name, what)).sql

    assert sql.count("ALTER TABLE") == sql.count("ALGORITHM=") == 1
    assert sql.count("MODIFY COLUMN `a`") == 1
    assert SAYS_HOW.search(sql)


SWAPS: dict[str, Callable[[str], tuple[e.Edit, e.Edit]]] = {
    "foreign key": lambda s: (
        e.DropForeignKey(
            table=TableName(s, "imp"),
            foreign_key=ForeignKey("fki", ("pid",), TableName(s, "pa"), ("id",)),
        ),
        e.AddForeignKey(
            table=TableName(s, "imp"),
            foreign_key=ForeignKey(
                "fw_fki", ("pid",), TableName(s, "pa"), ("id",), Action.CASCADE, Action.SET_NULL
            ),
        ),
    ),
    "index": lambda s: (
        e.DropIndex(table=TableName(s, "t"), index=Index("kb", ("b",), uses=("b",))),
        e.AddIndex(table=TableName(s, "t"), index=Index("kb", ("b DESC", "a"), uses=("a", "b"))),
    ),
    "unique": lambda s: (
        e.DropUnique(table=TableName(s, "pa"), unique=UniqueConstraint("uq", ("code",))),
        e.AddUnique(table=TableName(s, "pa"), unique=UniqueConstraint("uq", ("n", "code"))),
    ),
    "index that a foreign key needs": lambda s: (
        e.DropIndex(table=TableName(s, "imp"), index=Index("fki", ("pid",), uses=("pid",))),
        e.AddIndex(table=TableName(s, "imp"), index=Index("fki", ("pid", "q"), uses=("pid", "q"))),
    ),
    "check": lambda s: (
        e.DropCheck(table=TableName(s, "t"), check=CheckConstraint("ck1", "a > 0", ("a",))),
        e.AddCheck(
            table=TableName(s, "t"), check=CheckConstraint("ck1", "a > 1 or n > 0", ("a", "n"))
        ),
    ),
}


@pytest.mark.parametrize("make", SWAPS.values(), ids=SWAPS)
def test_one_takes_the_place_of_another(
    t: Database, make: Callable[[str], tuple[e.Edit, e.Edit]]
) -> None:
    """In one statement that says how it is done, under the same name where that is free at once."""
    (sql,) = t.change(*make(t.name)).sql

    assert SAYS_HOW.search(sql)


def test_a_foreign_keys_name_is_not_free_at_once(t: Database) -> None:
    """The statement that drops it cannot give it away (1826): the planner takes two for that."""
    drop, add = SWAPS["foreign key"](t.name)
    assert isinstance(add, e.AddForeignKey)
    same = replace(add, foreign_key=replace(add.foreign_key, name="fki"))
    statement = t.statement(drop, same)
    with t.session() as connection:
        connection.exec_driver_sql(statement.setup[0])
        with pytest.raises(DBAPIError) as refused:
            connection.exec_driver_sql(statement.sql[0], execution_options=BARE)

    assert number(refused.value) == 1826
    assert not t.target.server.engine.renews_foreign_keys


def test_what_has_a_statement_of_its_own(t: Database) -> None:
    """Nothing that is done without a copy waits for one, and no statement is for two tables."""
    wide, nulls = together(t.name, "a column twice")[::-1]
    with pytest.raises(ValueError, match="statement of its own"):
        t.statement(wide, e.DropColumn(table=t.at("t"), column="c"))
    with pytest.raises(ValueError, match="for one table"):
        t.statement(wide, e.SetNullable(table=t.at("imp"), column="pid", nullable=False))
    stored = together(t.name, "columns and checks")[1]
    with pytest.raises(ValueError, match="added and changed at once"):
        t.statement(stored, e.SetType(table=t.at("t"), column="z", type=type_of("bigint")))
    assert len(t.statement(wide, nulls).sql) == 1


def test_a_table_with_everything_in_one_statement(t: Database) -> None:
    """Indexes, keys and checks: there is no transaction around several."""
    statement = t.change(EDITS["create"](t.name))
    assert len(statement.sql) == 1
    t.change(e.DropTable(table=t.at("new")))


def test_columns_go_again(t: Database) -> None:
    """As they came."""
    for name in ("add nullable", "add with default", "add document", "add updated", "add virtual"):
        t.change(EDITS[name](t.name))
        t.change(e.DropColumn(table=t.at("t"), column="z"))


def test_columns_are_computed_otherwise(t: Database) -> None:
    """In their places; what is kept in the row is computed anew."""
    t.run("ALTER TABLE t ADD st int GENERATED ALWAYS AS (w * 2) STORED", "UPDATE t SET w = 3")
    for name, stored in (("g", False), ("st", True)):
        edit = e.SetExpression(table=t.at("t"), column=name, expression="w + 5", stored=stored)
        t.change(edit)
    assert t.rows("SELECT DISTINCT g, st FROM t") == [(8, 8)]

    t.run("CREATE INDEX over_it ON t (g)")
    with pytest.raises(ValueError, match="index over_it"):
        t.statement(e.SetExpression(table=t.at("t"), column="g", expression="w + 9"))


def test_a_column_starts_and_stops_to_count(t: Database) -> None:
    """From its greatest value on; nothing else of the table counts, and a key leads to it."""
    t.change(e.SetCounter(table=t.at("imp"), column="id", counts=True))
    t.run("INSERT INTO imp (pid) VALUES (1)")
    assert t.rows("SELECT max(id) FROM imp") == [(2,)]
    t.change(e.SetCounter(table=t.at("imp"), column="id", counts=False))
    with pytest.raises(ValueError, match="leads no key"):
        t.statement(e.SetCounter(table=t.at("imp"), column="q", counts=True))
    with pytest.raises(ValueError, match="one counter"):
        t.statement(e.SetCounter(table=t.at("t"), column="pid", counts=True))


def test_an_index_is_sorted_by_another_collation(t: Database) -> None:
    """By a copy on one server; another character set's collation is none."""
    edit = e.SetCollation(table=t.at("t"), column="b", collation="utf8mb4_bin", indexed=True)
    t.change(edit)
    with pytest.raises(ValueError, match="no collation of utf8mb4"):
        t.statement(replace(edit, collation="latin1_bin"))


def test_sequences(t: Database) -> None:
    """Made, changed from where they are, and dropped, where there are such things."""
    made = Sequence(t.at("numbers"), Counting(start=5, increment=5, cache=0))
    if t.target.server.engine.name == "mysql":
        with pytest.raises(ValueError, match="has no way"):
            t.statement(e.CreateSequence(sequence=made))
        return
    t.change(e.CreateSequence(sequence=made))
    assert t.rows("SELECT nextval(numbers)") == [(5,)]
    for counting in (
        Counting(start=5, increment=10, maximum=100, cycle=True, cache=3),
        Counting(start=9, increment=-1, minimum=-9, maximum=9000),
        Counting(),
    ):
        t.change(e.SetSequence(sequence=Sequence(made.name, counting)))
    t.change(e.DropSequence(sequence=Sequence(made.name)))


def test_a_nullable_column_without_default_can_be_left_out(t: Database) -> None:
    """DROP DEFAULT would make every INSERT name it (1364)."""
    t.change(EDITS["drop default of nullable"](t.name))
    t.run("INSERT INTO t (a) VALUES (1)")
    assert t.rows("SELECT b FROM t WHERE pid IS NULL") == [(None,)]


def test_an_index_of_the_servers_own_stays(t: Database) -> None:
    """It would go without a word when another one can serve the foreign key."""
    t.change(EDITS["add index beside a key's"](t.name))
    own = Index("fki", ("pid",), uses=("pid",))
    assert own in t.table("imp").indexes

    t.change(e.DropIndex(table=t.at("imp"), index=own))


def test_a_foreign_key_is_checked_after_it_is_there(t: Database) -> None:
    """It is added in no time; whoever breaks it already is found by a query."""
    t.run("INSERT INTO t (a, pid) VALUES (1, 77)")
    statement = t.statement(EDITS["add key"](t.name))
    with t.session() as connection:
        for sql in (*statement.setup, *statement.sql, *statement.teardown):
            connection.exec_driver_sql(sql)
        (query,) = statement.must_be_empty
        assert connection.exec_driver_sql(query).first() is not None
        with pytest.raises(DBAPIError) as refused:
            connection.exec_driver_sql("INSERT INTO t (a, pid) VALUES (1, 78)")
        assert number(refused.value) == 1452
        connection.exec_driver_sql("DELETE FROM t WHERE pid = 77")
        assert connection.exec_driver_sql(query).first() is None


def test_not_null_is_strict(t: Database) -> None:
    """NULLs are an error and no zeros, whatever the server's own mode."""
    t.run("INSERT INTO t (a) VALUES (NULL)")
    statement = t.statement(EDITS["not null"](t.name))
    with t.session() as connection, pytest.raises(DBAPIError) as refused:
        connection.exec_driver_sql(statement.sql[0], execution_options=BARE)
    assert number(refused.value) in (1138, 1265)
    assert t.rows("SELECT count(*) FROM t WHERE a IS NULL") == [(1,)]


REFUSED: dict[str, tuple[Make, str]] = {
    "no value": (
        lambda s: e.AddColumn(table=TableName(s, "t"), column=column("z", "int", nullable=False)),
        "no value",
    ),
    "counter": (
        lambda s: e.AddColumn(
            table=TableName(s, "t"), column=Column("z", type_of("int"), autoincrement=True)
        ),
        "no way",
    ),
    "key column": (lambda s: e.DropColumn(table=TableName(s, "t"), column="id"), "primary key"),
    "used column": (lambda s: e.DropColumn(table=TableName(s, "t"), column="b"), "is used by"),
    "needed index": (
        lambda s: e.DropIndex(
            table=TableName(s, "imp"), index=Index("fki", ("pid",), uses=("pid",))
        ),
        "needs the index",
    ),
    "type in a key": (
        lambda s: e.SetType(table=TableName(s, "imp"), column="pid", type=type_of("bigint")),
        "in the foreign key",
    ),
    "type of a parent": (
        lambda s: e.SetType(table=TableName(s, "pa"), column="id", type=type_of("bigint")),
        "refers to it",
    ),
    "precision of a moment": (
        lambda s: e.SetType(table=TableName(s, "t"), column="ts", type=type_of("timestamp(6)")),
        "change only together",
    ),
    "no parent": (lambda s: _foreign(s, "nowhere", "id", "pid"), "no table"),
    "no unique parent": (lambda s: _foreign(s, "pa", "n", "pid"), "unique"),
    "no index": (lambda s: _foreign(s, "pa", "id", "n"), "needs an index"),
    "other type": (lambda s: _foreign(s, "pa", "id", "code"), "is int"),
    "not valid": (
        lambda s: e.AddForeignKey(
            table=TableName(s, "t"),
            foreign_key=ForeignKey("f", ("pid",), TableName(s, "pa"), ("id",), valid=False),
        ),
        "valid",
    ),
    "partial": (
        lambda s: e.AddIndex(
            table=TableName(s, "t"), index=Index("i", ("a",), where="a > 1", uses=("a",))
        ),
        "partial",
    ),
    "emoji": (
        lambda s: e.AddUnique(table=TableName(s, "t"), unique=UniqueConstraint("🚀", ("a",))),
        "first plane",
    ),
    "name of an index": (
        lambda s: e.AddUnique(table=TableName(s, "t"), unique=UniqueConstraint("KB", ("a",))),
        "index KB already",
    ),
    "name of a foreign key": (lambda s: _foreign(s, "pa", "id", "pid", name="FKI"), "FKI already"),
    "name of a check": (
        lambda s: e.AddCheck(
            table=TableName(s, "t"), check=CheckConstraint("CK1", "n > 0", ("n",))
        ),
        "check CK1 already",
    ),
    "too long a key": (
        lambda s: e.AddIndex(
            table=TableName(s, "wide"), index=Index("i", ("a", "b"), uses=("a", "b"))
        ),
        "3072 is the most",
    ),
    "whole text": (
        lambda s: e.AddIndex(table=TableName(s, "t"), index=Index("i", ("doc",), uses=("doc",))),
        "a prefix",
    ),
    "set to NULL by a key": (
        lambda s: e.SetNullable(table=TableName(s, "loose"), column="p", nullable=False),
        "sets it NULL",
    ),
    "whole text in a new table": (
        lambda s: e.CreateTable(
            definition=Table(
                TableName(s, "new"),
                (column("d", "text", nullable=False),),
                PrimaryKey(("d",)),
            )
        ),
        "a prefix",
    ),
    "nameless": (
        lambda s: e.DropCheck(
            table=TableName(s, "t"), check=CheckConstraint(None, "a > b", ("a", "b"))
        ),
        "name",
    ),
}


def _foreign(
    schema: str, parent: str, theirs: str, ours: str, *, name: str = "f"
) -> e.AddForeignKey:
    made = ForeignKey(name, (ours,), TableName(schema, parent), (theirs,))
    return e.AddForeignKey(table=TableName(schema, "t"), foreign_key=made)


@pytest.mark.parametrize(("make", "why"), REFUSED.values(), ids=REFUSED)
def test_what_would_do_something_else_is_refused(t: Database, make: Make, why: str) -> None:
    """Before it runs, by name: the server would do it, or refuse it in the middle of a plan."""
    t.run(
        "CREATE TABLE wide (id int PRIMARY KEY, a varchar(500), b varchar(500))",
        "CREATE TABLE loose (id int PRIMARY KEY, p int, "
        "FOREIGN KEY (p) REFERENCES pa (id) ON DELETE SET NULL)",
    )
    with pytest.raises(ValueError, match=why):
        t.statement(make(t.name))


def test_whole_texts_that_are_unique(t: Database) -> None:
    """One product keeps them so by a hash, in a new table; the other says that it cannot."""
    new = Table(
        t.at("new"),
        (column("id", "int", nullable=False), column("d", "text")),
        PrimaryKey(("id",)),
        uniques=(UniqueConstraint("ud", ("d",)),),
    )
    if t.engine == "mysql":
        with pytest.raises(ValueError, match="a prefix"):
            t.statement(e.CreateTable(definition=new))
        return
    t.change(e.CreateTable(definition=new))
    with pytest.raises(ValueError, match="hashes"):
        t.statement(e.AddColumn(table=new.name, column=column("z", "int")))
    t.change(e.DropTable(table=new.name))


def test_the_longest_keys_there_are(t: Database) -> None:
    """What is not refused here, the server takes."""
    t.run("CREATE TABLE wide (id int PRIMARY KEY, a varchar(768), b text, c char(4))")
    for columns in (("a",), ("b(768)",), ("a(700)", "b(60)", "c", "id")):
        name = f"i{len(columns)}{columns[0][0]}"
        t.change(e.AddIndex(table=t.at("wide"), index=Index(name, columns, uses=USES[columns])))


USES = {
    ("a",): ("a",),
    ("b(768)",): ("b",),
    ("a(700)", "b(60)", "c", "id"): ("a", "b", "c", "id"),
}


def test_what_modify_would_lose(t: Database) -> None:
    """A word that is not known, and a character that the catalog does not show."""
    t.run(
        "CREATE TABLE odd (id int PRIMARY KEY, "
        "q varchar(20) DEFAULT '🚀', d varchar(20) DEFAULT '?')"
    )
    for name in ("q", "d"):
        with pytest.raises(ValueError, match="question mark"):
            t.statement(e.SetNullable(table=t.at("odd"), column=name, nullable=False))


def test_other_storage_engines(t: Database) -> None:
    """Only InnoDB changes while it is used."""
    t.run("CREATE TABLE old (id int PRIMARY KEY, a int) ENGINE=MyISAM")
    assert "engine MyISAM" in t.table("old").opaque
    with pytest.raises(ValueError, match="MyISAM"):
        t.statement(e.AddColumn(table=t.at("old"), column=column("z", "int")))


def test_text_indexes_keep_writers_out(t: Database) -> None:
    """To build one, and to add or drop a column beside one."""
    made = Index("ft", ("b",), uses=("b",), method="fulltext")
    add = e.AddIndex(table=t.at("t"), index=made)
    fact = t.target.server.cost(add)
    assert fact is not None
    assert not fact.online
    assert "LOCK=SHARED" in t.change(add).sql[0]
    for edit in (EDITS["add nullable"], EDITS["drop column"]):
        with pytest.raises(ValueError, match="FULLTEXT"):
            t.statement(edit(t.name))


def test_comments_and_other_words_survive(t: Database) -> None:
    """MODIFY says the whole column.

    One product would turn NULLs of a timestamp into the moment: it is not asked to refuse them.
    """
    t.run(
        "CREATE TABLE worded (id int PRIMARY KEY, a varchar(20) CHARACTER SET latin1 "
        "COLLATE latin1_bin NULL DEFAULT 'x' COMMENT 'it''s % \\\\ é', "
        "b timestamp(3) NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3), "
        "c int NULL DEFAULT 7 INVISIBLE COMMENT 'unseen')"
    )
    for name in ("a", "b", "c"):
        for nullable in (False, True):
            edit = e.SetNullable(table=t.at("worded"), column=name, nullable=nullable)
            if (name, t.engine, nullable) == ("b", "mariadb", False):
                with pytest.raises(ValueError, match="the moment"):
                    t.change(edit)
            else:
                t.change(edit)
    found = {c.name: (c.attributes, c.comment) for c in t.table("worded").columns}
    assert found == {
        "id": ((), None),
        "a": ((), "it's % \\ é"),
        "b": (("ON UPDATE current_timestamp(3)",), None),
        "c": (("INVISIBLE",), "unseen"),
    }


def test_what_is_broken_off_leaves_nothing(t: Database) -> None:
    """So there is nothing to repair."""
    engine, before = t.target.server.engine, t.read()
    for make in ALL.values():
        assert engine.spelling.undo_partial((make(t.name),), before) is None


def test_the_server_refuses_what_it_cannot_do_so(t: Database) -> None:
    """The words in the statement are what keeps a wrong fact from becoming a copy."""
    copies = {n: t.statement(make(t.name)) for n, make in COPIES.items()}
    for statement in copies.values():
        with t.session() as connection, pytest.raises(DBAPIError) as refused:
            connection.exec_driver_sql(_in_place(statement), execution_options=BARE)
        assert number(refused.value) in (1845, 1846)
    assert t.read() == t.read()


def _in_place(statement: Statement) -> str:
    sql, _, _ = statement.sql[0].partition(", ALGORITHM=")
    return f"{sql}, ALGORITHM=INPLACE, LOCK=NONE"


def test_a_fill_is_no_change_of_the_applications(t: Database) -> None:
    """Columns with ON UPDATE keep what they hold."""
    t.run("UPDATE t SET ts = '2014-01-01 00:00:00'")
    before = t.read()
    after = before.with_table(
        replace(
            t.table("t"),
            columns=tuple(
                replace(c, nullable=c.nullable and c.name != "c") for c in t.table("t").columns
            ),
        )
    )
    fill = TableIntent(columns=(("c", ColumnIntent(fill=Default("'new'", DefaultKind.CONSTANT))),))
    wanted = Declared(after, ((t.at("t"), fill),))
    upgrade = Upgrade(old=before, new=wanted, server=t.target.server, rows={t.at("t"): 2})
    (work, _) = (s.work for s in make_plan(upgrade, t.name).steps if isinstance(s.work, Backfill))
    assert isinstance(work, Backfill)
    assert work.pinned == ("ts",)
    with t.session() as connection:
        assert connection.execute(chunks.filling(work, None, (10,))).rowcount == 2
    assert {str(row[0]) for row in t.rows("SELECT ts FROM t")} == {"2014-01-01 00:00:00"}
    assert t.rows("SELECT DISTINCT c FROM t") == [("new",)]
