"""Type names: every spelling of a type is one normal form, which is SQL for the same type."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeEngine

from falsework.engines.postgresql import DRIVER
from falsework.engines.postgresql.types import BUILT_IN, spelled
from falsework.model.schema import SqlType

ZONED = ("with time zone",)

SPELLINGS = [
    ("VARCHAR(50)", SqlType("varchar", (50,))),
    ("character varying(50)", SqlType("varchar", (50,))),
    ("national character varying(50)", SqlType("varchar", (50,))),
    ("VARCHAR", SqlType("varchar")),
    ('VARCHAR(20) COLLATE "C"', SqlType("varchar", (20,))),
    ("CHAR", SqlType("char", (1,))),
    ("character(3)", SqlType("char", (3,))),
    ("bpchar", SqlType("bpchar")),
    ('"char"', SqlType('"char"')),
    ("TEXT", SqlType("text")),
    ("INTEGER", SqlType("integer")),
    ("int4", SqlType("integer")),
    ("SERIAL", SqlType("integer")),
    ("BIGSERIAL", SqlType("bigint")),
    ("int8", SqlType("bigint")),
    ("SMALLSERIAL", SqlType("smallint")),
    ("NUMERIC(10, 2)", SqlType("numeric", (10, 2))),
    ("NUMERIC(10)", SqlType("numeric", (10, 0))),
    ("numeric(5,-2)", SqlType("numeric", (5, -2))),
    ("decimal", SqlType("numeric")),
    ("FLOAT", SqlType("double precision")),
    ("FLOAT(24)", SqlType("real")),
    ("FLOAT(53)", SqlType("double precision")),
    ("DOUBLE PRECISION", SqlType("double precision")),
    ("BOOLEAN", SqlType("boolean")),
    ("TIMESTAMP WITHOUT TIME ZONE", SqlType("timestamp")),
    ("TIMESTAMP(3) WITHOUT TIME ZONE", SqlType("timestamp", (3,))),
    ("timestamp(3) with time zone", SqlType("timestamp", (3,), ZONED)),
    ("timestamptz(3)", SqlType("timestamp", (3,), ZONED)),
    ("TIMESTAMP WITH TIME ZONE", SqlType("timestamp", (), ZONED)),
    ("TIME WITHOUT TIME ZONE", SqlType("time")),
    ("timetz", SqlType("time", (), ZONED)),
    ("INTERVAL", SqlType("interval")),
    ("interval(2)", SqlType("interval", (2,))),
    ("INTERVAL YEAR TO MONTH", SqlType("interval", (), ("year to month",))),
    ("interval day to second(3)", SqlType("interval", (3,), ("day to second",))),
    ("BIT(3)", SqlType("bit", (3,))),
    ("BIT", SqlType("bit", (1,))),
    ("bit varying(4)", SqlType("bit varying", (4,))),
    ("varbit", SqlType("bit varying")),
    ("INTEGER[]", SqlType("integer", (), ("[]",))),
    ("INTEGER[][]", SqlType("integer", (), ("[]",))),
    ("integer ARRAY[4]", SqlType("integer", (), ("[]",))),
    ("VARCHAR(5)[]", SqlType("varchar", (5,), ("[]",))),
    ("timestamp(2) with time zone[]", SqlType("timestamp", (2,), (*ZONED, "[]"))),
    ("mood", SqlType("mood")),
    ("public.mood", SqlType("mood")),
    ('"Mood"', SqlType('"Mood"')),
    ('"mood"', SqlType("mood")),
    ('"my schema"."Mood"', SqlType('"my schema"."Mood"')),
    ("app.mood[]", SqlType("app.mood", (), ("[]",))),
    ('"order"', SqlType('"order"')),
    ("geometry(Point,4326)", SqlType("geometry", ("Point", 4326))),
]


@pytest.mark.parametrize(("text", "type"), SPELLINGS)
def test_one_form_for_every_spelling(text: str, type: SqlType) -> None:
    """And the form read again is itself."""
    assert DRIVER.reader.type(text) == type
    assert DRIVER.reader.type(spelled(type)) == type


TYPES: list[TypeEngine[Any]] = [
    sa.String(50), sa.Text(), sa.Integer(), sa.BigInteger(), sa.SmallInteger(), sa.Numeric(10, 2),
    sa.Float(), sa.Double(), sa.REAL(), sa.Boolean(), sa.Date(), sa.DateTime(),
    sa.DateTime(timezone=True), sa.Time(), sa.Time(timezone=True), sa.Interval(), sa.LargeBinary(),
    sa.JSON(), sa.Uuid(), sa.CHAR(7), sa.Unicode(9), sa.ARRAY(sa.Integer), sa.DECIMAL(8, 3),
    pg.JSONB(), pg.INET(), pg.CIDR(), pg.MACADDR(), pg.MACADDR8(), pg.MONEY(), pg.OID(),
    pg.REGCLASS(), pg.BIT(5), pg.BIT(5, varying=True), pg.TSVECTOR(), pg.TSQUERY(),
    pg.INTERVAL(fields="DAY TO SECOND", precision=3), pg.TIMESTAMP(timezone=True, precision=2),
    pg.TIME(precision=4), pg.INT4RANGE(), pg.TSTZRANGE(), pg.DATEMULTIRANGE(), pg.CITEXT(),
    pg.ARRAY(pg.TIMESTAMP(timezone=True), dimensions=2), pg.BYTEA(), pg.HSTORE(), pg.JSONPATH(),
]  # fmt: skip


@pytest.mark.parametrize("type", TYPES, ids=repr)
def test_what_sqlalchemy_writes(type: TypeEngine[Any]) -> None:
    """Every type of SQLAlchemy reads as one that is built in, but for two extensions."""
    read = DRIVER.reader.type(type.compile(dialect=pg.dialect()))  # type: ignore[no-untyped-call]

    assert read.name in BUILT_IN or read.name in ("citext", "hstore")
