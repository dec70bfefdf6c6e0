"""B obeys the cascading foreign key until contract."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.declare import until_contract
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
    info=until_contract("fk_hosts_rack"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"racks": [{"id": 1}], "hosts": [{"name": "one", "rack_id": 1}]},
    window=(Delete(Release.A, "racks", {"id": 1}),),
)
