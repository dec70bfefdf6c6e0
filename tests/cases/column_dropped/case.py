"""A reads a column that B dropped: it stays, NULL in the rows of B, until contract."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Update

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("rack", String(10)),
)
Table("hosts", b, Column("id", Integer, primary_key=True), Column("name", String(40)))

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one", "rack": "r1"}]},
    window=(
        Insert(Release.B, "hosts", {"name": "two"}),
        Insert(Release.A, "hosts", {"name": "three", "rack": "r3"}),
        Update(Release.A, "hosts", {"name": "two"}, {"rack": "r2"}),
    ),
)
