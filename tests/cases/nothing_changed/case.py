"""Nothing changes: both releases have the same models."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from tests.cases.model import Case

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))

CASE = Case(a=a, b=b, rows={"hosts": [{"name": "one"}]})
