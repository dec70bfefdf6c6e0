"""Types and schemas that only PostgreSQL has, from models and back."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeEngine

from falsework.config import Config
from falsework.engines.connect import connect
from falsework.engines.declared import declared
from falsework.model.schema import TableName
from falsework.session import open_session
from tests.expand_contract.paper import upgrade
from tests.servers import SERVERS, Server

EACH = pytest.mark.parametrize(
    "server", [name for name in SERVERS if name.startswith("postgresql")], indirect=True
)

TYPES: dict[str, TypeEngine[Any]] = {
    "array": pg.ARRAY(sa.Integer),
    "array_generic": sa.ARRAY(sa.String(5)),
    "array_2": pg.ARRAY(sa.Text, dimensions=2),
    "array_zoned": pg.ARRAY(sa.DateTime(timezone=True)),
    "array_numeric": pg.ARRAY(sa.Numeric(10, 2)),
    "jsonb": pg.JSONB(),
    "json": pg.JSON(),
    "jsonpath": pg.JSONPATH(),
    "inet": pg.INET(),
    "cidr": pg.CIDR(),
    "macaddr": pg.MACADDR(),
    "macaddr8": pg.MACADDR8(),
    "tsvector": pg.TSVECTOR(),
    "tsquery": pg.TSQUERY(),
    "bit": pg.BIT(3),
    "bit_one": pg.BIT(),
    "varbit": pg.BIT(varying=True),
    "varbit_8": pg.BIT(8, varying=True),
    "bytea": pg.BYTEA(),
    "money": pg.MONEY(),
    "oid": pg.OID(),
    "regclass": pg.REGCLASS(),
    "interval": pg.INTERVAL(),
    "interval_fields": pg.INTERVAL(fields="day to second"),
    "interval_precise": pg.INTERVAL(precision=3),
    "timestamp": pg.TIMESTAMP(precision=3),
    "timestamp_zoned": pg.TIMESTAMP(timezone=True, precision=0),
    "time": pg.TIME(precision=2),
    "time_zoned": pg.TIME(timezone=True),
    "double": pg.DOUBLE_PRECISION(),
    "real": pg.REAL(),
    "range": pg.INT4RANGE(),
    "range_time": pg.TSTZRANGE(),
    "multirange": pg.INT8MULTIRANGE(),
    "uuid": pg.UUID(),
    "char": sa.CHAR(),
    "nchar": sa.NCHAR(4),
    "varchar": sa.VARCHAR(),
    "decimal": sa.DECIMAL(8, 3),
    "enum_as_text": sa.Enum("a", "b", native_enum=False, length=3),
    "array_of_enum_as_text": pg.ARRAY(sa.Enum("a", "bc", native_enum=False)),
    "boolean": sa.BOOLEAN(),
    "quoted_name": sa.String(5),
}

DEFAULTS: dict[str, tuple[TypeEngine[Any], Any]] = {
    "array": (pg.ARRAY(sa.Integer), sa.text("'{}'")),
    "array_cast": (pg.ARRAY(sa.Text), sa.text("'{}'::text[]")),
    "array_made": (pg.ARRAY(sa.Integer), sa.text("ARRAY[1, 2]")),
    "jsonb": (pg.JSONB(), sa.text("'{}'::jsonb")),
    "json": (sa.JSON(), "{}"),
    "uuid": (sa.Uuid(), sa.func.gen_random_uuid()),
    "clock": (sa.DateTime(timezone=True), sa.func.clock_timestamp()),
    "utc": (sa.DateTime(), sa.text("(now() AT TIME ZONE 'utc')")),
    "utc_function": (sa.DateTime(), sa.text("timezone('utc', now())")),
    "interval": (pg.INTERVAL(), sa.text("'1 day'::interval")),
    "cast": (sa.Integer(), sa.cast("5", sa.Integer)),
    "inet": (pg.INET(), "127.0.0.1"),
    "escaped": (sa.Text(), sa.text(r"E'a\nb'")),
    "backslash": (sa.Text(), "a\\b"),
    "concatenated": (sa.Text(), sa.text("'a' || 'b'")),
    "user": (sa.Text(), sa.text("CURRENT_USER")),
    "big": (sa.BigInteger(), "9007199254740993"),
    "negative_in_quotes": (sa.Integer(), "-1"),
    "date": (sa.Date(), "2014-01-01"),
    "case": (sa.Integer(), sa.text("CASE WHEN true THEN 1 ELSE 2 END")),
}


def both(url: str, metadata: sa.MetaData, *schemas: str) -> None:
    """Assert that models and database are the same picture."""
    target = connect(url)
    with target.pool.begin() as connection:
        for schema in schemas:
            connection.execute(sa.schema.CreateSchema(schema))
        metadata.create_all(connection)
        live = target.driver.read(connection, ["public", *schemas])
        said = declared(metadata, target.driver, connection.dialect, "public")
    target.pool.dispose()
    for one, other in zip(said.schema.tables, live.tables, strict=True):
        assert one.columns == other.columns
        assert one.exclusions == other.exclusions
        assert one == other
    assert said.schema.enumerations == live.enumerations
    assert said.schema.domains == live.domains
    assert said.unsupported == ()


@EACH
def test_types(server: Server) -> None:
    """Every type of the dialect that needs nothing made for it."""
    metadata = sa.MetaData()
    columns = [sa.Column(n, t) for n, t in TYPES.items()]
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    with server.fresh() as url:
        both(url, metadata)


@EACH
def test_server_defaults(server: Server) -> None:
    """Casts, arrays, functions and operators."""
    metadata = sa.MetaData()
    columns = [sa.Column(n, t, server_default=d) for n, (t, d) in DEFAULTS.items()]
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    with server.fresh() as url:
        both(url, metadata)


def test_enumerations_without_a_column(postgresql: Server) -> None:
    """The MetaData's own are made; what is made elsewhere is not, nor another database's."""
    metadata = sa.MetaData()
    sa.Enum("a", "it's", name="Alone", metadata=metadata)
    pg.ENUM("b", name="alone", schema="other", metadata=metadata)
    both_ways = sa.Enum("c", "d", name="used too", metadata=metadata)
    pg.ENUM("e", name="elsewhere", metadata=metadata, create_type=False)
    sa.Enum("f", name="a check", metadata=metadata, native_enum=False)
    variant = sa.String(9).with_variant(sa.Enum("g", name="for sqlite"), "sqlite")
    columns = [sa.Column("u", both_ways), sa.Column("v", variant)]
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    with postgresql.fresh() as url:
        both(url, metadata, "other")
        session = open_session(Config(url=url))
        present = session.present((metadata,))
        plan = session.plan(present)
        session.target.pool.dispose()

    assert (plan.steps, plan.notes) == ((), ())
    names = {str(e.name): e.labels for e in present.declared.schema.enumerations}
    assert names == {
        "other.alone": ("b",),
        "public.Alone": ("a", "it's"),
        "public.used too": ("c", "d"),
    }


@EACH
def test_domains(server: Server) -> None:
    """Of columns, of lists and by themselves: what they are made of and all their rules."""
    metadata = sa.MetaData()
    positive = pg.DOMAIN("positive", sa.Integer, check="VALUE > 0 AND VALUE < 1000")
    code = pg.DOMAIN(
        "Post's code",
        sa.String(9),
        check="VALUE ~ '^\\d{5}$' OR lower(VALUE) IN ('none', 'lost')",
        constraint_name="it's a code",
        default="none",
        collation="C",
    )
    pg.DOMAIN("price", sa.Numeric(10, 2), not_null=True, default="0", metadata=metadata)
    pg.DOMAIN("moment", sa.DateTime(timezone=True), default=sa.text("now()"), metadata=metadata)
    elsewhere = pg.DOMAIN("positive", sa.BigInteger, schema="other", check="VALUE > 1")
    columns: list[sa.Column[Any]] = [
        sa.Column("n", positive),
        sa.Column("m", positive, nullable=False, server_default=sa.text("5")),
        sa.Column("list", pg.ARRAY(positive)),
        sa.Column("code", code, unique=True),
        sa.Column("other", elsewhere),
    ]
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    with server.fresh() as url:
        both(url, metadata, "other")


def test_types_that_are_made_elsewhere() -> None:
    """Whoever made them owns them: columns of them are named."""
    metadata = sa.MetaData()
    positive = pg.DOMAIN("positive", sa.Integer, check="VALUE > 0", create_type=False)
    mood = pg.ENUM("sad", "ok", name="mood", create_type=False)
    sa.Table("t", metadata, sa.Column("d", positive), sa.Column("e", mood))
    said = upgrade(sa.MetaData(), metadata, "postgresql").new

    assert (said.schema.domains, said.schema.enumerations) == ((), ())
    assert said.unsupported == tuple(
        f"type made for it (enum, domain) of public.t.{name}: not managed yet" for name in "de"
    )


@EACH
def test_exclusions(server: Server) -> None:
    """Columns, expressions, operator classes, predicates, and names that the server makes up."""
    metadata = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s"})
    table = sa.Table(
        "Bookings of rooms",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("room", sa.Integer),
        sa.Column("During it", pg.INT4RANGE),
        sa.Column("a", sa.Integer),
        sa.Column("b", sa.String(20)),
        pg.ExcludeConstraint(("During it", "&&"), name="it's named"),
        pg.ExcludeConstraint((sa.text("int4range(a, a + 1, '[)')"), "&&")),
        pg.ExcludeConstraint((sa.text("int4range(a, 9)"), "&&"), ("During it", "-|-")),
        pg.ExcludeConstraint(("room", "="), ("b", "="), using="btree", where=sa.text("a > 0")),
        pg.ExcludeConstraint(("b", "="), using="HASH", deferrable=True, initially="deferred"),
        pg.ExcludeConstraint(
            ("b", "="), using="btree", ops={"b": "varchar_pattern_ops"}, name="by_class"
        ),
    )
    lower = sa.func.lower(table.c.b)
    where = sa.and_(table.c.b.like("a%"), table.c.room.in_([1, 2]))
    table.append_constraint(
        pg.ExcludeConstraint((lower, "="), using="btree", where=where, name="of a function")
    )
    with server.fresh() as url:
        both(url, metadata)


def test_spellings_that_cannot_be_compared(postgresql: Server) -> None:
    """The server prints these another way; no difference may come of what is not understood."""
    metadata = sa.MetaData()
    columns: list[sa.Column[Any]] = [
        sa.Column("bit", pg.BIT(3), server_default=sa.text("B'101'")),
        sa.Column("numeric", sa.Numeric(), server_default=sa.text("1e3")),
    ]
    sa.Table("t", metadata, *columns)
    with postgresql.fresh() as url:
        target = connect(url)
        with target.pool.begin() as connection:
            metadata.create_all(connection)
            live = target.driver.read(connection, ["public"])
            said = declared(metadata, target.driver, connection.dialect, "public")
    for one, other in zip(said.schema.tables[0].columns, live.tables[0].columns, strict=True):
        assert one.default
        assert other.default
        assert target.driver.reader.equal(one.default.text, other.default.text) is not False


def test_several_schemas(postgresql: Server) -> None:
    """Tables of one name in two schemas, and foreign keys between schemas."""
    metadata = sa.MetaData()
    for schema in (None, "other", 'hos"tile; name'):
        sa.Table(
            "t",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("up", sa.Integer, sa.ForeignKey("t.id")),
            sa.Column("a", sa.Integer, unique=True, index=True),
            schema=schema,
        )
    with postgresql.fresh() as url:
        both(url, metadata, "other", 'hos"tile; name')


def test_a_schema_by_default(postgresql: Server) -> None:
    """Models without a schema mean the session's own; said or not, it is one table."""
    metadata = sa.MetaData(schema="public")
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True))
    with postgresql.fresh() as url:
        target = connect(url)
        said = declared(metadata, target.driver, target.pool.dialect, target.schema)

    assert [t.name for t in said.schema.tables] == [TableName("public", "t")]


def test_how_an_index_is_kept(postgresql: Server) -> None:
    """Compared where the models say it; what an operator set stays where they do not."""
    told, silent, other = (sa.MetaData() for _ in range(3))
    for metadata, kept in ((told, {"fillfactor": 50}), (silent, {}), (other, {"fillfactor": 70})):
        table = sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True))
        sa.Index("i", table.c.id, postgresql_with=kept)
    with postgresql.fresh() as url:
        both(url, told)
        session = open_session(Config(url=url))
        plans = [session.plan(session.present((m,))) for m in (told, silent, other)]
        session.target.pool.dispose()

    steps = [[step.id.rpartition("/")[2] for step in plan.steps] for plan in plans]
    assert steps == [[], [], ["build", "drop-index", "rename"]]
