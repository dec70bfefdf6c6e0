"""A larger key under the same name, while B keeps the old one until contract."""

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

from falsework.declare import until_contract
from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Upsert

a, b = MetaData(), MetaData()
for metadata, columns, info in (
    (a, ("name",), {}),
    (b, ("name", "state"), until_contract("uq_hosts")),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(40)),
        Column("state", String(20)),
        UniqueConstraint(*columns, name="uq_hosts"),
        info=info,
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one", "state": "up"}]},
    window=(
        Upsert(Release.A, "hosts", ("name",), {"name": "one", "state": "down"}),
        Insert(Release.B, "hosts", {"name": "two", "state": "up"}),
    ),
)
