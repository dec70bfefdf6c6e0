"""A column of a domain with rules would be written into every row under a lock: refused."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from tests.cases.model import Case, Refused
from tests.cases.own import Domain

name = Domain("hostname", String(20), check="VALUE <> 'nobody'")
a, b = MetaData(), MetaData()
for metadata, more in (
    (a, ()),
    (b, (Column("name", String(20).with_variant(name, "postgresql")),)),
):
    Table("hosts", metadata, Column("id", Integer, primary_key=True), *more)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 1}]},
    elsewhere={"postgresql": Refused("hosts.name", "the type that this domain is made of")},
)
