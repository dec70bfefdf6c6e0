"""Unique over an old column and a new one: a row of B that A changes may become a duplicate."""

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

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
    Column("zone", String(10)),
    UniqueConstraint("name", "zone", name="uq_hosts_zone"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(
        Insert(Release.A, "hosts", {"name": "one"}),
        Insert(Release.B, "hosts", {"name": "two", "zone": "z"}),
    ),
)
