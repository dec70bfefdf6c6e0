"""What an edit says is what the server does: read(live after) == apply(edit, read(live before))."""

from collections.abc import Callable

import pytest

from falsework.engines.sqlite import DRIVER
from falsework.model.edits import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddIndex,
    AddUnique,
    CreateTable,
    DropCheck,
    DropColumn,
    DropForeignKey,
    DropIndex,
    DropTable,
    DropUnique,
    Edit,
    SetCollation,
    SetDefault,
    SetExpression,
    SetNullable,
    SetType,
)
from falsework.model.engine import Way
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Column,
    Default,
    DefaultKind,
    ForeignKey,
    Index,
    PrimaryKey,
    Schema,
    SqlType,
    Table,
    TableName,
    UniqueConstraint,
)
from tests.engines.sqlite.conftest import File

T = TableName("main", "t")
P = TableName("main", "p")
INT = SqlType("integer")
TEXT = SqlType("varchar", (20,))
STABLE = DefaultKind.STABLE
CONSTANT = DefaultKind.CONSTANT

BEFORE = (
    "CREATE TABLE p (id INTEGER NOT NULL, code VARCHAR(5) NOT NULL UNIQUE, PRIMARY KEY (id))",
    """CREATE TABLE t (
        id INTEGER NOT NULL, name VARCHAR(20) NOT NULL, a INTEGER DEFAULT 5, b TEXT, p_id INTEGER,
        old VARCHAR(9), CONSTRAINT pk_t PRIMARY KEY (id), CONSTRAINT uq_t_name UNIQUE (name),
        CONSTRAINT fk_t_p FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE CASCADE,
        CONSTRAINT ck_t_a CHECK (a > 0), CHECK (b <> 'x'))""",
    "CREATE INDEX ix_t_a ON t (a)",
    "CREATE UNIQUE INDEX ix_t_b ON t (lower(b), a DESC) WHERE a > 1",
    "CREATE VIEW v AS SELECT id, name FROM t",
    """CREATE TRIGGER tr AFTER UPDATE OF name ON t
       BEGIN UPDATE t SET b = NEW.name WHERE id = NEW.id; END""",
    "INSERT INTO p VALUES (1, 'one'), (2, 'two')",
    "INSERT INTO t (id, name, a, b, p_id) VALUES (1, 'x', 1, 'q', 1), (3, 'y', 2, NULL, 2)",
)


def t(schema: Schema) -> Table:
    found = schema.table(T)
    assert found is not None
    return found


EDITS: dict[str, Callable[[Table], tuple[Edit, ...]]] = {
    "create": lambda _: (
        CreateTable(
            definition=Table(
                TableName("main", "n"),
                (
                    Column("id", INT, nullable=False, autoincrement=True),
                    Column("x", TEXT, default=Default("'it''s'", CONSTANT)),
                    Column("p", INT),
                ),
                PrimaryKey(("id",), "pk_n"),
                uniques=(UniqueConstraint("uq_n", ("x", "p")),),
                foreign_keys=(ForeignKey(None, ("p",), P, ("id",), Action.SET_NULL),),
                indexes=(Index("ix_n", ("x DESC", "p"), uses=("p", "x")),),
            )
        ),
    ),
    "create with a key of its own": lambda _: (
        CreateTable(
            definition=Table(
                TableName("main", "n"),
                (Column("a", TEXT, nullable=False), Column("b", INT, nullable=False)),
                PrimaryKey(("b", "a")),
                options=("WITHOUT ROWID",),
            )
        ),
    ),
    "drop table": lambda _: (DropTable(table=T),),
    "add column": lambda _: (AddColumn(table=T, column=Column("n", TEXT)),),
    "add column with default": lambda _: (
        AddColumn(table=T, column=Column("n", INT, nullable=False, default=Default("7", CONSTANT))),
    ),
    "add column with clock": lambda _: (
        AddColumn(
            table=T,
            column=Column(
                "n",
                SqlType("datetime"),
                nullable=False,
                default=Default("current_timestamp", STABLE),
            ),
        ),
    ),
    "add stored column": lambda _: (
        AddColumn(table=T, column=Column("n", INT, generated="a * 2", stored=True)),
    ),
    "add virtual column": lambda _: (
        AddColumn(table=T, column=Column("n", INT, generated="a * 2")),
    ),
    "compute otherwise": lambda _: (
        AddColumn(table=T, column=Column("n", INT, generated="a * 2")),
        SetExpression(table=T, column="n", expression="a * 3"),
    ),
    "collation": lambda _: (SetCollation(table=T, column="old", collation="NOCASE"),),
    "drop column": lambda _: (DropColumn(table=T, column="old"),),
    "set not null": lambda _: (SetNullable(table=T, column="a", nullable=False),),
    "drop not null": lambda _: (SetNullable(table=T, column="name", nullable=True),),
    "set default": lambda _: (SetDefault(table=T, column="b", default=Default("'q'", CONSTANT)),),
    "drop default": lambda _: (SetDefault(table=T, column="a", default=None),),
    "longer": lambda _: (SetType(table=T, column="name", type=SqlType("varchar", (99,))),),
    "to text": lambda _: (SetType(table=T, column="p_id", type=SqlType("bigint")),),
    "add index": lambda _: (AddIndex(table=T, index=Index("ix", ("p_id",), uses=("p_id",))),),
    "add unique index": lambda _: (
        AddIndex(table=T, index=Index("ix", ("p_id", "a DESC"), True, uses=("a", "p_id"))),
    ),
    "drop index": lambda t: (DropIndex(table=T, index=t.indexes[0]),),
    "add unique": lambda _: (AddUnique(table=T, unique=UniqueConstraint("uq", ("p_id", "a"))),),
    "add nameless unique": lambda _: (
        AddUnique(table=T, unique=UniqueConstraint(None, ("p_id",))),
    ),
    "drop unique": lambda t: (DropUnique(table=T, unique=t.uniques[0]),),
    "add foreign key": lambda _: (
        AddForeignKey(
            table=T,
            foreign_key=ForeignKey(
                "fk2", ("old",), P, ("code",), deferrable="DEFERRABLE INITIALLY DEFERRED"
            ),
        ),
    ),
    "drop foreign key": lambda t: (DropForeignKey(table=T, foreign_key=t.foreign_keys[0]),),
    "add check": lambda _: (
        AddCheck(table=T, check=CheckConstraint("ck", "length(name) < 50", ("name",))),
    ),
    "drop check": lambda t: (DropCheck(table=T, check=t.checks[1]),),
    "drop nameless check": lambda t: (DropCheck(table=T, check=t.checks[0]),),
    "many": lambda t: (
        DropIndex(table=T, index=t.indexes[0]),
        AddUnique(table=T, unique=UniqueConstraint("uq_a", ("a",))),
        AddColumn(table=T, column=Column("n", TEXT)),
        SetNullable(table=T, column="a", nullable=False),
        DropColumn(table=T, column="old"),
        AddCheck(table=T, check=CheckConstraint("ck", "n <> ''", ("n",))),
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_effect(file: File, name: str) -> None:
    """Each edit, and several at once: read back as said, rows and everything else kept."""
    file.run(*BEFORE)
    before = t(file.read())
    edits = EDITS[name](before)
    rows = file.rows("SELECT id, name FROM t ORDER BY id")
    if isinstance(edits[0], DropTable):
        file.run("DROP VIEW v")

    file.change(*edits)

    fact = DRIVER.engine.facts.cost(edits[0], Way.DIRECT, file.version)
    assert fact is not None
    if not isinstance(edits[0], DropTable):
        assert file.rows("SELECT id, name FROM v ORDER BY id") == rows
        file.run("UPDATE t SET name = 'z' WHERE id = 1")
        assert file.rows("SELECT b FROM t WHERE id = 1") == [("z",)]
