"""A column that no release knows is left alone, and filled by its default."""

from sqlalchemy import Column, Integer, MetaData, String, Table, Text

from falsework.declare import fill
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("note", Text, nullable=False, info=fill("'-'")),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    beside=("ALTER TABLE hosts ADD COLUMN by_hand INTEGER DEFAULT 3 NOT NULL",),
    window=(Insert(Release.B, "hosts", {"name": "two", "note": "n"}),),
)
