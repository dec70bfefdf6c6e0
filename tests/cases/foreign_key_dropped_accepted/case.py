"""The operator accepts that A's deletes leave hosts without a rack."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Delete

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("racks", metadata, Column("id", Integer, primary_key=True))
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("rack_id", Integer, ForeignKey("racks.id", name="fk_hosts_rack", ondelete="CASCADE")),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("rack_id", Integer),
)

CASE = Case(
    a=a,
    b=b,
    rows={"racks": [{"id": 1}], "hosts": [{"name": "one", "rack_id": 1}]},
    window=(Delete(Release.A, "racks", {"id": 1}),),
    accept=("hosts.fk_hosts_rack/drop-foreign-key-early",),
)
