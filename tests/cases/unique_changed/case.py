"""A smaller key under the same name: B keeps the old one by it, so that it stays until contract."""

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Upsert

a, b = MetaData(), MetaData()
for metadata, columns in ((a, ("name", "state")), (b, ("name",))):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(40)),
        Column("state", String(20)),
        UniqueConstraint(*columns, name="uq_hosts"),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one", "state": "up"}]},
    window=(
        Upsert(Release.A, "hosts", ("name", "state"), {"name": "one", "state": "up"}),
        Insert(Release.B, "hosts", {"name": "two", "state": "up"}),
    ),
)
