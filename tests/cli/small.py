"""A small application at releases A and B, and models that cannot be used."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
)

from falsework.declare import dropped, fill, soft_delete

NAMES = {"pk": "pk_%(table_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}

# Texts one after the other, in the words of each engine.
NONE = {
    "sqlite": "'none-' || id",
    "postgresql": "'none-' || id",
    "mysql": "concat('none-', id)",
    "mariadb": "concat('none-', id)",
}

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
    Column("email", String(50), nullable=False, unique=True, info=fill(NONE)),
    info=dropped("shoe", down=None),
)
Table(
    "notes",
    b,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, ForeignKey("people.id", name="fk_notes_person"), nullable=False),
    Column("text", String(100)),
)

without_notes = MetaData(naming_convention=NAMES)
b.tables["people"].to_metadata(without_notes)

numbered = MetaData(naming_convention=NAMES)
a.tables["people"].to_metadata(numbered)
Sequence("numbers", metadata=numbered)

no_fill = MetaData(naming_convention=NAMES)
Table(
    "people",
    no_fill,
    Column("id", Integer, primary_key=True),
    Column("name", String(20), nullable=False),
    Column("email", String(50), nullable=False),
    Column("shoe", Integer),
)

checked = MetaData(naming_convention=NAMES)
Table(
    "people",
    checked,
    Column("id", Integer, primary_key=True),
    Column("name", String(20), nullable=False),
    Column("email", String(50)),
    Column("shoe", Integer),
    CheckConstraint("shoe > 0", name="ck_people_shoe"),
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

marked = MetaData(naming_convention=NAMES)
Table(
    "hosts",
    marked,
    Column("id", Integer, primary_key=True),
    Column("deleted_at", DateTime),
    info=soft_delete(),
)

number = 42
