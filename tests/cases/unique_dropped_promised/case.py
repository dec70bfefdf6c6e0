"""A upserts on a key that B gives up: B keeps it until contract."""

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

from falsework.declare import until_contract
from falsework.model.plan import Release
from tests.cases.model import Case, Upsert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    UniqueConstraint("name", name="uq_hosts_name"),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    info=until_contract("uq_hosts_name"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(Upsert(Release.A, "hosts", ("name",), {"name": "one"}),),
)
