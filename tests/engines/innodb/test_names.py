"""What a name or a literal becomes in a statement, and which names are refused."""

from __future__ import annotations

import pytest

from falsework.engines.innodb.names import literal, quoted, readable
from tests.engines.innodb.conftest import Database

HOSTILE = ("a`b", 'a"b', "a'b", "a;--b", "100% %s %(x)s", ":x ::y", "\\:z", "é ü", "select", "a.b")


@pytest.mark.parametrize(
    "name",
    ["", "x" * 65, "ends in a space ", "ends in a tab\t", "nul\0", "rocket 🚀"],
    ids=["", "65", " ", "tab", "0", "🚀"],
)
def test_names_that_no_server_holds(name: str) -> None:
    """Refused here, with the name, before any statement runs."""
    with pytest.raises(ValueError, match="name"):
        quoted(name)


def test_only_what_needs_quotes_has_them() -> None:
    """Inside expressions, which people read."""
    assert [readable(n) for n in ("plain", "order", "Mixed", "a b")] == [
        "plain",
        "`order`",
        "`Mixed`",
        "`a b`",
    ]


def test_literals(db: Database) -> None:
    """Whatever is in it comes back: backslashes, quotes, percent signs, emoji, NUL."""
    for value in ("it's", "back\\slash", "100 %s", "🚀 é", "a\nb\r\x1a\0c", '"', ":x", ""):
        assert db.rows(f"SELECT {literal(value)}") == [(value,)]


def test_hostile_names(db: Database) -> None:
    """In every place that a name can have."""
    for name in HOSTILE:
        column = quoted(name)
        db.run(
            f"CREATE TABLE {quoted('t ' + name)} (id int PRIMARY KEY, {column} int, "
            f"CONSTRAINT {quoted('c ' + name)} CHECK ({column} > 1), INDEX {column} ({column}))"
        )
    found = db.read()

    assert [t.columns[1].name for t in found.tables] == [
        t.name.name.removeprefix("t ") for t in found.tables
    ]
    assert sorted(t.columns[1].name for t in found.tables) == sorted(HOSTILE)
    for table in found.tables:
        name = table.columns[1].name
        assert [c.uses for c in table.checks] == [(name,)]
        assert [i.columns for i in table.indexes] == [(name,)]
