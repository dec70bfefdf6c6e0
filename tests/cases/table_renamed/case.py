"""A table goes and one with its columns comes: a rename, perhaps, and nobody says so.

The new one begins empty and the old one is dropped; the plan names the table that might be meant.
"""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, name in ((a, "hosts"), (b, "compute_nodes")):
    Table(name, metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}]},
    window=(
        Insert(Release.B, "compute_nodes", {"name": "two"}),
        Insert(Release.A, "hosts", {"name": "three"}),
    ),
)
