"""Texts that are compared and sorted otherwise: in contract, where no rule compares by them."""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert


def text(sqlite: str, postgresql: str, innodb: str) -> String:
    """A text with a collation that each engine has."""
    named = {"sqlite": sqlite, "postgresql": postgresql, "mysql": innodb, "mariadb": innodb}
    found = String(20)
    for engine, collation in named.items():
        found = found.with_variant(String(20, collation=collation), engine)
    return found


a, b = MetaData(), MetaData()
for metadata, collation in (
    (a, ("NOCASE", "C", "utf8mb4_bin")),
    (b, ("RTRIM", "POSIX", "utf8mb4_icelandic_ci")),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", text(*collation), nullable=False, index=True, server_default="x"),
        Column("note", text(*collation)),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "One", "note": "n"}, {"name": "one"}]},
    window=(
        Insert(Release.A, "hosts", {"name": "ONE"}),
        Insert(Release.B, "hosts", {"name": "one", "note": "N"}),
    ),
)
