"""Two tables that refer to each other go together: neither is the child alone."""

from sqlalchemy import Column, ForeignKeyConstraint, Integer, MetaData, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Update

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True))
Table(
    "arrays",
    a,
    Column("id", Integer, primary_key=True),
    Column("spare_id", Integer),
    ForeignKeyConstraint(
        ["spare_id"],
        ["disks.id"],
        name="fk_arrays_spare",
        ondelete="SET NULL",
        onupdate="CASCADE",
        use_alter=True,
    ),
)
Table(
    "disks",
    a,
    Column("id", Integer, primary_key=True),
    Column("array_id", Integer),
    ForeignKeyConstraint(
        ["array_id"], ["arrays.id"], name="fk_disks_array", ondelete="CASCADE", onupdate="CASCADE"
    ),
)

CASE = Case(
    a=a,
    b=b,
    rows={"arrays": [{"id": 1}], "disks": [{"id": 1, "array_id": 1}]},
    window=(Update(Release.A, "arrays", {"id": 1}, {"spare_id": 1}),),
)
