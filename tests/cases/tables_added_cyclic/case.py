"""Two new tables refer to each other: one foreign key closes the circle after both are there."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from falsework.model.plan import Release
from tests.cases.model import Case, Insert, Update

a, b = MetaData(), MetaData()
for metadata in (a, b):
    Table("hosts", metadata, Column("id", Integer, primary_key=True))
Table(
    "teams",
    b,
    Column("id", Integer, primary_key=True),
    Column("leader_id", Integer, ForeignKey("people.id", name="fk_teams_leader", use_alter=True)),
)
Table(
    "people",
    b,
    Column("id", Integer, primary_key=True),
    Column("team_id", Integer, ForeignKey("teams.id", name="fk_people_team")),
)

CASE = Case(
    a=a,
    b=b,
    window=(
        Insert(Release.B, "teams", {"id": 1}),
        Insert(Release.B, "people", {"id": 1, "team_id": 1}),
        Update(Release.B, "teams", {"id": 1}, {"leader_id": 1}),
    ),
)
