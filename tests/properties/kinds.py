"""Types of columns, each with one that is a step away, and the defaults that it takes."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
import sqlalchemy_utils as su
from sqlalchemy.dialects import mysql as m
from sqlalchemy.dialects import postgresql as p
from sqlalchemy.types import TypeDecorator, TypeEngine

Make = Callable[[], TypeEngine[Any]]


class Color(enum.Enum):
    """Colors have names and values; the database holds the names."""

    red = "r"
    green = "g"


class Stored(TypeDecorator[str]):
    """A type of the application's own."""

    impl = sa.String(40)
    cache_ok = True


class Wider(Stored):
    """Another one."""

    impl = sa.String(41)


@dataclass(frozen=True)
class Kind:
    """A type. ``other`` is a step away from it, or None where this release names it only.

    ``defaults``  server defaults that say different things
    ``keyed``     whether every engine takes it into keys
    ``family``    what checks and predicates compare it with
    ``collated``  whether it takes a collation
    ``says``      the kind of change that tells it from the other
    """

    make: Make
    other: Make | None = None
    defaults: tuple[Any, ...] = ()
    keyed: bool = False
    family: str = ""
    collated: bool = False
    says: str = "TypeChanged"


def number(make: Make, other: Make, *defaults: object, keyed: bool = True) -> Kind:
    family = "number" if keyed else "real"
    return Kind(make, other, ("7", sa.text("-7"), sa.literal(3), *defaults), keyed, family)


def words(make: Make, other: Make, *defaults: object, keyed: bool = True) -> Kind:
    given = ("new", "", "it's", "100 %", "007", sa.text("'x y'"), sa.literal("z"))
    return Kind(make, other, (*given, *defaults), keyed, "text", collated=True)


NOW = (sa.func.now(), "2014-01-01 10:00:00")

COMMON: dict[str, Kind] = {
    "integer": number(sa.Integer, sa.BigInteger, sa.text("(1 + 2)")),
    "small": number(sa.SmallInteger, sa.Integer),
    "big": number(sa.BigInteger, sa.Integer, sa.text("12345678901")),
    "numeric": number(
        lambda: sa.Numeric(10, 2), lambda: sa.Numeric(10, 3), sa.text("1.50"), "2.5", "0"
    ),
    "numeric_without_scale": number(lambda: sa.Numeric(10), lambda: sa.Numeric(11)),
    "decimal": number(lambda: sa.DECIMAL(12, 4), lambda: sa.DECIMAL(13, 4), "0.0001"),
    "float": number(sa.Float, lambda: sa.Numeric(9, 3), "0.5", sa.text("1.25"), keyed=False),
    "double": number(sa.Double, sa.Integer, "0.5", "1e10", keyed=False),
    "real": number(sa.REAL, sa.Integer, keyed=False),
    "string": words(lambda: sa.String(50), lambda: sa.String(51), sa.func.lower("ABC")),
    "unicode": words(lambda: sa.Unicode(20), lambda: sa.Unicode(30), "é"),
    "char": words(lambda: sa.CHAR(7), lambda: sa.CHAR(8)),
    "decorated": Kind(Stored, Wider, ("x", "y"), keyed=True, family="text"),
    "email": Kind(su.EmailType, lambda: sa.String(254), ("x", "y"), family="text"),
    "labels": Kind(
        lambda: sa.Enum("x", "y", native_enum=False),
        lambda: sa.Enum("x", "yz", native_enum=False),
        ("x", "y"),
        keyed=True,
    ),
    "color": Kind(
        lambda: sa.Enum(Color, native_enum=False, length=20),
        lambda: sa.Enum(Color, native_enum=False, length=21),
        ("red", "green"),
        keyed=True,
    ),
    "boolean": Kind(sa.Boolean, sa.Integer, (sa.true(), sa.false()), family="truth"),
    "date": Kind(sa.Date, sa.DateTime, ("2014-01-01", "2015-01-01"), keyed=True, family="date"),
    "time": Kind(sa.Time, sa.DateTime, ("10:00:00", "11:30:00")),
    "datetime": Kind(sa.DateTime, sa.Date, NOW, keyed=True, family="date"),
    "timestamp": Kind(sa.TIMESTAMP, sa.Date, NOW),
    "zoned": Kind(lambda: sa.DateTime(timezone=True), sa.Date, (sa.func.now(),)),
    "interval": Kind(sa.Interval, sa.Text),
    "text": Kind(sa.Text, lambda: sa.String(300), collated=True),
    "binary": Kind(sa.LargeBinary, sa.Text),
    "document": Kind(sa.JSON, sa.Text),
    "pickle": Kind(sa.PickleType, sa.Text),
    "uuid": Kind(sa.Uuid, lambda: sa.String(36), keyed=True),
    "uuid_as_text": Kind(
        lambda: sa.Uuid(native_uuid=False), lambda: sa.String(36), ("0" * 32,), keyed=True
    ),
    "uuid_utils": Kind(lambda: su.UUIDType(binary=False), lambda: sa.String(40)),
    "address": Kind(su.IPAddressType, lambda: sa.String(49)),
    "json_utils": Kind(su.JSONType, sa.Integer),
    "list": Kind(su.ScalarListType, sa.Integer),
    "variant": Kind(
        lambda: sa.String(10).with_variant(
            sa.String(12), "sqlite", "postgresql", "mysql", "mariadb"
        ),
        lambda: sa.String(10).with_variant(
            sa.String(13), "sqlite", "postgresql", "mysql", "mariadb"
        ),
        ("v",),
    ),
}

POSTGRESQL: dict[str, Kind] = {
    "string_without_length": words(sa.String, lambda: sa.String(9), keyed=False),
    "jsonb": Kind(p.JSONB, sa.JSON, (sa.text("'{}'"), sa.text("'[]'::jsonb"), '{"a": 1}')),
    "array": Kind(
        lambda: sa.ARRAY(sa.Integer), lambda: sa.ARRAY(sa.BigInteger), ("{}", sa.text("'{1,2}'"))
    ),
    "array_2": Kind(
        lambda: p.ARRAY(sa.String(5), dimensions=2), lambda: p.ARRAY(sa.String(6), dimensions=2)
    ),
    "inet": Kind(p.INET, p.CIDR, ("10.0.0.1",)),
    "cidr": Kind(p.CIDR, p.INET, ("10.0.0.0/8",)),
    "mac": Kind(p.MACADDR, p.MACADDR8),
    "bit": Kind(lambda: p.BIT(3), lambda: p.BIT(4), (sa.text("B'101'"),)),
    "varbit": Kind(lambda: p.BIT(5, varying=True), lambda: p.BIT(6, varying=True)),
    "span": Kind(
        lambda: p.INTERVAL(precision=3), lambda: p.INTERVAL(precision=4), (sa.text("'1 day'"),)
    ),
    "fields": Kind(lambda: p.INTERVAL(fields="DAY TO HOUR"), lambda: p.INTERVAL(fields="DAY")),
    "fine": Kind(
        lambda: p.TIMESTAMP(precision=3, timezone=True), lambda: p.TIMESTAMP(precision=4), NOW
    ),
    "clock": Kind(lambda: p.TIME(precision=2), lambda: p.TIME(precision=3)),
    "vector": Kind(p.TSVECTOR, sa.Text),
    "query": Kind(p.TSQUERY, sa.Text),
    "money": Kind(p.MONEY, sa.Integer),
    "oid": Kind(p.OID, sa.Integer),
    "regclass": Kind(p.REGCLASS, sa.Text),
    "range": Kind(p.INT4RANGE, p.INT8RANGE, (sa.text("'[1,5)'"),)),
    "multirange": Kind(p.INT4MULTIRANGE, p.INT8MULTIRANGE),
    "moments": Kind(p.TSTZRANGE, p.TSRANGE),
    "path": Kind(p.JSONPATH, sa.Text),
    "bytea": Kind(p.BYTEA, sa.Text, (sa.text("'\\x01'"),)),
    "random": Kind(sa.Uuid, sa.Text, (sa.text("gen_random_uuid()"),)),
    "today": Kind(sa.Date, sa.Text, (sa.func.current_date(), sa.text("CURRENT_DATE + 1"))),
    "mood": Kind(
        lambda: sa.Enum("sad", "ok", name="mood"),
        lambda: sa.Enum("sad", "it's", "ok", name="mood"),
        ("ok",),
        keyed=True,
        says="LabelsChanged",
    ),
    "moods": Kind(
        lambda: sa.ARRAY(sa.Enum("sad", "ok", name="Mood 2")),
        lambda: sa.ARRAY(sa.Enum("ok", "sad", name="Mood 2")),
        says="LabelsChanged",
    ),
    "price": Kind(
        lambda: p.DOMAIN("price", sa.Numeric(8, 2), check="VALUE > 0"),
        lambda: p.DOMAIN("price", sa.Numeric(8, 2), check="VALUE > 1"),
        says="DomainChanged",
    ),
}

FAMILY: dict[str, Kind] = {
    "tiny": number(m.TINYINT, lambda: m.TINYINT(unsigned=True)),
    "medium": number(m.MEDIUMINT, sa.Integer),
    "unsigned": Kind(lambda: m.INTEGER(unsigned=True), sa.Integer, ("7", sa.text("8"))),
    "filled": Kind(lambda: m.INTEGER(display_width=5, zerofill=True), sa.Integer),
    "price": Kind(lambda: m.DECIMAL(12, 4, unsigned=True), lambda: m.DECIMAL(12, 4)),
    "m_double": Kind(lambda: m.DOUBLE(10, 2), lambda: m.DOUBLE(10, 3)),
    "bits": Kind(lambda: m.BIT(8), lambda: m.BIT(9), (sa.text("b'101'"), sa.text("b'1'"))),
    "moment": Kind(
        lambda: m.DATETIME(fsp=6), lambda: m.DATETIME(fsp=5), (sa.text("CURRENT_TIMESTAMP(6)"),)
    ),
    "touched": Kind(
        sa.DateTime, sa.Date, (sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),)
    ),
    "year": Kind(m.YEAR, sa.Integer),
    "text_100": Kind(lambda: m.TEXT(100), lambda: m.TEXT(20)),
    "long_text": Kind(lambda: sa.Text(70_000), sa.Text),
    "latin": Kind(
        lambda: m.VARCHAR(20, charset="latin1"), lambda: m.VARCHAR(21, charset="latin1"), ("a",)
    ),
    "national": Kind(lambda: m.NVARCHAR(10), lambda: m.NVARCHAR(11)),
    "m_enum": Kind(lambda: m.ENUM("a", "it's"), lambda: m.ENUM("a", "b", "it's"), ("a", "it's")),
    "native": Kind(
        lambda: sa.Enum("p", "q", name="native"), lambda: sa.Enum("p", "q", "r", name="native")
    ),
    "set": Kind(lambda: m.SET("x", "y"), lambda: m.SET("x", "y", "z")),
    "sized_blob": Kind(lambda: sa.LargeBinary(100_000), sa.LargeBinary),
    "fixed": Kind(lambda: sa.BINARY(16), lambda: sa.BINARY(17), (sa.text("'abc'"),)),
    "bytes": Kind(lambda: sa.VARBINARY(20), lambda: sa.VARBINARY(21)),
    "random": Kind(
        lambda: sa.String(36), lambda: sa.String(37), (sa.text("(uuid())"), sa.text("('x')"))
    ),
    "text_said": Kind(sa.Text, sa.LargeBinary, (sa.text("('a b')"), sa.text("('{}')"))),
}
SQLITE: dict[str, Kind] = {
    "string_without_length": words(sa.String, lambda: sa.String(9)),
    "current": Kind(sa.DateTime, sa.Date, (sa.text("(datetime('now'))"), sa.func.now())),
}


@cache
def kinds(engine: str) -> dict[str, Kind]:
    """The kinds of columns that the engine has; those of all engines first."""
    own = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
    return {**COMMON, **own.get(engine, FAMILY)}


def day(number: int) -> str:
    """A date, later for a greater number."""
    return str(dt.date(2014, 1, 1) + dt.timedelta(days=number))
