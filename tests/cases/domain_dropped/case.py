"""A domain that is gone from the models goes after the last column that is of it."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert
from tests.cases.own import Domain

name = Domain("hostname", String(20), check="VALUE <> 'nobody'")
a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(20).with_variant(name, "postgresql")),
)
Table("hosts", b, Column("id", Integer, primary_key=True))

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 1, "name": "one"}]},
    window=(
        Insert(Release.A, "hosts", {"id": 2, "name": "two"}),
        Insert(Release.B, "hosts", {"id": 3}),
    ),
)
