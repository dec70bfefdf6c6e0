"""Only rows that are not deleted have names of their own."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, text

from falsework.model.plan import Phase, QuestionKind
from tests.cases.model import Case, Stopped

a, b = MetaData(), MetaData()
LIVE = text("deleted = 0")
# There are no partial indexes there, and SQLAlchemy makes one over all rows.
OVER_ALL = Stopped(Phase.CONTRACT, QuestionKind.DUPLICATES, "uq_hosts_live")
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("deleted", Integer, nullable=False, server_default="0"),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("deleted", Integer, nullable=False, server_default="0"),
    Index("uq_hosts_live", "name", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"name": "one", "deleted": 0}, {"name": "one", "deleted": 1}]},
    elsewhere={"mysql": OVER_ALL, "mariadb": OVER_ALL},
)
