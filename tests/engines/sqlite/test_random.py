"""Random tables, random edits: made, read, changed and read again; the rows are all kept."""

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, DrawFn, SearchStrategy
from msgspec.structs import replace

from falsework.engines.sqlite import DRIVER
from falsework.engines.sqlite.text import fold, quote
from falsework.model.edits import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddIndex,
    AddUnique,
    CreateTable,
    DropCheck,
    DropColumn,
    DropForeignKey,
    DropIndex,
    DropUnique,
    Edit,
    SetDefault,
    SetNullable,
    SetType,
    dependants,
)
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Column,
    Default,
    ForeignKey,
    Index,
    PrimaryKey,
    Schema,
    Table,
    TableName,
    UniqueConstraint,
)
from tests.engines.sqlite.conftest import MODULES, File

READER = DRIVER.reader
T = TableName("main", "t")
ROWS = 4
KEY = "k"  # a column of every table: unique, never NULL, 1 to ROWS

names = st.one_of(
    st.sampled_from(["a", "Name", "order", "x y", 'q"t', "semi;", "it's", "[b]", "🐘", "c DESC"]),
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=4),
)  # fmt: skip
types = st.sampled_from(
    [
        "INTEGER",
        "BIGINT",
        "VARCHAR(20)",
        "TEXT",
        "NUMERIC(10, 2)",
        "BOOLEAN",
        "DATETIME",
        "BLOB",
        "",
    ]
).map(READER.type)
defaults = st.sampled_from(["5", "'x'", "-1", "1.5", "'it''s'", "x'00'", "'5'", "0"])
clocks = st.sampled_from(["CURRENT_TIMESTAMP", "1 + 2", "lower('A')", "hex(randomblob(4))"])


@st.composite
def columns(draw: DrawFn, taken: frozenset[str]) -> Column:
    type_ = draw(types)
    text = draw(st.one_of(st.none(), defaults, clocks))
    return Column(
        draw(names.filter(lambda n: fold(n) not in taken)),
        type_,
        nullable=draw(st.booleans()) if text else True,
        default=None if text is None else READER.default(text, type_),
        collation=draw(st.sampled_from([None, None, "NOCASE", "RTRIM"])),
    )


@st.composite
def tables(draw: DrawFn) -> Table:
    made = [Column(KEY, READER.type("INTEGER"), nullable=False)]
    for _ in range(draw(st.integers(1, 4))):
        taken = frozenset(fold(c.name) for c in made) | {"rowid", "oid", "_rowid_"}
        made.append(draw(columns(taken)))
    kind = draw(st.sampled_from(["rowid", "counter", "other", "none", "without"]))
    options: tuple[str, ...] = ()
    key: PrimaryKey | None = PrimaryKey((KEY,), draw(st.sampled_from([None, "pk"])))
    if kind in {"rowid", "counter"}:
        made[0] = replace(made[0], autoincrement=True)
        options = ("AUTOINCREMENT",) if kind == "counter" else ()
    elif kind == "other":
        key = PrimaryKey((made[1].name, KEY))
    elif kind == "none":
        key = None
    else:
        options = ("WITHOUT ROWID",)
    if draw(st.booleans()):
        computed = f"{quote(KEY)} * 2"
        made.append(
            Column("gen", READER.type("INT"), generated=computed, stored=draw(st.booleans()))
        )
    return Table(T, tuple(draw(st.permutations(made))), key, options=options).sorted()


def candidates(table: Table, data: DataObject, number: Iterator[int]) -> Iterator[Edit]:
    """One edit of every kind that fits the table."""
    own = [c for c in table.columns if c.name != KEY and c.generated is None]
    keyed = table.primary_key.columns if table.primary_key else ()
    taken = frozenset(fold(c.name) for c in table.columns) | {"rowid", "oid", "_rowid_"}
    yield AddColumn(table=T, column=data.draw(columns(taken)))
    yield AddIndex(table=T, index=data.draw(indexes(table, f"i{next(number)}")))
    name = data.draw(st.sampled_from([None, f"n{next(number)}"]))
    others = [c.name for c in own][:1]
    yield AddUnique(table=T, unique=UniqueConstraint(name, (*others, KEY)))
    yield AddCheck(table=T, check=checks(name, data.draw(st.sampled_from([0, -7]))))
    action = data.draw(st.sampled_from(Action))
    parent = TableName("main", "p")
    yield AddForeignKey(table=T, foreign_key=ForeignKey(name, (KEY,), parent, ("id",), action))
    for column in own:
        yield SetDefault(table=T, column=column.name, default=data.draw(same_default(column)))
        if not column.nullable and column.name not in keyed:
            yield SetNullable(table=T, column=column.name, nullable=True)
        if column.type.name == "varchar":
            yield SetType(table=T, column=column.name, type=READER.type("VARCHAR(99)"))
        if column.name not in keyed and not dependants(table, column.name):
            yield DropColumn(table=T, column=column.name)
    yield from (DropIndex(table=T, index=i) for i in table.indexes)
    yield from (DropUnique(table=T, unique=u) for u in table.uniques)
    yield from (DropCheck(table=T, check=c) for c in table.checks)
    yield from (DropForeignKey(table=T, foreign_key=f) for f in table.foreign_keys)


def same_default(column: Column) -> SearchStrategy[Default | None]:
    return defaults.map(lambda text: READER.default(text, column.type))


@st.composite
def indexes(draw: DrawFn, table: Table, name: str) -> Index:
    column = draw(st.sampled_from(table.columns)).name
    entry = draw(st.sampled_from([column, f"{column} DESC", f"lower({quote(column)})"]))
    where = draw(st.sampled_from([None, f"{quote(KEY)} > 0"]))
    uses = tuple(sorted({column, KEY} if where else {column}))
    return Index(name, (entry,), where=where, uses=uses)


def checks(name: str | None, least: int) -> CheckConstraint:
    return CheckConstraint(name, READER.expression(f"{quote(KEY)} > {least}"), (KEY,))


def fill(file: File, table: Table) -> None:
    """Rows with a value of every kind in every column that may hold one."""
    written = [c for c in table.columns if c.generated is None]
    holes = ", ".join("?" * len(written))
    named = ", ".join(quote(c.name) for c in written)
    values = ["text", 7, b"\x01", None]
    with file.pool.begin() as connection:
        for row in range(1, ROWS + 1):
            connection.exec_driver_sql(
                f"INSERT INTO t ({named}) VALUES ({holes})",
                tuple(
                    row if c.name == KEY else (values[row % 4] if c.nullable else values[row % 3])
                    for c in written
                ),
            )


def content(file: File, table: Table, kept: tuple[str, ...]) -> list[tuple[object, ...]]:
    rowid = "" if "WITHOUT ROWID" in table.options else ", rowid"
    listed = ", ".join(f"typeof({quote(n)}), {quote(n)}" for n in kept)
    return file.rows(f"SELECT {listed}{rowid} FROM t ORDER BY {quote(KEY)}")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(tables(), st.sampled_from(sorted(MODULES)), st.data())
def test_random_edits(table: Table, module: str, data: DataObject) -> None:
    """Effects hold for any table and any run of edits, one by one or several at once."""
    with tempfile.TemporaryDirectory() as folder:
        file = File(Path(folder) / "app.db", MODULES[module])
        file.run("CREATE TABLE p (id INTEGER NOT NULL PRIMARY KEY)")
        file.run("INSERT INTO p VALUES (1), (2), (3), (4)")
        file.change(CreateTable(definition=table))
        fill(file, table)
        number = count()
        parent = file.read().tables[0]
        for _ in range(data.draw(st.integers(1, 4))):
            before = file.read().table(T)
            assert before is not None
            after, edits = before, []
            for _ in range(data.draw(st.integers(1, 3))):
                edits.append(data.draw(st.sampled_from(list(candidates(after, data, number)))))
                changed = edits[-1].apply(Schema((parent, after)))
                after = changed.table(T) or after
            gone = {e.column for e in edits if isinstance(e, DropColumn)}
            kept = tuple(n for n in before.column_names if n not in gone)
            rows = content(file, before, kept)

            file.change(*edits)

            assert content(file, before, kept) == rows
