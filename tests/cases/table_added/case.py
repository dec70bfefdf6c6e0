"""B brings a table that has nothing to do with any other one."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, String, Table, Text

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))
Table(
    "labels",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("weight", Integer, nullable=False, server_default="1"),
    Column("note", Text),
    # Where whole texts cannot be in an index, their beginnings are.
    Index("ix_labels_note", "note", mysql_length=20, mariadb_length=20),
    CheckConstraint("weight > 0", name="ck_labels_weight"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}, {"name": "two"}]},
    window=(Insert(Release.B, "labels", {"name": "red"}),),
)
