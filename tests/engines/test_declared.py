"""What models say is what the driver reads after ``create_all``: no false differences."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.types import TypeDecorator, TypeEngine

from falsework.demo import release_a, release_b
from falsework.engines.connect import Target, connect
from falsework.engines.declared import declared
from falsework.model.intent import Declared
from falsework.model.schema import Schema, Table
from tests.servers import SERVERS, Server

NAMING = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


ELSEWHERE = pytest.mark.parametrize(
    "server", [n for n in SERVERS if not n.startswith(("mysql", "mariadb"))], indirect=True
)
"""For what tests/engines/innodb has in the words of those servers, which do not take these."""


class Color(enum.Enum):
    """Colors have names and values; the database holds the names."""

    red = "r"
    green = "g"


class Lower(TypeDecorator[str]):
    """A type of the application's own."""

    impl = sa.String(40)
    cache_ok = True


COMMON: dict[str, TypeEngine[Any]] = {
    "integer": sa.Integer(),
    "small": sa.SmallInteger(),
    "big": sa.BigInteger(),
    "string": sa.String(50),
    "string_without_length": sa.String(),
    "unicode": sa.Unicode(50),
    "text": sa.Text(),
    "unicode_text": sa.UnicodeText(),
    "char": sa.CHAR(3),
    "boolean": sa.Boolean(),
    "numeric": sa.Numeric(10, 2),
    "numeric_without_scale": sa.Numeric(10),
    "numeric_alone": sa.Numeric(),
    "float": sa.Float(),
    "float_24": sa.Float(24),
    "float_53": sa.Float(53),
    "double": sa.Double(),
    "real": sa.REAL(),
    "date": sa.Date(),
    "time": sa.Time(),
    "datetime": sa.DateTime(),
    "zoned": sa.DateTime(timezone=True),
    "interval": sa.Interval(),
    "binary": sa.LargeBinary(),
    "document": sa.JSON(),
    "uuid": sa.Uuid(),
    "uuid_as_text": sa.Uuid(native_uuid=False),
    "pickle": sa.PickleType(),
    "enum_as_text": sa.Enum("a", "b", native_enum=False),
    "enum_class": sa.Enum(Color, native_enum=False, length=20),
    "decorated": Lower(),
    "variant": sa.String(10).with_variant(sa.Text(), "postgresql"),
}


def column(*args: Any, **options: Any) -> sa.Column[Any]:
    """A column, made in ways that a type checker could not follow."""
    return sa.Column(*args, **options)


def both(url: str, metadata: sa.MetaData) -> tuple[Schema, Declared, Target]:
    """The live schema after ``create_all``, and what the models said it would be."""
    target = connect(url)
    with target.pool.connect() as connection:
        metadata.create_all(connection)
        live = target.driver.read(connection, [target.schema])
        said = declared(metadata, target.driver, connection.dialect, target.schema, live=live)
        connection.commit()
    target.pool.dispose()
    return live, said, target


def alike(live: Schema, said: Declared, target: Target) -> None:
    """Assert that nothing differs; texts may differ where the reader finds them equal."""
    assert [t.name for t in live.tables] == [t.name for t in said.schema.tables]
    for one, other in zip(live.tables, said.schema.tables, strict=True):
        assert one == with_texts_of(one, other, target.driver.reader.equal), one.name
    assert not any(t.opaque for t in live.tables)


def with_texts_of(live: Table, said: Table, equal: Callable[[str, str], bool | None]) -> Table:
    """``said`` with the live spelling of every text that says the same."""

    def text(one: str | None, other: str | None) -> str | None:
        return one if one and other and equal(one, other) is not False else other

    checks = {c.name or c.text: c for c in live.checks}
    indexes = {i.name: i for i in live.indexes}
    return replace(
        said,
        checks=tuple(
            replace(c, text=text(was.text, c.text) or "")
            if (was := checks.get(c.name or c.text))
            else c
            for c in said.checks
        ),
        indexes=tuple(
            replace(
                i,
                where=text(old.where, i.where),
                columns=tuple(
                    text(a, b) or "" for a, b in zip(old.columns, i.columns, strict=True)
                ),
            )
            if (old := indexes.get(i.name)) and len(old.columns) == len(i.columns)
            else i
            for i in said.indexes
        ),
    )


def check(url: str, metadata: sa.MetaData) -> Declared:
    live, said, target = both(url, metadata)
    alike(live, said, target)
    return said


@pytest.mark.parametrize("release", [release_a, release_b])
def test_the_sample_application(database: str, release: object) -> None:
    """Both releases of the demo."""
    said = check(database, release.metadata)  # type: ignore[attr-defined]
    assert not said.unsupported


@ELSEWHERE
def test_common_types(database: str) -> None:
    """Every ordinary type, nullable and not."""
    metadata = sa.MetaData()
    for nullable in (True, False):
        columns = [column(n, t, nullable=nullable) for n, t in COMMON.items()]
        sa.Table(
            f"types_{nullable}", metadata, column("id", sa.Integer, primary_key=True), *columns
        )
    assert not check(database, metadata).unsupported


DEFAULTS: dict[str, tuple[TypeEngine[Any], object]] = {
    "number_as_text": (sa.Integer(), "7"),
    "negative": (sa.Integer(), sa.text("-7")),
    "big": (sa.BigInteger(), sa.text("12345678901")),
    "number": (sa.Numeric(10, 2), sa.text("1.50")),
    "number_in_quotes": (sa.Numeric(10, 2), "1.50"),
    "float": (sa.Float(), sa.text("0.5")),
    "string": (sa.String(50), "new"),
    "empty": (sa.String(50), ""),
    "quotes": (sa.String(50), "it's"),
    "percent": (sa.String(50), "100 %"),
    "digits": (sa.String(50), "007"),
    "text": (sa.Text(), sa.text("'x'")),
    "braces": (sa.Text(), "{}"),
    "true": (sa.Boolean(), sa.true()),
    "false": (sa.Boolean(), sa.false()),
    "boolean_as_text": (sa.Boolean(), sa.text("false")),
    "literal": (sa.Integer(), sa.literal(3)),
    "literal_string": (sa.String(5), sa.literal("x")),
    "now": (sa.DateTime(), sa.func.now()),
    "now_zoned": (sa.DateTime(timezone=True), sa.func.now()),
    "current": (sa.DateTime(), sa.func.current_timestamp()),
    "current_text": (sa.DateTime(), sa.text("CURRENT_TIMESTAMP")),
    "current_date": (sa.Date(), sa.func.current_date()),
    "instant": (sa.DateTime(), "2014-01-01 00:00:00"),
    "expression": (sa.Integer(), sa.text("(1 + 2)")),
    "function": (sa.String(20), sa.func.lower("ABC")),
    "null": (sa.String(20), sa.null()),
}


@ELSEWHERE
def test_server_defaults(database: str) -> None:
    """Literals, functions and expressions, as text and as SQLAlchemy's."""
    metadata = sa.MetaData()
    columns = [column(n, t, server_default=d) for n, (t, d) in DEFAULTS.items()]
    sa.Table("defaults", metadata, column("id", sa.Integer, primary_key=True), *columns)
    check(database, metadata)


def test_keys_that_count(database: str) -> None:
    """Which keys the server supplies is SQLAlchemy's choice on one engine, the file's on another.

    So it is with a key that the client supplies, or that is a foreign key as well.
    """
    metadata = sa.MetaData()
    key = {"primary_key": True}
    tables: dict[str, list[sa.Column[Any]]] = {
        "plain": [column("id", sa.Integer, **key)],
        "small": [column("id", sa.SmallInteger, **key)],
        "big": [column("id", sa.BigInteger, **key)],
        "by_hand": [column("id", sa.Integer, autoincrement=False, **key)],
        "told": [column("id", sa.Integer, autoincrement=True, **key)],
        "by_client": [column("id", sa.Integer, default=lambda: 7, **key)],
        "by_server": [column("id", sa.Integer, server_default="7", **key)],
        "text": [column("id", sa.String(36), **key)],
        "uuid": [column("id", sa.Uuid, default=uuid.uuid4, **key)],
        "two": [column("a", sa.Integer, **key), column("b", sa.Integer, **key)],
        "two_mixed": [column("a", sa.String(3), **key), column("b", sa.Integer, **key)],
        "child": [column("id", sa.Integer, sa.ForeignKey("plain.id"), **key)],
        "none": [column("id", sa.Integer)],
        "late": [column("x", sa.Integer), column("id", sa.Integer, **key)],
    }
    for name, columns in tables.items():
        sa.Table(name, metadata, *columns)
    sa.Table(
        "reordered",
        metadata,
        column("a", sa.Integer),
        column("b", sa.Integer),
        sa.PrimaryKeyConstraint("b", "a", name="pk_reordered"),
    )
    check(database, metadata)


def constrained(metadata: sa.MetaData) -> None:
    """One of each kind of constraint and index, named by hand, by convention or not at all."""
    sa.Table(
        "parent",
        metadata,
        column("id", sa.Integer, primary_key=True),
        column("code", sa.String(10), unique=True),
        column("a", sa.Integer, index=True),
        column("b", sa.Integer, index=True, unique=True),
        sa.UniqueConstraint("a", "b"),
        sa.UniqueConstraint("b", "code", name="by_hand"),
        sa.CheckConstraint("a > 0", name="positive"),
        sa.CheckConstraint(sa.column("a") < sa.column("b"), name="ordered"),
        sa.Index("ix_by_hand", "a", "b", unique=True),
    )
    sa.Table(
        "child",
        metadata,
        column("id", sa.Integer, primary_key=True),
        column("parent_id", sa.ForeignKey("parent.id", ondelete="cascade", onupdate="SET NULL")),
        column("code", sa.ForeignKey("parent.code", name="fk_by_hand", ondelete="restrict")),
        column("x", sa.Integer),
        column("y", sa.Integer),
        column("self_id", sa.Integer, sa.ForeignKey("child.id")),
        sa.ForeignKeyConstraint(["x", "y"], ["parent.a", "parent.b"]),
    )


@pytest.mark.parametrize("naming", [None, NAMING], ids=["unnamed", "by convention"])
def test_constraints_and_indexes(database: str, naming: dict[str, str] | None) -> None:
    """Without names the server makes its own, where it makes any; actions in any case."""
    metadata = sa.MetaData(naming_convention=naming)
    constrained(metadata)
    assert not check(database, metadata).unsupported


@ELSEWHERE
def test_names_cut_short(database: str) -> None:
    """Names by convention are cut by SQLAlchemy, names of the server's own by the server."""
    for number, naming in enumerate((None, NAMING)):
        metadata = sa.MetaData(naming_convention=naming)
        long = f"a_table_with_a_name_that_is_nearly_as_long_as_one_may_be_{number}"
        name = "a_column_with_a_name_that_is_nearly_as_long_as_one_may_be"
        sa.Table(
            long,
            metadata,
            column("id", sa.Integer, primary_key=True),
            column(name, sa.Integer, unique=True),
            column("parent", sa.Integer, sa.ForeignKey(f"{long}.id")),
            column("bücher_bücher_bücher_bücher_bücher_bücher", sa.Integer, unique=True),
            sa.CheckConstraint(sa.column(name) > 0, name="positive" if naming else None),
        )
        live, said, target = both(database, metadata)
        alike(live.only(t.name for t in said.schema.tables), said, target)


HOSTILE = (
    *("order", "user", "Mixed Case", 'quo"te', "semi;colon", "per%cent", "per%%cent", "co:lon"),
    *("back`tick", "[brackets]", "dot.ted", "arrow →", "näme", "a'postrophe", "--comment"),
)


def test_hostile_names(database: str) -> None:
    """Reserved words and names with anything in them, for tables, columns and indexes."""
    metadata = sa.MetaData(naming_convention=NAMING)
    for name in HOSTILE:
        sa.Table(
            name,
            metadata,
            column("id", sa.Integer, primary_key=True),
            *(column(n, sa.Integer) for n in HOSTILE),
            sa.UniqueConstraint(name, "id"),
            sa.Index(f"ix {name}", name),
            sa.CheckConstraint(sa.column(name) > 1, name=f"ck {name}"),
        )
    check(database, metadata)


@ELSEWHERE
def test_checks(database: str) -> None:
    """Comparisons, lists, patterns, percent signs, and those of Boolean and Enum."""
    metadata = sa.MetaData(naming_convention=NAMING)
    a, s = sa.column("a", sa.Integer), sa.column("s", sa.String)
    texts: dict[str, Any] = {
        "text": sa.text("a >= 0 AND a <= 100"),
        "between": a.between(1, 5),
        "listed": s.in_(["x", "y"]),
        "numbers": a.in_([1, 2]),
        "pattern": s.like("a%"),
        "modulo": a % 2 == 0,
        "filled": s.is_not(None),
        "either": sa.or_(a > 1, s == "b"),
        "length": sa.func.length(s) < 10,
        "quoted": s != "it's",
        "lower": sa.func.lower(s) == s,
    }
    sa.Table(
        "checked",
        metadata,
        column("id", sa.Integer, primary_key=True),
        column("a", sa.Integer, sa.CheckConstraint("a <> 13", name="inline")),
        column("s", sa.String(20)),
        column("flag", sa.Boolean(create_constraint=True, name="flag")),
        column("kind", sa.Enum("x", "y", native_enum=False, create_constraint=True, name="kind")),
        *(sa.CheckConstraint(t, name=n) for n, t in texts.items()),
    )
    check(database, metadata)


@ELSEWHERE
def test_indexes(database: str) -> None:
    """Descending, partial and expression indexes."""
    metadata = sa.MetaData()
    table = sa.Table(
        "indexed",
        metadata,
        column("id", sa.Integer, primary_key=True),
        column("a", sa.Integer),
        column("b", sa.String(20)),
        column("deleted", sa.Integer),
    )
    live = table.c.deleted == 0
    sa.Index("ix_desc", table.c.a.desc(), table.c.b)
    sa.Index("ix_partial", table.c.a, sqlite_where=live, postgresql_where=live)
    sa.Index("ix_unique", table.c.b, unique=True, sqlite_where=live, postgresql_where=live)
    sa.Index("ix_expression", sa.func.lower(table.c.b))
    sa.Index("ix_mixed", table.c.a, sa.func.lower(table.c.b).desc())
    sa.Index("ix_text", sa.text("lower(b)"), "a")
    sa.Index("ix_sum", table.c.a + 1)
    assert not check(database, metadata).unsupported


def test_cycles_and_several_metadata(database: str) -> None:
    """Foreign keys in a circle are added afterwards; models may lie in more than one MetaData."""
    first, second = sa.MetaData(), sa.MetaData()
    sa.Table(
        "left",
        first,
        column("id", sa.Integer, primary_key=True),
        column("right_id", sa.ForeignKey("right.id", use_alter=True, name="fk_left_right")),
    )
    sa.Table(
        "right",
        first,
        column("id", sa.Integer, primary_key=True),
        column("left_id", sa.ForeignKey("left.id", name="fk_right_left")),
    )
    sa.Table("alone", second, column("id", sa.Integer, primary_key=True))
    target = connect(database)
    with target.pool.connect() as connection:
        first.create_all(connection)
        second.create_all(connection)
        live = target.driver.read(connection, [target.schema])
        said = declared([first, second], target.driver, connection.dialect, target.schema)
    target.pool.dispose()
    alike(live, said, target)


def test_only_for_some_databases(server: Server) -> None:
    """``ddl_if`` decides here as it does in ``create_all``."""
    metadata = sa.MetaData()
    table = sa.Table(
        "t",
        metadata,
        column("id", sa.Integer, primary_key=True),
        column("a", sa.Integer),
        sa.CheckConstraint("a > 0", name="here").ddl_if(dialect=server.engine),
        sa.CheckConstraint("a > 1", name="elsewhere").ddl_if(dialect="oracle"),
    )
    sa.Index("ix_here", table.c.a).ddl_if(dialect=server.engine)
    sa.Index("ix_elsewhere", table.c.a).ddl_if(dialect="oracle")
    with server.fresh() as url:
        said = check(url, metadata)

    (picture,) = said.schema.tables
    assert [c.name for c in picture.checks] == ["here"]
    assert [i.name for i in picture.indexes] == ["ix_here"]


def test_scalars(sqlite: Server) -> None:
    """A plain client default is known as SQL; anything else only as something the client does."""
    metadata = sa.MetaData()
    scalars: dict[str, tuple[TypeEngine[Any], object, str | None]] = {
        "number": (sa.Integer(), 3, "3"),
        "text": (sa.String(9), "it's", "'it''s'"),
        "flag": (sa.Boolean(), False, "0"),
        "price": (sa.Numeric(5, 2), decimal.Decimal("1.50"), "1.50"),
        "day": (sa.Date(), dt.date(2014, 1, 2), "'2014-01-02'"),
        "color": (sa.Enum(Color, native_enum=False), Color.red, "'red'"),
        "document": (sa.JSON(), {"a": 1}, None),
    }
    sa.Table(
        "t",
        metadata,
        column("id", sa.Integer, primary_key=True),
        column("called", sa.Uuid(), default=uuid.uuid4),
        *(column(n, t, default=d) for n, (t, d, _) in scalars.items()),
    )
    with sqlite.fresh() as url:
        said = check(url, metadata)

    intents = dict(said.intent(said.schema.tables[0].name).columns)
    assert intents.pop("called").client_default == "callable"
    assert {n: i.scalar for n, i in intents.items()} == {n: s for n, (_, _, s) in scalars.items()}
    assert {i.client_default for i in intents.values()} == {"scalar"}
