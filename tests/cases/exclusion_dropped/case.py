"""One that is gone from the models goes in expand, one that B promises to keep in contract."""

from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from falsework.declare import until_contract
from falsework.model.plan import Release
from tests.cases.model import Case, Insert


def apart(*elements: tuple[str, str], **more: object) -> ExcludeConstraint:
    """One constraint, where there are such things."""
    given = {"using": "btree", "name": "ex_hosts", **more}
    return ExcludeConstraint(*elements, **given).ddl_if(dialect="postgresql")


a, b = MetaData(), MetaData()
for metadata, rules, info in (
    (
        a,
        (
            apart(("slot", "="), ("rack", "=")),
            apart(("slot", "="), ("state", "="), name="ex_hosts_kept"),
        ),
        {},
    ),
    (b, (), until_contract("ex_hosts_kept")),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("slot", Integer),
        Column("rack", String(20), nullable=False),
        Column("state", String(20), nullable=False),
        *rules,
        info=info,
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"slot": 1, "rack": "a", "state": "up"}]},
    window=(
        Insert(Release.A, "hosts", {"slot": 2, "rack": "a", "state": "up"}),
        Insert(Release.B, "hosts", {"slot": 1, "rack": "a", "state": "down"}),
    ),
)
