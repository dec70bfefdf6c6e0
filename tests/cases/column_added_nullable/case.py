"""A column that may be NULL: A goes on without it."""

from sqlalchemy import Column, Integer, MetaData, String, Table, Text

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
    Column("note", Text),
    Column("rank", Integer, info=fill("0")),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(
        Insert(Release.A, "hosts", {"name": "two"}),
        Insert(Release.B, "hosts", {"name": "three", "note": "seen", "rank": 3}),
    ),
)
