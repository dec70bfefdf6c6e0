"""One edit of every kind, and more than one where kinds differ, over the tables of ``SETUP``."""

from __future__ import annotations

from collections.abc import Callable

from falsework.engines.innodb.reader import READER
from falsework.model import edits as e
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    PrimaryKey,
    SqlType,
    Table,
    TableName,
    UniqueConstraint,
)

SETUP = (
    "CREATE TABLE pa (id int PRIMARY KEY, code varchar(20) NOT NULL, n int, UNIQUE KEY uq (code))",
    (
        "CREATE TABLE t (id bigint PRIMARY KEY AUTO_INCREMENT, a int,"
        " b varchar(50) DEFAULT 'x' COMMENT 'it''s b', c varchar(20), n int NOT NULL DEFAULT 3,"
        " pid int, ts timestamp NULL DEFAULT current_timestamp ON UPDATE current_timestamp,"
        " e enum('a','b'), u varchar(36), big varchar(80), code varchar(20), doc text, f double,"
        " w int, g int GENERATED ALWAYS AS (w + 1) VIRTUAL,"
        " KEY kb (b), KEY kp (pid), KEY kcode (code), CONSTRAINT ck1 CHECK (a > 0))"
    ),
    (
        "CREATE TABLE imp (id int PRIMARY KEY, pid int, q int,"
        " CONSTRAINT fki FOREIGN KEY (pid) REFERENCES pa (id))"
    ),
    "INSERT INTO pa VALUES (1, 'a', 1), (2, 'b', 2)",
    "INSERT INTO t (a, b, pid, code) VALUES (1, 'a', 1, 'a'), (2, 'b', 2, 'b')",
    "INSERT INTO imp VALUES (1, 1, 1)",
)

Make = Callable[[str], e.Edit]  # from the name of the schema


def type_of(text: str) -> SqlType:
    return READER.type(text)


def column(
    name: str,
    type: str,
    *,
    nullable: bool = True,
    default: str | None = None,
    generated: str | None = None,
    stored: bool = False,
    attributes: tuple[str, ...] = (),
    comment: str | None = None,
) -> Column:
    return Column(
        name=name,
        type=type_of(type),
        nullable=nullable,
        default=None if default is None else READER.default(default, type_of(type)),
        generated=generated,
        stored=stored,
        attributes=attributes,
        comment=comment,
    )


def adds(made: Column) -> Make:
    return lambda s: e.AddColumn(table=TableName(s, "t"), column=made)


def sets(name: str, type: str, default: str | None) -> Make:
    made = None if default is None else READER.default(default, type_of(type))
    return lambda s: e.SetDefault(table=TableName(s, "t"), column=name, default=made)


def becomes(name: str, type: str) -> Make:
    return lambda s: e.SetType(table=TableName(s, "t"), column=name, type=type_of(type))


def nullable(name: str, yes: bool) -> Make:
    return lambda s: e.SetNullable(table=TableName(s, "t"), column=name, nullable=yes)


def says(name: str | None, text: str | None) -> Make:
    return lambda s: e.SetComment(table=TableName(s, "t"), column=name, comment=text)


def index(name: str, *columns: str, table: str = "t", **more: object) -> Make:
    made = Index(name, columns, **more)  # type: ignore[arg-type]
    return lambda s: e.AddIndex(table=TableName(s, table), index=made)


def unindex(made: Index, table: str = "t") -> Make:
    return lambda s: e.DropIndex(table=TableName(s, table), index=made)


def unique(*columns: str, table: str = "t") -> Make:
    made = UniqueConstraint("uq_new", columns)
    return lambda s: e.AddUnique(table=TableName(s, table), unique=made)


def key(name: str, child: str, parent: str, action: Action = Action.NO_ACTION) -> Make:
    return lambda s: e.AddForeignKey(
        table=TableName(s, "t"),
        foreign_key=ForeignKey(name, (child,), TableName(s, "pa"), (parent,), on_delete=action),
    )


def check(name: str, text: str, *uses: str) -> Make:
    made = CheckConstraint(name, text, uses)
    return lambda s: e.AddCheck(table=TableName(s, "t"), check=made)


def table(schema: str) -> Table:
    """A table with everything on it."""
    return Table(
        TableName(schema, "new"),
        (
            Column("id", type_of("int"), nullable=False, autoincrement=True),
            column("p", "int", comment="a parent's"),
            column("s", "varchar(20)", nullable=False, default="'it''s'"),
            column("g", "int", generated="p + 1"),
            column("j", "json"),
            Column("l", type_of("varchar(9) charset latin1"), collation="latin1_bin"),
        ),
        PrimaryKey(("id",)),
        uniques=(UniqueConstraint("uq_new", ("p", "s")),),
        foreign_keys=(ForeignKey("fk_new", ("p",), TableName(schema, "pa"), ("id",)),),
        checks=(CheckConstraint("ck_new", "p > 0", ("p",)),),
        indexes=(Index("ix_new", ("s DESC", "id"), uses=("id", "s")),),
        comment="it's % new \\",
    ).sorted()


# Each changes ``SETUP``; what is here is online by the facts of every server, or METADATA.
EDITS: dict[str, Make] = {
    "add nullable": adds(column("z", "int")),
    "add with default": adds(column("z", "varchar(50)", nullable=False, default="'q'")),
    "add with now": adds(column("z", "datetime", default="current_timestamp")),
    "add text": adds(column("z", "text")),
    "add document": adds(column("z", "json")),
    "add with comment": adds(column("z", "int", comment="it's % new \\")),
    "comment": says("pid", "it's % so \\"),
    "comment of updated": says("ts", "one\ntwo"),
    "comment of checked": says("a", "above 0"),
    "other comment": says("b", "another"),
    "no comment": says("b", None),
    "comment of table": says(None, "it's % so \\"),
    "no comment of table": says(None, None),
    "add truth": adds(column("z", "tinyint(1)", nullable=False, default="0")),
    "add virtual": adds(column("z", "int", generated="a + 1")),
    "add updated": adds(
        column(
            "z",
            "datetime(6)",
            default="current_timestamp(6)",
            attributes=("ON UPDATE current_timestamp(6)",),
        )
    ),
    "drop column": lambda s: e.DropColumn(table=TableName(s, "t"), column="c"),
    "set default": sets("c", "varchar(20)", "'it''s \\\\ %'"),
    "set expression": sets("u", "varchar(36)", "(uuid())"),
    "set default of text": sets("doc", "text", "('q')"),
    "set now": sets("ts", "timestamp", "current_timestamp"),
    "drop default": sets("n", "int", None),
    "drop default of nullable": sets("b", "varchar(50)", None),
    "drop default of updated": sets("ts", "timestamp", None),
    "not null": nullable("a", False),
    "not null with comment": nullable("b", False),
    "null": nullable("n", True),
    "widen": becomes("c", "varchar(60)"),
    "widen beyond": becomes("big", "varchar(200)"),
    "compute": lambda s: e.SetExpression(table=TableName(s, "t"), column="g", expression="w + 2"),
    "refresh": lambda s: e.SetRefresh(table=TableName(s, "t"), column="ts", value=None),
    "collation": lambda s: e.SetCollation(
        table=TableName(s, "t"), column="c", collation="utf8mb4_bin"
    ),
    "label": becomes("e", "enum('a','b','c')"),
    "add index": index("i", "a", "b", uses=("a", "b")),
    "add descending": index("i", "a DESC", uses=("a",)),
    "add prefix": index("i", "b(5)", unique=True, uses=("b",)),
    "drop index": unindex(Index("kb", ("b",), uses=("b",))),
    "rename index": lambda s: e.RenameIndex(
        table=TableName(s, "t"), index=Index("kb", ("b",), uses=("b",)), name="k `b`"
    ),
    "add unique": unique("a", "id"),
    "drop unique": lambda s: e.DropUnique(
        table=TableName(s, "pa"), unique=UniqueConstraint("uq", ("code",))
    ),
    "add key": key("fk", "pid", "id"),
    "add cascading key": key("fk", "code", "code", Action.CASCADE),
    "add index beside a key's": index("cov", "pid", "q", table="imp", uses=("pid", "q")),
    "add unique beside a key's": unique("pid", "q", table="imp"),
    "drop check": lambda s: e.DropCheck(
        table=TableName(s, "t"), check=CheckConstraint("ck1", "a > 0", ("a",))
    ),
    "drop key": lambda s: e.DropForeignKey(
        table=TableName(s, "imp"),
        foreign_key=ForeignKey("fki", ("pid",), TableName(s, "pa"), ("id",)),
    ),
    "create": lambda s: e.CreateTable(definition=table(s)),
    "drop": lambda s: e.DropTable(table=TableName(s, "imp")),
}

# These take a copy: with writers out on some servers, beside them on others.
COPIES: dict[str, Make] = {
    "narrow": becomes("c", "varchar(10)"),
    "across a byte": becomes("u", "varchar(100)"),
    "to text": becomes("c", "text"),
    "larger number": becomes("a", "bigint"),
    "label in front": becomes("e", "enum('z','a','b')"),
    "add stored": adds(column("z", "int", generated="a + 1", stored=True)),
    "add check": check("ck2", "n > 0", "n"),
}

ALL = {**EDITS, **COPIES}
