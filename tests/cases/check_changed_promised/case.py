"""Another text under the same name, and B obeys the old one too until contract."""

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Table

from falsework.declare import until_contract
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, slots, info in (
    (a, "slot > 0", {}),
    (b, "slot > 1", until_contract("ck_hosts_slot")),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("slot", Integer),
        CheckConstraint(slots, name="ck_hosts_slot"),
        info=info,
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"slot": 2}]},
    window=(Insert(Release.B, "hosts", {"slot": 3}),),
)
