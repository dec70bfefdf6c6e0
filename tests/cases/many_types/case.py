"""Columns of every ordinary type beside one that must not be NULL any more."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Time,
    Uuid,
    func,
)

from falsework.declare import fill, new_uuid
from falsework.model.plan import Release
from tests.cases.model import Case, Insert

a, b = MetaData(), MetaData()
for metadata, needed in ((a, False), (b, True)):
    Table(
        "things",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("whole", SmallInteger),
        Column("large", BigInteger, unique=True),
        Column("exact", Numeric(10, 2, asdecimal=False)),
        Column("about", Float),
        Column("flag", Boolean),
        Column("state", Enum("up", "down", native_enum=False, create_constraint=True, name="st")),
        Column("day", Date),
        Column("moment", DateTime, server_default=func.current_timestamp()),
        Column("hour", Time),
        Column("uuid", Uuid, nullable=not needed, info=fill(new_uuid()) if needed else {}),
        Column("bytes", LargeBinary),
        Column("document", JSON),
        CheckConstraint("whole BETWEEN 1 AND 100 AND (flag OR about > 0)", name="ck_things"),
    )

CASE = Case(
    a=a,
    b=b,
    rows={"things": [{"whole": 1, "flag": True}, {"state": "up", "about": 0.5}]},
    window=(Insert(Release.A, "things", {"whole": 100, "about": 1.5}),),
)
