"""A column that is NOT NULL without a server default: the fill stands in until A is gone."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.declare import fill
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table("hosts", a, Column("id", Integer, primary_key=True), Column("name", String(40)))
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("state", String(20), nullable=False, info=fill("'active'")),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(
        Insert(Release.A, "hosts", {"name": "two"}),
        Insert(Release.B, "hosts", {"name": "three", "state": "lost"}),
    ),
)
