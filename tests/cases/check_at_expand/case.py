"""A obeys the new check already, as the models say: the server holds it from expand on."""

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Table

from falsework.declare import at_expand
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table("hosts", a, Column("id", Integer, primary_key=True), Column("cpus", Integer))
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("cpus", Integer),
    CheckConstraint("cpus > 0", name="ck_hosts_cpus"),
    info=at_expand("ck_hosts_cpus"),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"cpus": 1}, {"cpus": None}]},
    window=(Insert(Release.A, "hosts", {"cpus": 2}), Insert(Release.B, "hosts", {"cpus": 3})),
)
