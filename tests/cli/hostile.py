"""Models whose names try to break out of SQL, of formats and of the terminal."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from falsework.declare import dropped, fill

ESCAPE = "\x1b[31m"
TABLE = "we\"ird; DROP TABLE x;-- %s %(a)s 'q' \U0001f4a5"
COLUMN = f"co\"l'); --{ESCAPE} %d\n     undo  yes"
OLD = "o`ld] \u202e"

a = MetaData(naming_convention={"pk": "pk"})
Table(
    TABLE,
    a,
    Column("id", Integer, primary_key=True),
    Column(COLUMN, String(20)),
    Column(OLD, Integer),
)

b = MetaData(naming_convention={"pk": "pk"})
Table(
    TABLE,
    b,
    Column("id", Integer, primary_key=True),
    Column(COLUMN, String(40), nullable=False, info=fill("'100%s' || id")),
    Index('ix";%s \t', COLUMN),
    info=dropped(OLD, down=None),
)
