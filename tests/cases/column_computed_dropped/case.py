"""Columns that the server computes go, and with them one that they are computed from."""

from sqlalchemy import Column, Computed, Integer, MetaData, String, Table

from falsework.declare import dropped
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("amount", Integer),
    Column("name", String(20), nullable=False),
    Column("half", Integer, Computed("amount / 2", persisted=True)),
    Column("folded", String(20), Computed("lower(name)")),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(20), nullable=False),
    info=dropped("amount", down=None),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"amount": 4, "name": "One"}, {"name": "TWO"}]},
    window=(
        Insert(Release.A, "hosts", {"amount": 8, "name": "Three"}),
        Insert(Release.B, "hosts", {"name": "FOUR"}),
    ),
)
