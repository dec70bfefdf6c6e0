"""A column goes and one of its type comes: the plan asks whether it is a rename, and takes no side.

As nobody says that it is one, the new column begins empty and the old one is dropped.
"""

from sqlalchemy import Column, Integer, MetaData, String, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("host_name", String(40)),
    Column("rack", Integer),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("owner", String(40)),
    Column("hostname", String(40)),
    Column("rack", Integer),
)

CASE = Case(
    a=a,
    b=b,
    rows={"hosts": [{"host_name": "one", "rack": 1}]},
    window=(
        Insert(Release.B, "hosts", {"hostname": "two", "owner": "me"}),
        Insert(Release.A, "hosts", {"host_name": "three", "rack": 3}),
    ),
)
