"""Quotes, semicolons, percent signs, symbols, reserved words: names are only names."""

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from falsework.declare import fill
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
HOST = 'ho"st; DROP TABLE x --'
PART = "ta%%ble %s :id \u2603"
Table(
    HOST,
    a,
    Column("select", Integer, primary_key=True),
    Column("na'me", String(20)),
    Column("50%", Integer, nullable=False, server_default="5"),
    Column("old (one)", String(20)),
)
Table(
    HOST,
    b,
    Column("select", Integer, primary_key=True),
    Column("na'me", String(40), nullable=False, info=fill("'it''s %s'")),
    Column("50%", Integer, nullable=False, server_default="5"),
    Column("\u2620 :x", String(20), nullable=False, info=fill("'100%'")),
    UniqueConstraint("na'me", "50%", name="uq ;%"),
    Index('ix "%(x)s', "\u2620 :x"),
)
Table(
    PART,
    b,
    Column("id", Integer, primary_key=True),
    Column("from", Integer),
    ForeignKeyConstraint(["from"], [f"{HOST}.select"], name="fk ? %s"),
)

CASE = Case(
    a=a,
    b=b,
    rows={HOST: [{"na'me": "it's", "50%": 1}, {"na'me": None, "50%": 2}]},
    window=(Insert(Release.A, HOST, {"na'me": "x"}),),
)
