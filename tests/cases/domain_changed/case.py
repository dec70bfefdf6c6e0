"""Another rule of a domain holds for columns of both releases at once: refused."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from tests.cases.model import Case, Refused
from tests.cases.own import Domain

a, b = MetaData(), MetaData()
for metadata, check in ((a, "VALUE <> 'nobody'"), (b, "VALUE <> 'somebody'")):
    name = Domain("hostname", String(20), check=check)
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(20).with_variant(name, "postgresql")),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"id": 1, "name": "one"}]},
    elsewhere={"postgresql": Refused("hostname", "ALTER DOMAIN by hand")},
)
