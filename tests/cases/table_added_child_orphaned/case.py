"""B inserts a child of a new table and A deletes its parent: contract stops at the orphan."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.model.plan import Phase, QuestionKind, Release
from tests.cases.model import Case, Delete, Insert, Stopped

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))
Table(
    "disks",
    b,
    Column("id", Integer, primary_key=True),
    Column("host_id", Integer, ForeignKey("hosts.id", name="fk_disks_host"), index=True),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 1, "name": "one"}]},
    window=(
        Insert(Release.B, "disks", {"host_id": 1}),
        Delete(Release.A, "hosts", {"id": 1}),
    ),
    expect=Stopped(Phase.CONTRACT, QuestionKind.ORPHANS, "fk_disks_host"),
)
