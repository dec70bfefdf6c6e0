"""A column that no release is known to own is left alone."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from tests.cases.model import Case

a, b = MetaData(), MetaData()
Table("hosts", a, Column("id", Integer, primary_key=True), Column("rack", String(10)))
Table("hosts", b, Column("id", Integer, primary_key=True))

CASE = Case(a=a, b=b, rows={"hosts": [{"rack": "r1"}]}, adopted=False)
