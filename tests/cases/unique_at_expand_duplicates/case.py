"""A is said to obey the new key, and its rows do not: nothing is expanded."""

from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint

from falsework.declare import at_expand
from falsework.model.plan import Phase, QuestionKind
from tests.cases.model import Case, Stopped

a, b = MetaData(), MetaData()
Table("hosts", a, Column("id", Integer, primary_key=True), Column("name", String(40)))
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    UniqueConstraint("name", name="uq_hosts_name"),
    info=at_expand("uq_hosts_name"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one"}, {"name": "one"}]},
    expect=Stopped(Phase.EXPAND, QuestionKind.DUPLICATES, "uq_hosts_name"),
)
