"""A key that the server starts to count."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Refused

a, b = MetaData(), MetaData()
for metadata, counts in ((a, False), (b, True)):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=counts),
        Column("name", String(20)),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 7, "name": "one"}]},
    elsewhere={"postgresql": Refused("hosts.id", "its counter behind the greatest value")},
    window=(
        Insert(Release.A, "hosts", {"id": 20, "name": "two"}),
        Insert(Release.B, "hosts", {"name": "three"}),
    ),
)
