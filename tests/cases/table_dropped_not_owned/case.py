"""A table that no release is known to own is left alone."""

from sqlalchemy import Column, Integer, MetaData, Table

from tests.cases.model import Case

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True))
Table("disks", a, Column("id", Integer, primary_key=True), Column("size", Integer))

CASE = Case(a=a, b=b, rows={"disks": [{"size": 1}]}, adopted=False)
