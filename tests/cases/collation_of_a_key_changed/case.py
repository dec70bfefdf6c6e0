"""A key that is compared otherwise would be another one for A than for B: refused."""

from sqlalchemy import Column, Integer, MetaData, Table

from tests.cases.collation_changed.case import text
from tests.cases.model import Case, Refused

a, b = MetaData(), MetaData()
for metadata, collation in (
    (a, ("NOCASE", "C", "utf8mb4_bin")),
    (b, ("RTRIM", "POSIX", "utf8mb4_icelandic_ci")),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", text(*collation), nullable=False, unique=True),
    )

CASE = Case(a=a, b=b, expect=Refused("hosts.name", "declare a new column with the new collation"))
