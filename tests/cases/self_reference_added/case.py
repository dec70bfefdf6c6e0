"""A deletes a tree of hosts with its root; the foreign key between hosts must not stop it."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
Table("sites", a, Column("id", Integer, primary_key=True))
Table("sites", b, Column("id", Integer, primary_key=True))
follows = "CASCADE"
Table(
    "hosts",
    a,
    Column("id", Integer, primary_key=True),
    Column("site_id", Integer, ForeignKey("sites.id", ondelete=follows)),
    Column("parent_id", Integer),
)
Table(
    "hosts",
    b,
    Column("id", Integer, primary_key=True),
    Column("site_id", Integer, ForeignKey("sites.id", ondelete=follows)),
    Column("parent_id", Integer, ForeignKey("hosts.id", name="fk_hosts_parent"), index=True),
)

CASE = Case(
    a=a,
    b=b,
    rows={
        "sites": [{"id": 1}],
        "hosts": [{"id": 1, "site_id": 1}, {"id": 2, "site_id": 1, "parent_id": 1}],
    },
    window=(Insert(Release.B, "hosts", {"site_id": 1, "parent_id": 2}),),
)
