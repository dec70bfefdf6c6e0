"""Fills: every shape of key, hostile names, no rows, one row, wrong expressions."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from falsework.engines.connect import Target
from falsework.errors import Interrupted, StepFailed
from falsework.migrate import Event, Journal, Moment, Settings, run
from falsework.model.plan import Phase, Plan
from tests.migrate.conftest import ONE_OF_EACH, WRITERS, people
from tests.migrate.plans import COMMITS_DDL, Story, allowed, execute, joined, journal, query, quoted

TINY = Settings(chunk_rows=10)


@dataclass(frozen=True)
class Shape:
    """A table's key: its columns with their types, and key values in any order."""

    name: str
    columns: tuple[tuple[str, str], ...]
    keys: Sequence[tuple[object, ...]] = field(repr=False)
    where: str = "both"

    def __str__(self) -> str:
        return self.name


def words(count: int) -> list[str]:
    return [f"{chr(97 + i % 26)}{i % 7}'%:x\\ ü{i}" for i in range(count)]


SHAPES = (
    Shape("one row", (("id", "integer"),), [(5,)]),
    Shape("no rows", (("id", "integer"),), []),
    Shape("negative", (("id", "bigint"),), [(i - 2**62,) for i in range(60)]),
    Shape("gaps", (("id", "integer"),), [(i**3 - 1000,) for i in range(40)]),
    Shape("text", (("id", "varchar(40)"),), [(w,) for w in words(60)]),
    Shape("empty text", (("id", "exact text"),), [("",), (" ",), ("a",), ("A",)]),
    Shape("decimal", (("id", "numeric(20, 5)"),), [(f"{i - 20}.{i:05}",) for i in range(40)]),
    Shape("time", (("id", "timestamp"),), [(f"2024-02-{i:02} 00:00:00.5",) for i in range(1, 29)]),
    Shape("day", (("id", "date"),), [(f"{1970 + i}-03-01",) for i in range(30)]),
    Shape("uuid", (("id", "uuid"),), [(str(uuid.UUID(int=i**9)),) for i in range(50)]),
    Shape("bytes", (("id", "bytea"),), [(bytes([i, 0, 255 - i]),) for i in range(50)]),
    Shape("pair", (("a", "integer"), ("b", "integer")), [(i % 3, i) for i in range(60)]),
    Shape(
        "pair of texts",
        (("a", "varchar(9)"), ("b", "varchar(9)")),
        [(str(i % 2), str(i)) for i in range(40)],
    ),
    Shape(
        "three",
        (("a", "integer"), ("b", "varchar(9)"), ("c", "integer")),
        [(a, b, c) for a in range(-2, 2) for b in "xyz" for c in range(5)],
    ),
)


# The same in the words of other engines. What is exact keeps "", " ", "a" and "A" apart.
TYPES = {
    "sqlite": {"exact text": "varchar(40)"},
    "postgresql": {"exact text": "varchar(40)"},
    "mysql": {
        "exact text": "varchar(40) COLLATE utf8mb4_0900_bin",
        "timestamp": "datetime(6)",
        "uuid": "char(36)",
        "bytea": "varbinary(9)",
    },
    "mariadb": {
        "exact text": "varchar(40) COLLATE utf8mb4_nopad_bin",
        "timestamp": "datetime(6)",
        "bytea": "varbinary(9)",
    },
}


@pytest.mark.parametrize("server", ONE_OF_EACH, indirect=True)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_row_once(target: Target, shape: Shape) -> None:
    """Each row is visited once, in several runs, whatever its key is made of."""
    names = [target.driver.engine.spelling.identifier(name) for name, _ in shape.columns]
    words = TYPES[target.driver.engine.name]
    types = [words.get(written, written) for _, written in shape.columns]
    columns = ", ".join(f"{n} {t} NOT NULL" for n, t in zip(names, types, strict=True))
    execute(target, f"CREATE TABLE t ({columns}, n integer, PRIMARY KEY ({', '.join(names)}))")
    if shape.keys:
        marks = ", ".join("?" for _ in names)
        execute(target, f"INSERT INTO t VALUES ({marks}, NULL)", rows=shape.keys)
    told = Story(target)
    key = tuple(name for name, _ in shape.columns)
    told.fill("t.n/fill", "t", key, "n", value="COALESCE(n, 0) + 1", need="n IS NULL")

    in_steps(target, told.plan(), Settings(chunk_rows=10, max_rows=17))

    assert query(target, "SELECT count(*), min(n), max(n) FROM t") == [
        (len(shape.keys), *((1, 1) if shape.keys else (None, None)))
    ]
    assert [p.rows for p in Journal.open(target).progress] == [len(shape.keys)]


def in_steps(target: Target, plan: Plan, settings: Settings) -> None:
    """Expand, then migrate in as many runs as it takes."""
    run(target, plan, Phase.EXPAND)
    while True:
        try:
            run(target, None, Phase.MIGRATE, settings)
        except Interrupted:
            continue
        return


HOSTILE = (
    'a"b',
    "a'b",
    "a;--b",
    "100% %s %(x)s",
    ":x ::y",
    "\\:z",
    "🜂 é",
    "Ab cD",
    "select",
    "{x}",
)


@pytest.mark.rotates(3)
@pytest.mark.parametrize("server", ONE_OF_EACH, indirect=True)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(target: Target, name: str) -> None:
    """Names and texts with quotes, percent signs and colons mean nothing but themselves."""
    name = allowed(target, name)
    quote = target.driver.engine.spelling.identifier
    literal = quoted(target, name)
    table, key, column = quote(f"t{name}"), quote(f"k{name}"), quote(f"c{name}")
    execute(
        target,
        f"CREATE TABLE {table} ({key} integer PRIMARY KEY, {column} varchar(50))",
        f"INSERT INTO {table} ({key}) SELECT 1 UNION ALL SELECT 2",
    )
    told = Story(target)
    told.fill(
        f"t{name}/fill",
        f"t{name}",
        (f"k{name}",),
        f"c{name}",
        value=joined(target, literal, key),
        need=f"{column} IS NULL AND {literal} <> 'x'",
    )
    plan = told.plan()

    for phase in Phase:
        run(target, plan if phase is Phase.EXPAND else None, phase)

    assert query(target, f"SELECT {column} FROM {table} ORDER BY {key}") == [
        (f"{name}1",),
        (f"{name}2",),
    ]
    assert f"t{name}/fill" in {line[0] for line in journal(target)}


WRONG = {
    "no_such_function(a)": "syntax",
    "a ||": "syntax",
    "no_such_column": "syntax",
    "CASE WHEN id = 13 THEN NULL ELSE a END": "constraint",
}


@pytest.mark.parametrize("value", WRONG)
def test_a_wrong_fill(target: Target, value: str) -> None:
    """It fails by name and class; the rows of its chunk are as before, and nothing is recorded."""
    execute(
        target,
        "CREATE TABLE t (id integer PRIMARY KEY, a varchar(20), c varchar(20) NOT NULL DEFAULT '')",
    )
    execute(
        target, "INSERT INTO t (id, a) VALUES (?, ?)", rows=[(i, f"s3cret{i}") for i in range(25)]
    )
    told = Story(target)
    told.fill("t.c/fill", "t", ("id",), "c", value=value, need="c = ''")
    run(target, told.plan(), Phase.EXPAND)

    with pytest.raises(StepFailed, match=r"t\.c/fill") as failed:
        run(target, None, Phase.MIGRATE, TINY)

    assert journal(target)[-1] == ("t.c/fill", "migrate", "failed")
    good = 10 if WRONG[value] == "constraint" else 0
    assert WRONG[value] in failed.value.what
    assert f"{good} rows are filled" in failed.value.done
    assert query(target, "SELECT count(*) FROM t WHERE c <> ''") == [(good,)]
    assert [p.rows for p in Journal.open(target).progress] == [good]
    assert "s3cret" not in str(failed.value) + repr(failed.value.__context__)
    assert "s3cret" not in str(query(target, "SELECT * FROM falsework_journal"))


@pytest.mark.parametrize("server", WRITERS, indirect=True)
def test_a_fill_that_violates_the_type(target: Target) -> None:
    """The value itself is not quoted: it is somebody's row."""
    execute(target, "CREATE TABLE t (id integer PRIMARY KEY, a text, n integer)")
    execute(target, "INSERT INTO t (id, a) VALUES (?, ?)", rows=[(i, "s3cret") for i in range(25)])
    told = Story(target)
    whole = "signed" if target.driver.engine.name in COMMITS_DDL else "integer"
    told.fill("t.n/fill", "t", ("id",), "n", value=f"CAST(a AS {whole})", need="n IS NULL")
    run(target, told.plan(), Phase.EXPAND)

    with pytest.raises(StepFailed, match="data") as failed:
        run(target, None, Phase.MIGRATE, TINY)

    assert "s3cret" not in str(failed.value)


def test_no_key_of_a_row_outlives_its_fill(target: Target) -> None:
    """While a walk is under way its cursor is a key; once it is over nothing is left of it."""
    people(target)
    told = Story(target)
    told.fill("t.a/fill", "t", ("id",), "a", value="'x'", need="a <> 'x'")
    keys: list[tuple[object, ...]] = []

    def observer(event: Event) -> None:
        if event.moment is Moment.CHUNK:
            keys.extend(query(target, "SELECT last_key, upper_key FROM falsework_progress"))

    run(target, told.plan(), Phase.EXPAND)
    run(target, None, Phase.MIGRATE, TINY, observer)

    assert keys[0] == ('[["int", 9]]', '[["int", 24]]')
    assert query(target, "SELECT last_key, upper_key FROM falsework_progress") == [(None, None)]


def test_rows_that_come_behind_the_cursor(target: Target) -> None:
    """A second pass finds what was put behind the first one; above the fixed end nothing is."""
    people(target)
    told = Story(target)
    told.fill("t.a/fill", "t", ("id",), "a", value="'x'", need="a <> 'x'")
    seen: list[int] = []

    def observer(event: Event) -> None:
        if event.moment is Moment.CHUNK:
            seen.append(event.rows or 0)
            if len(seen) == 1:
                execute(target, "INSERT INTO t VALUES (-5, 'behind'), (99, 'ahead')")

    run(target, told.plan(), Phase.EXPAND)
    run(target, None, Phase.MIGRATE, TINY, observer)

    assert query(target, "SELECT id FROM t WHERE a <> 'x'") == [(99,)]
    assert [p.rows for p in Journal.open(target).progress] == [26]


def test_a_writer_that_never_rests(target: Target) -> None:
    """An application that goes on undoing the fill does not keep the walk alive for ever."""
    people(target)
    told = Story(target)
    told.fill("t.a/fill", "t", ("id",), "a", value="'x'", need="a <> 'x'")

    def observer(event: Event) -> None:
        if event.moment is Moment.CHUNK:
            execute(target, "UPDATE t SET a = 'old' WHERE id = 0")

    run(target, told.plan(), Phase.EXPAND)
    outcome = run(target, None, Phase.MIGRATE, TINY, observer)

    assert [s.rows for s in outcome.steps] == [27]
