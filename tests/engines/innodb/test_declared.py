"""What models say is what the driver reads after ``create_all``: no false differences."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql as m
from sqlalchemy.types import TypeEngine

from falsework.demo import release_a, release_b
from falsework.engines.declared import declared
from falsework.errors import ConfigError
from falsework.model.schema import TableName
from tests.engines.innodb.conftest import Database
from tests.engines.test_declared import COMMON, DEFAULTS, NAMING, column, constrained

TYPES: dict[str, TypeEngine[Any]] = {
    "tiny": m.TINYINT(),
    "flag": m.TINYINT(display_width=1),
    "small_number": m.TINYINT(unsigned=True),
    "medium": m.MEDIUMINT(),
    "width": m.INTEGER(display_width=11),
    "large": m.BIGINT(unsigned=True),
    "filled": m.INTEGER(display_width=5, zerofill=True),
    "price": m.DECIMAL(12, 4, unsigned=True),
    "double": m.DOUBLE(10, 2),
    "float": m.FLOAT(7, 3),
    "bits": m.BIT(8),
    "moment": m.DATETIME(fsp=6),
    "stamp": m.TIMESTAMP(fsp=3),
    "clock": m.TIME(fsp=2),
    "year": m.YEAR(),
    "text": m.TEXT(100),
    "long_text": sa.Text(70_000),
    "medium_text": m.MEDIUMTEXT(),
    "largest_text": m.LONGTEXT(),
    "smallest_text": m.TINYTEXT(),
    "latin": m.VARCHAR(20, charset="latin1"),
    "said": m.VARCHAR(20, charset="utf8mb4"),
    "bytewise": m.VARCHAR(20, collation="utf8mb4_bin"),
    "both": m.CHAR(4, charset="ascii", collation="ascii_bin"),
    "national": m.NVARCHAR(10),
    "enum": m.ENUM("a", "b", "it's"),
    "labels": sa.Enum("p", "q", name="labels"),
    "set": m.SET("x", "y"),
    "blob": m.MEDIUMBLOB(),
    "sized_blob": sa.LargeBinary(100_000),
    "binary": sa.BINARY(16),
    "bytes": sa.VARBINARY(20),
    "document": m.JSON(),
}


@pytest.mark.parametrize("nullable", [True, False], ids=["nullable", "not null"])
def test_types(db: Database, nullable: bool) -> None:
    """SQLAlchemy's own, those of the dialect, in tables of several character sets."""
    metadata = sa.MetaData()
    common = {n: t for n, t in COMMON.items() if n != "string_without_length"}
    for name, types in (("common", common), ("own", TYPES)):
        columns = [column(n, t, nullable=nullable) for n, t in types.items()]
        sa.Table(name, metadata, column("id", sa.Integer, primary_key=True), *columns)
    sets: dict[str, dict[str, Any]] = {
        "latin": {"mysql_charset": "latin1", "mariadb_charset": "latin1"},
        "wide": {"mysql_default_charset": "utf8mb4", "mariadb_default_charset": "utf8mb4"},
        "bytewise": {"mysql_collate": "utf8mb3_bin", "mariadb_collate": "utf8mb3_bin"},
        "engine": {"mysql_engine": "InnoDB", "mariadb_engine": "InnoDB"},
        "rows": {"mysql_row_format": "COMPRESSED", "mariadb_row_format": "COMPRESSED"},
    }
    for name, options in sets.items():
        sa.Table(
            name,
            metadata,
            column("id", sa.Integer, primary_key=True),
            column("s", sa.String(10)),
            column("t", sa.Text(100)),
            column("u", m.VARCHAR(10, charset="utf8mb3")),
            column("v", m.VARCHAR(10, collation="utf8mb4_bin")),
            **options,
        )
    assert not db.hold(metadata).unsupported


def test_options_are_named_only_where_they_are_unusual(db: Database) -> None:
    """So that a table by hand and one of the models read alike."""
    metadata = sa.MetaData()
    usual: dict[str, Any] = {"mysql_engine": "InnoDB", "mariadb_engine": "InnoDB"}
    sa.Table("plain", metadata, column("id", sa.Integer, primary_key=True), **usual)
    latin: dict[str, Any] = {"mysql_charset": "latin1", "mariadb_charset": "latin1"}
    sa.Table("latin", metadata, column("id", sa.Integer, primary_key=True), **latin)
    said = db.hold(metadata).schema

    found = {t.name.name: t.options for t in said.tables}
    assert found == {"plain": (), "latin": ("CHARSET=latin1", "COLLATE=latin1_swedish_ci")}


def test_what_models_leave_unsaid_stays_as_it_is(db: Database) -> None:
    """A table that was made in another character set is no difference."""
    db.run("CREATE TABLE t (id int PRIMARY KEY, s varchar(20)) CHARSET latin1")
    metadata = sa.MetaData()
    sa.Table(
        "t",
        metadata,
        column("id", sa.Integer, primary_key=True, autoincrement=False),
        column("s", sa.String(20)),
    )

    assert db.declare(metadata, live=True).schema == db.read()
    assert db.declare(metadata).schema != db.read()


def test_defaults(db: Database) -> None:
    """Literals, functions and expressions, as text and as SQLAlchemy's."""
    given: dict[str, tuple[TypeEngine[Any], object]] = {
        **{n: d for n, d in DEFAULTS.items() if n not in ("boolean_as_text", "current_date")},
        "text": (sa.Text(), sa.text("('x')")),
        "braces": (sa.Text(), sa.text("('{}')")),
        "today": (sa.Date(), sa.text("(current_date())")),
        "updated": (sa.DateTime(), sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")),
        "exact": (m.DATETIME(fsp=6), sa.text("CURRENT_TIMESTAMP(6)")),
        "random": (sa.Float(), sa.text("(rand())")),
        "bits": (m.BIT(3), sa.text("b'101'")),
        "binary": (sa.BINARY(3), sa.text("'abc'")),
        "day": (sa.Date(), "2014-01-01"),
        "fraction": (m.DATETIME(fsp=3), "2014-01-01 10:00:00"),
        "backslash": (sa.String(30), "a\\b"),
        "document": (sa.JSON(), sa.text("(json_array(1, 'é'))")),
        "enum": (sa.Enum("a", "b", name="enum"), "a"),
        "letters": (sa.String(30), "é"),
        "joined": (sa.String(30), sa.text("(concat('é', 'x'))")),
    }
    metadata = sa.MetaData()
    columns = [column(n, t, server_default=d) for n, (t, d) in given.items()]
    sa.Table("defaults", metadata, column("id", sa.Integer, primary_key=True), *columns)
    db.hold(metadata)

    updated = db.table("defaults").column("updated")
    assert updated is not None
    assert updated.attributes == ("ON UPDATE current_timestamp()",)


@pytest.mark.parametrize("naming", [None, NAMING], ids=["unnamed", "by convention"])
def test_constraints_and_indexes(db: Database, naming: dict[str, str] | None) -> None:
    """Foreign keys bring indexes along where they find none; unique indexes are constraints."""
    metadata = sa.MetaData(naming_convention=naming)
    constrained(metadata)
    said = db.hold(metadata)
    assert not said.unsupported

    child = said.schema.table(TableName(db.name, "child"))
    assert child is not None
    assert {i.columns for i in child.indexes} == {
        ("parent_id",),
        ("code",),
        ("self_id",),
        ("x", "y"),
    }


def test_an_index_that_serves_a_foreign_key(db: Database) -> None:
    """The server makes none of its own then, whichever comes first."""
    metadata = sa.MetaData()
    sa.Table("p", metadata, column("id", sa.Integer, primary_key=True))
    sa.Table(
        "c",
        metadata,
        column("id", sa.Integer, primary_key=True),
        column("a", sa.ForeignKey("p.id", name="fa"), index=True),
        column("b", sa.ForeignKey("p.id", name="fb")),
        column("c", sa.ForeignKey("p.id"), unique=True),
        column("d", sa.ForeignKey("p.id")),
        sa.Index("ix_b", "b", "a"),
    )
    said = db.hold(metadata)

    table = said.schema.table(TableName(db.name, "c"))
    assert table is not None
    assert sorted(i.name for i in table.indexes) == ["d", "ix_b", "ix_c_a"]


def test_an_index_in_descending_order_that_serves_a_foreign_key(db: Database) -> None:
    """One server makes its own beside it, the other does not."""
    metadata = sa.MetaData()
    sa.Table("p", metadata, column("id", sa.Integer, primary_key=True))
    table = sa.Table(
        "c",
        metadata,
        column("id", sa.Integer, primary_key=True),
        column("a", sa.ForeignKey("p.id", name="fa")),
        column("b", sa.ForeignKey("p.id", name="fb")),
    )
    sa.Index("ix_a", table.c.a.desc(), table.c.b)
    sa.Index("ix_b", table.c.b, table.c.a.desc())
    said = db.hold(metadata)

    found = said.schema.table(TableName(db.name, "c"))
    assert found is not None
    expected = {"mysql": ["fa", "ix_a", "ix_b"], "mariadb": ["ix_a", "ix_b"]}
    assert sorted(i.name for i in found.indexes) == expected[db.engine]


def test_an_index_for_a_foreign_key_under_another_name(db: Database) -> None:
    """It stays: whatever it is called, the key has its index."""
    db.run(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (id int PRIMARY KEY, a int, KEY by_hand (a), "
        "CONSTRAINT fa FOREIGN KEY (a) REFERENCES p (id))",
    )
    metadata = sa.MetaData()
    sa.Table("p", metadata, column("id", sa.Integer, primary_key=True, autoincrement=False))
    sa.Table(
        "c",
        metadata,
        column("id", sa.Integer, primary_key=True, autoincrement=False),
        column("a", sa.ForeignKey("p.id", name="fa")),
    )

    assert db.declare(metadata, live=True).schema == db.read()


def test_checks(db: Database) -> None:
    """Comparisons, lists, patterns, truths, and those of Boolean and Enum."""
    a, s = sa.column("a", sa.Integer), sa.column("s", sa.String)
    texts: dict[str, Any] = {
        "text": sa.text("a >= 0 AND a <= 100"),
        "between": a.between(1, 5),
        "listed": s.in_(["x", "y"]),
        "pattern": s.like("a%"),
        "modulo": a % 2 == 0,
        "either": sa.or_(a > 1, s == "b"),
        "quoted": s != "it's",
        "lower": sa.func.lower(s) == s,
        "not_flag": sa.text("not flag"),
        "both": sa.text("not (a = 1 or s like 'b%' and flag)"),
        "letters": sa.and_(s != "é", sa.column("é", sa.Integer) > 1),
        "truth": sa.text("flag is true or a is not null"),
    }
    metadata = sa.MetaData(naming_convention=NAMING)
    sa.Table(
        "checked",
        metadata,
        column("id", sa.Integer, primary_key=True),
        column("a", sa.Integer),
        column("s", sa.String(20)),
        column("é", sa.Integer),
        column("flag", sa.Boolean(create_constraint=True, name="flag")),
        column("kind", sa.Enum("x", "y", native_enum=False, create_constraint=True, name="kind")),
        *(sa.CheckConstraint(t, name=n) for n, t in texts.items()),
    )
    db.hold(metadata)


def test_checks_without_names(db: Database) -> None:
    """Numbered by table on one server, by schema on the other; inside a column, by neither."""
    metadata = sa.MetaData()
    for name in ("one", "two"):
        sa.Table(
            name,
            metadata,
            column("id", sa.Integer, primary_key=True),
            column("a", sa.Integer, sa.CheckConstraint("a <> 13")),
            sa.CheckConstraint("a > 1"),
            sa.CheckConstraint("a > 2"),
        )
    db.hold(metadata)


def test_indexes(db: Database) -> None:
    """Descending, over prefixes, for texts, and by what is asked for in vain."""
    metadata = sa.MetaData()
    table = sa.Table(
        "indexed",
        metadata,
        column("id", sa.Integer, primary_key=True),
        column("a", sa.Integer),
        column("b", sa.String(20)),
        column("c", sa.Text),
    )
    dialect = db.target.pool.dialect.name

    def option(name: str, value: object) -> dict[str, Any]:
        return {f"{dialect}_{name}": value}

    sa.Index("ix_desc", table.c.a.desc(), table.c.b)
    sa.Index("ix_prefix", table.c.b, **option("length", 5))
    sa.Index("ix_prefixes", table.c.a, table.c.c, **option("length", {"c": 7}))
    sa.Index("ix_unique_prefix", table.c.b, unique=True, **option("length", 4))
    sa.Index("ix_text", table.c.c, **option("prefix", "FULLTEXT"))
    sa.Index("ix_hash", table.c.a, **option("using", "hash"))
    if db.engine == "mysql":
        sa.Index("ix_expression", sa.func.lower(table.c.b))
        sa.Index("ix_mixed", table.c.a, sa.text("(lower(b)) DESC"))
    assert not db.hold(metadata).unsupported


def test_computed_columns(db: Database) -> None:
    """Stored and not, over names and texts of other alphabets."""
    metadata = sa.MetaData()
    sa.Table(
        "computed",
        metadata,
        column("id", sa.Integer, primary_key=True),
        column("a", sa.Integer),
        column("é", sa.String(10)),
        column("b", sa.Integer, sa.Computed("a + 1")),
        column("c", sa.Integer, sa.Computed("a * 2", persisted=True)),
        column("d", sa.String(30), sa.Computed("concat(`é`, 'é')")),
    )
    db.hold(metadata)


@pytest.mark.parametrize("release", [release_a, release_b])
def test_the_sample_application(db: Database, release: Any) -> None:  # noqa: ANN401 - a module
    """Both releases of the demo."""
    assert not db.hold(release.metadata).unsupported


@pytest.mark.parametrize("place", ["table", "column", "index", "check"])
def test_names_that_no_server_here_has(db: Database, place: str) -> None:
    """Beyond the first plane: said while the models are read, before anything is planned."""
    names = dict.fromkeys(("table", "column", "index", "check"), "plain") | {place: "🚀"}
    metadata = sa.MetaData()
    sa.Table(
        names["table"],
        metadata,
        column("id", sa.Integer, primary_key=True),
        column(names["column"], sa.Integer),
        sa.Index(names["index"], names["column"]),
        sa.CheckConstraint("id > 0", name=names["check"]),
    )
    with db.target.pool.connect() as connection, pytest.raises(ConfigError, match="🚀"):
        declared(metadata, db.target.driver, connection.dialect, db.name)
