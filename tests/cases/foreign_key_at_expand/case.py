"""A writes no host without its rack, as the models say: B's foreign key holds from its start."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.declare import at_expand
from falsework.model.plan import Release
from tests.cases.model import Case, Delete, Insert

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("racks", metadata, Column("id", Integer, primary_key=True))
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("rack_id", Integer, index=True),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column(
        "rack_id",
        Integer,
        ForeignKey("racks.id", name="fk_hosts_rack", ondelete="CASCADE"),
        index=True,
    ),
    info=at_expand("fk_hosts_rack"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"racks": [{"id": 1}, {"id": 2}], "hosts": [{"name": "one", "rack_id": 1}]},
    window=(
        Insert(Release.A, "hosts", {"name": "two", "rack_id": 1}),
        Delete(Release.B, "racks", {"id": 2}),
    ),
)
