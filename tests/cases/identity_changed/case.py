"""Keys that count by Identity() count otherwise."""

from sqlalchemy import Column, Identity, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, of_hosts, of_disks in (
    (a, Identity(), Identity(start=10)),
    (b, Identity(increment=5, cycle=True), Identity(start=10, cache=5)),
):
    for name, counter in (("hosts", of_hosts), ("disks", of_disks)):
        Table(
            name,
            metadata,
            Column("id", Integer, counter, primary_key=True),
            Column("name", String(20), nullable=False),
        )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}], "disks": [{"name": "two"}]},
    window=(
        Insert(Release.A, "hosts", {"name": "three"}),
        Insert(Release.B, "hosts", {"name": "four"}),
        Insert(Release.A, "disks", {"name": "five"}),
        Insert(Release.B, "disks", {"name": "six"}),
    ),
)
