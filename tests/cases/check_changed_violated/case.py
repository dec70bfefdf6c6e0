"""Another text under the same name, which A's rows break: contract stops at them."""

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Table

from falsework.model.plan import Phase, QuestionKind
from tests.cases.model import Case, Stopped

a, b = MetaData(), MetaData()
for metadata, slots in ((a, "slot > 0"), (b, "slot > 1")):
    Table(
        "hosts",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("slot", Integer),
        CheckConstraint(slots, name="ck_hosts_slot"),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"slot": 1}, {"slot": 2}]},
    expect=Stopped(Phase.CONTRACT, QuestionKind.VIOLATIONS, "ck_hosts_slot"),
)
