"""A knows nothing of the foreign key: it writes hosts without a rack until it is gone."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("racks", metadata, Column("id", Integer, primary_key=True))
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("rack_id", Integer),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("rack_id", Integer, ForeignKey("racks.id", name="fk_hosts_rack"), index=True),
)

CASE = Case(
    a=a,
    b=b,
    rows={"racks": [{"id": 1}], "hosts": [{"name": "one", "rack_id": 1}]},
    window=(Insert(Release.B, "hosts", {"name": "two", "rack_id": 1}),),
)
