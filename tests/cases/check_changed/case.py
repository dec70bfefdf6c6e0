"""Another text under the same name: neither holds while A and B both write."""

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, slots, states in (
    (a, "slot > 0", "state IN ('up', 'down')"),
    (b, "slot > 1", "state IN ('up', 'down', 'lost')"),
):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("slot", Integer),
        Column("state", String(20)),
        CheckConstraint(slots, name="ck_hosts_slot"),
        CheckConstraint(states, name="ck_hosts_state"),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"slot": 2, "state": "up"}]},
    window=(
        Insert(Release.B, "hosts", {"slot": 3, "state": "lost"}),
        Insert(Release.A, "hosts", {"slot": 4, "state": "down"}),
    ),
)
