"""A serial key whose models say Identity() now: refused with what lifts it, where it is another."""

from sqlalchemy import Column, Identity, Integer, MetaData, Table

from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
Table("hosts", a, Column("id", Integer, primary_key=True))
Table("hosts", b, Column("id", Integer, Identity(), primary_key=True))

CASE = Case(
    a=a,
    b=b,
    elsewhere={"postgresql": Refused("hosts.id", "leave Identity() out of the models")},
)
