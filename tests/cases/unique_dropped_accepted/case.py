"""The operator accepts that A's upserts fail from expand on."""

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

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
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(Insert(Release.B, "hosts", {"name": "one"}),),
    accept=("hosts.uq_hosts_name/drop-unique-early",),
)
