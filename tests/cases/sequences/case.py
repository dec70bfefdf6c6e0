"""Sequences that come, go and count otherwise, where there are such things."""

from sqlalchemy import Column, Integer, MetaData, Sequence, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True))
Sequence("tickets", metadata=a)
Sequence("numbers", start=5, increment=5, metadata=a)
Sequence("numbers", start=5, increment=10, maxvalue=1000, cycle=True, metadata=b)
Sequence("Order's numbers", increment=-1, maxvalue=100, cache=20, metadata=b)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 1}]},
    window=(Insert(Release.A, "hosts", {}), Insert(Release.B, "hosts", {})),
)
