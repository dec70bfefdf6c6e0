"""An index of A's: its queries need it until A is gone."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from tests.cases.model import Case

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("state", String(20), index=True),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("state", String(20)),
)

CASE = Case(a=a, b=b, rows={"hosts": [{"name": "one", "state": "up"}]})
