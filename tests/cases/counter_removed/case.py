"""A key that the server stops to count."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Refused

a, b = MetaData(), MetaData()
for metadata, counts in ((a, True), (b, False)):
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
        Insert(Release.B, "hosts", {"id": 20, "name": "two"}),
        Insert(Release.A, "hosts", {"name": "three"}),
    ),
)
