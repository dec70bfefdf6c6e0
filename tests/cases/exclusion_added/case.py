"""Rows that are to exclude each other: A may write such rows until contract."""

from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from falsework.model.plan import Release
from tests.cases.model import Case, Insert


def apart(*elements: tuple[str, str], **more: object) -> ExcludeConstraint:
    """One constraint, where there are such things."""
    given = {"using": "btree", "name": "ex_hosts", **more}
    return ExcludeConstraint(*elements, **given).ddl_if(dialect="postgresql")


a, b = MetaData(), MetaData()
for metadata, rules in (
    (a, ()),
    (
        b,
        (
            apart(("slot", "="), ("rack", "="), where="state <> 'down'"),
            apart(("id", "="), using="hash", name="ex hosts' hash"),
        ),
    ),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("slot", Integer),
        Column("rack", String(20), nullable=False),
        Column("state", String(20), nullable=False),
        *rules,
    )

CASE = Case(
    a=a,
    b=b,
    rows={
        "hosts": [
            {"slot": 1, "rack": "a", "state": "up"},
            {"slot": 1, "rack": "a", "state": "down"},
            {"slot": None, "rack": "a", "state": "up"},
        ]
    },
    window=(
        Insert(Release.A, "hosts", {"slot": 2, "rack": "a", "state": "up"}),
        Insert(Release.B, "hosts", {"slot": 2, "rack": "b", "state": "up"}),
    ),
)
