"""A small application at releases A and B, and models that cannot be used."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.declare import dropped, fill

NAMES = {"pk": "pk_%(table_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}

a = MetaData(naming_convention=NAMES)
Table(
    "people",
    a,
    Column("id", Integer, primary_key=True),
    Column("name", String(20), nullable=False),
    Column("email", String(50)),
    Column("shoe", Integer),
)

b = MetaData(naming_convention=NAMES)
Table(
    "people",
    b,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
    Column("email", String(50), nullable=False, unique=True, info=fill("'none-' || id")),
    info=dropped("shoe", down=None),
)
Table(
    "notes",
    b,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id", name="fk_notes_person"), nullable=False),
    Column("text", String(100)),
)

no_fill = MetaData(naming_convention=NAMES)
Table(
    "people",
    no_fill,
    Column("id", Integer, primary_key=True),
    Column("name", String(20), nullable=False),
    Column("email", String(50), nullable=False),
    Column("shoe", Integer),
)

refused = MetaData(naming_convention=NAMES)
Table(
    "people",
    refused,
    Column("id", Integer, primary_key=True),
    Column("name", String(20), nullable=False),
    Column("email", String(50)),
    Column("shoe", Integer),
    Column("size", Integer, nullable=False),
)

keyed = MetaData(naming_convention=NAMES)
Table("t", keyed, Column("id", Integer, primary_key=True), Column("v", String(9), unique=True))

unkeyed = MetaData(naming_convention=NAMES)
Table("t", unkeyed, Column("id", Integer, primary_key=True), Column("v", String(9)))

number = 42
