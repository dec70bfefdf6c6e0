"""Models whose names try to break out of SQL, of formats and of the terminal."""

import sqlalchemy
from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from falsework.declare import dropped, fill

ESCAPE = "\x1b[31m"
BEYOND = "\U0001f4a5"  # of Unicode's first plane, which not every engine takes in names
# What SQLAlchemy 2.0 takes for a parameter of its own, also inside a name: no application has it.
PARAMETER = "" if sqlalchemy.__version__.startswith("2.0.") else "%(a)s"
TABLE = f"we\"ird; DROP TABLE x;-- %s {PARAMETER} 'q' {BEYOND}"
PLAIN_TABLE = TABLE.replace(BEYOND, "\u2603")
COLUMN = f"co\"l'); --{ESCAPE} %d\n     undo  yes"
OLD = "o`ld] \u202e"

FILL = {
    "sqlite": "'100%s' || id",
    "postgresql": "'100%s' || id",
    "mysql": "concat('100%s', id)",
    "mariadb": "concat('100%s', id)",
}


def release_a(table: str) -> MetaData:
    """With a column that release B has no more."""
    found = MetaData(naming_convention={"pk": "pk"})
    Table(
        table,
        found,
        Column("id", Integer, primary_key=True),
        Column(COLUMN, String(20)),
        Column(OLD, Integer),
    )
    return found


def release_b(table: str) -> MetaData:
    """With a fill, an index and a drop."""
    found = MetaData(naming_convention={"pk": "pk"})
    Table(
        table,
        found,
        Column("id", Integer, primary_key=True),
        Column(COLUMN, String(40), nullable=False, info=fill(FILL)),
        Index('ix";%s \t!', COLUMN),
        info=dropped(OLD, down=None),
    )
    return found


b = release_b(TABLE)
plain_b = release_b(PLAIN_TABLE)
