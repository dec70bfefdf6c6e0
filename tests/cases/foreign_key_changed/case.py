"""Another action of the same foreign key is not built yet: the plan says so."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from tests.cases.model import Case, Refused

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
    Column("rack_id", Integer, ForeignKey("racks.id", name="fk_hosts_rack")),
)

CASE = Case(a=a, b=b, expect=Refused("hosts: foreign key to racks", "keep it as it is"))
