"""Parent and child go together, the child first."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Update

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True))
Table(
    "arrays",
    a,
    Column("id", Integer, primary_key=True),
    Column("spare_id", Integer, ForeignKey("disks.id", name="fk_arrays_spare", use_alter=True)),
)
Table(
    "disks",
    a,
    Column("id", Integer, primary_key=True),
    Column("array_id", Integer, ForeignKey("arrays.id", name="fk_disks_array"), nullable=False),
)

CASE = Case(
    a=a,
    b=b,
    rows={"arrays": [{"id": 1}], "disks": [{"id": 1, "array_id": 1}]},
    window=(Update(Release.A, "arrays", {"id": 1}, {"spare_id": 1}),),
)
