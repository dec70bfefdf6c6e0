"""The predictor knows what declarations mean, and nothing of how falsework carries them out."""

from __future__ import annotations

import ast
from pathlib import Path

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, text

from falsework.declare import Info, dropped, fill, new_uuid
from falsework.model.plan import Release
from tests.generator.cells import FRESH_UUID, SOMETHING, Either
from tests.generator.obeyed import broken
from tests.generator.predictor import predict, unexpected, visible
from tests.generator.writes import Delete, Insert, Log, Row, Rows, Stage, Update, Upsert

A, B = Release.A, Release.B
UUID = "00000000-0000-4000-8000-00000000000{}"


def models(*columns: Column[str], info: Info | None = None) -> MetaData:
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True), *columns, info=info or Info())
    return metadata


def predicted(a: MetaData, b: MetaData, rows: list[Row], log: Log = ()) -> list[Row]:
    return list(predict(a, b, {"t": rows}, log)["t"])


def test_old_rows_hold_the_default_of_a_new_column() -> None:
    """ADD COLUMN with a constant default gives it to every row; without one they hold NULL."""
    b = models(Column("x", String, server_default="it's"), Column("y", String))

    assert predicted(models(), b, [{"id": 1}]) == [{"id": 1, "x": "it's", "y": None}]


def test_a_constant_fill_is_there_at_once_and_a_uuid_is_another_one_in_each_row() -> None:
    """NOT NULL with a fill: whoever omits the column leaves the fill in it."""
    b = models(
        Column("x", String, nullable=False, info=fill("'f'")),
        Column("u", String(36), nullable=False, info=fill(new_uuid())),
    )
    log: Log = [Stage.EXPANDED, Insert(A, "t", {"id": 2})]

    assert predicted(models(), b, [{"id": 1}], log) == [
        {"id": 1, "x": "f", "u": FRESH_UUID},
        {"id": 2, "x": "f", "u": FRESH_UUID},
    ]


def test_null_is_filled_where_null_may_not_stay() -> None:
    """Rows that hold NULL get the fill, whenever A wrote them; values stay as they are."""
    a = models(Column("x", String))
    b = models(Column("x", String, nullable=False, info=fill("'f'")))
    log: Log = [Stage.MIGRATED, Insert(A, "t", {"id": 3}), Update(A, "t", {"id": 2}, {"x": None})]

    assert predicted(a, b, [{"id": 1, "x": None}, {"id": 2, "x": "v"}], log) == [
        {"id": 1, "x": "f"},
        {"id": 2, "x": "f"},
        {"id": 3, "x": "f"},
    ]


def test_a_nullable_column_is_filled_once() -> None:
    """What is NULL before the fill gets it, what becomes NULL later stays NULL."""
    b = models(Column("x", String, info=fill("'f'")))
    log: Log = [
        Stage.EXPANDED,
        Insert(B, "t", {"id": 2, "x": None}),
        Stage.MIGRATING,
        Insert(B, "t", {"id": 3, "x": None}),
        Stage.MIGRATED,
        Insert(B, "t", {"id": 4, "x": None}),
    ]

    assert [row["x"] for row in predicted(models(), b, [{"id": 1}], log)] == [
        "f",
        "f",
        Either((None, "f")),
        None,
    ]


def test_a_fill_reads_the_row_as_it_is_at_some_moment() -> None:
    """A column that the fill reads may change before or after the fill."""
    a = models(Column("name", String))
    b = models(
        Column("name", String), Column("x", String, nullable=False, info=fill("name || '!'"))
    )
    log: Log = [Stage.MIGRATING, Update(A, "t", {"id": 1}, {"name": "b"}), Stage.MIGRATED]

    assert predicted(a, b, [{"id": 1, "name": "a"}], log) == [
        {"id": 1, "name": "b", "x": Either(("a!", "b!"))}
    ]


def test_a_clock_and_a_volatile_default_give_something() -> None:
    """What they give is not known, only that it is not NULL."""
    b = models(
        Column("at", String, nullable=False, server_default=text("CURRENT_TIMESTAMP")),
        Column("u", String, nullable=False, server_default=text("gen_random_uuid()")),
    )

    assert predicted(models(), b, [{"id": 1}]) == [{"id": 1, "at": SOMETHING, "u": SOMETHING}]


def test_upserts_and_deletes_are_followed_into_children() -> None:
    """Of the keys in force, CASCADE takes the children along and SET NULL lets go of them."""

    def family() -> MetaData:
        metadata = models(Column("x", String))
        for name, action in (("own", "CASCADE"), ("loose", "SET NULL")):
            parent = ForeignKey("t.id", ondelete=action)
            Table(name, metadata, Column("id", Integer, primary_key=True), Column("t_id", parent))
        return metadata

    rows: Rows = {"t": [{"id": 1, "x": "a"}], "own": [{"id": 1, "t_id": 1}]}
    log: Log = [
        Upsert(A, "t", ("id",), {"id": 1, "x": "b"}),
        Upsert(A, "t", ("id",), {"id": 2, "x": "c"}),
        Insert(A, "loose", {"id": 5, "t_id": 1}),
        Delete(A, "t", {"id": 1}),
    ]

    assert predict(family(), family(), rows, log) == {
        "t": ({"id": 2, "x": "c"},),
        "own": (),
        "loose": ({"id": 5, "t_id": None},),
    }


def test_a_reads_in_a_dropped_column_what_the_declaration_says() -> None:
    """B's rows hold ``down`` while A still reads the column."""
    a = models(Column("old", String, nullable=False))
    b = models(info=dropped("old", down="'?'"))
    log: Log = [Stage.EXPANDED, Insert(B, "t", {"id": 2})]

    seen = visible(a, b, {"t": [{"id": 1, "old": "o"}]}, log, A)

    assert seen["t"] == ({"id": 1, "old": "o"}, {"id": 2, "old": "?"})


def test_what_is_found_must_be_what_was_expected() -> None:
    """A lost row, one too many, another value, a copied UUID: each is named."""
    b = models(Column("u", String(36)))
    expected = {"t": [{"id": 1, "u": FRESH_UUID}, {"id": 2, "u": "x"}]}

    def told(*rows: Row) -> list[str]:
        return unexpected(expected, {"t": rows}, b)

    right = {"id": 1, "u": UUID.format(1)}
    assert told(right, {"id": 2, "u": "x"}) == []
    assert told(right) == ["t: lost: {'id': 2, 'u': 'x'}"]
    assert told(right, {"id": 2, "u": "x"}, {"id": 3, "u": "y"}) == [
        "t: not expected: {'id': 3, 'u': 'y'}"
    ]
    assert told(right, {"id": 2, "u": None}) == [
        "t: {'id': 2} expected and found: {'u': ('x', None)}"
    ]
    copied = {"t": [{"id": 1, "u": FRESH_UUID}, {"id": 2, "u": FRESH_UUID}]}
    assert unexpected(copied, {"t": [right, {**right, "id": 2}]}, b) == [
        f"t: u: {UUID.format(1)} is no new UUID: it occurs twice"
    ]


def test_rows_that_break_a_rule_of_b_are_seen() -> None:
    """Where the predicted rows break what B declares, an upgrade has to stop."""
    b = models(Column("x", String, nullable=False, unique=True))

    assert broken(b, {"t": [{"id": 1, "x": "a"}, {"id": 2, "x": "b"}]}) == []
    assert broken(b, {"t": [{"id": 1, "x": None}]}) == ["t: NULL in x"]
    assert broken(b, {"t": [{"id": 1, "x": "a"}, {"id": 2, "x": "a"}]}) == [
        "t: duplicates in ('x',)"
    ]


def test_the_predictor_is_independent() -> None:
    """It shares no code with what it judges: nothing of planning, running or the engines."""
    seen, pending = set(), ["predictor", "obeyed"]
    while pending:
        name = pending.pop()
        seen.add(name)
        tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text())
        for node in ast.walk(tree):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            ours = [m.removeprefix("tests.generator.") for m in modules if m.startswith("tests.")]
            pending += [m for m in ours if m not in seen]
            allowed = ("falsework.declare", "falsework.model.plan")
            assert not [m for m in modules if m.startswith("falsework") and m not in allowed], name
