"""What only the text of CREATE TABLE says: names of constraints, checks, collations, options.

Pragmas answer the rest. Whatever stands in the text and fits nowhere in the model is reported as
``opaque``, in the words of the text: a table with any of it is never rebuilt.
Grammar: https://www.sqlite.org/lang_createtable.html and parse.y of the SQLite sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from falsework.engines.normalize import Form, Token, split
from falsework.engines.sqlite.cursor import Cursor, NotUnderstood
from falsework.engines.sqlite.scan import body, plain_column
from falsework.engines.sqlite.text import fold, named, normal, tokens

AUTOINCREMENT = "AUTOINCREMENT"


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key as written; ``columns`` of the parent are empty where none are named."""

    name: str | None
    columns: tuple[str, ...]
    deferrable: str | None


@dataclass(slots=True)
class TableText:
    """The parts of one CREATE TABLE statement, in the order of the text."""

    columns: list[str] = field(default_factory=list)
    collations: dict[str, str] = field(default_factory=dict)  # by folded column name
    generated: dict[str, str] = field(default_factory=dict)  # by folded column name
    key_name: str | None = None
    uniques: list[tuple[str | None, tuple[str, ...]]] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    checks: list[tuple[str | None, str]] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    opaque: list[str] = field(default_factory=list)


_CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
_COLUMN_CONSTRAINTS = frozenset(
    (
        *("CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE"),
        *("REFERENCES", "GENERATED", "AS", "DEFERRABLE"),
    )
)


@lru_cache(maxsize=4096)
def parse_table(sql: str) -> TableText:
    """The parts of a CREATE TABLE statement. Treat the result as frozen: it is shared.

    Text that follows no known grammar gives a result with ``opaque`` filled, never an error.
    """
    out = TableText()
    try:
        items, tail = body(sql)
        for item in items:
            _item(item, out)
        for option in split(tokens(tail)):
            out.options.append(" ".join(fold(t.text) for t in option).upper())
    except ValueError as error:
        out.opaque.append(f"its CREATE TABLE is not understood: {error}")
    return out


def _item(text: str, out: TableText) -> None:
    name = plain_column(text)
    if name is not None:
        out.columns.append(name)
        return
    cursor = Cursor(tokens(text))
    if cursor.sees(*_CONSTRAINTS):
        _table_constraints(cursor, out)
    else:
        _column(cursor, out)


def _table_constraints(cursor: Cursor, out: TableText) -> None:
    name = None
    while cursor:
        if cursor.takes("CONSTRAINT"):
            _nothing_named(name, out)
            name = named(cursor.next())
        elif cursor.takes("PRIMARY", "KEY"):
            out.key_name = name
            _columns(cursor.group(), out, autoincrement=True)
            name = None
        elif cursor.takes("UNIQUE"):
            out.uniques.append((name, _columns(cursor.group(), out)))
            name = None
        elif cursor.takes("CHECK"):
            out.checks.append((name, normal(cursor.group())))
            name = None
        elif cursor.takes("FOREIGN", "KEY"):
            columns = _columns(cursor.group(), out)
            cursor.needs("REFERENCES")
            _reference(cursor, out, name, columns)
            name = None
        elif not _conflict(cursor, out):
            raise NotUnderstood(cursor.rest()[:60])
    _nothing_named(name, out)


def _nothing_named(name: str | None, out: TableText) -> None:
    if name is not None:
        out.opaque.append(f"a constraint name without a constraint: {name}")


def _columns(
    parts: Sequence[Token], out: TableText, *, autoincrement: bool = False
) -> tuple[str, ...]:
    """The column names of a key. Its order, collations and the like are opaque."""
    names = []
    for item in split(parts):
        names.append(named(item[0]))
        more = item[1:]
        if autoincrement and more and more[-1].says(AUTOINCREMENT):
            out.options.append(AUTOINCREMENT)
            more = more[:-1]
        if more and not (len(more) == 1 and more[0].says("ASC")):
            out.opaque.append("in a key: " + " ".join(t.text for t in item))
    return tuple(names)


def _reference(cursor: Cursor, out: TableText, name: str | None, columns: tuple[str, ...]) -> None:
    """What follows REFERENCES. Parent, parent columns and actions are known from the pragma."""
    cursor.next()
    if cursor.sees("("):
        cursor.group()
    while cursor:
        if cursor.takes("ON"):
            cursor.next()
            cursor.takes("SET") or cursor.takes("NO")
            cursor.next()
        elif cursor.takes("MATCH"):
            out.opaque.append(f"MATCH {cursor.next().text} of a foreign key")
        else:
            break
    out.references.append(Reference(name, columns, _deferrable(cursor)))


def _deferrable(cursor: Cursor) -> str | None:
    words = []
    if cursor.takes("NOT", "DEFERRABLE"):
        words.append("NOT DEFERRABLE")
    elif cursor.takes("DEFERRABLE"):
        words.append("DEFERRABLE")
    else:
        return None
    if cursor.takes("INITIALLY"):
        words.append("INITIALLY " + cursor.next().text.upper())
    return " ".join(words)


def _conflict(cursor: Cursor, out: TableText) -> bool:
    if not cursor.takes("ON", "CONFLICT"):
        return False
    out.opaque.append(f"ON CONFLICT {cursor.next().text.upper()}")
    return True


def _column(cursor: Cursor, out: TableText) -> None:
    column = named(cursor.next())
    out.columns.append(column)
    while cursor and not (
        cursor.parts[cursor.at].form is Form.WORD
        and cursor.parts[cursor.at].text.upper() in _COLUMN_CONSTRAINTS
    ):
        if cursor.sees("("):
            cursor.group()
        else:
            cursor.next()
    _ColumnConstraints(cursor, out, column).read()


class _ColumnConstraints:
    """The constraints of one column, one after the other."""

    def __init__(self, cursor: Cursor, out: TableText, column: str) -> None:
        self.cursor = cursor
        self.out = out
        self.column = column
        self.name: str | None = None

    def read(self) -> None:
        """Read to the end of the column."""
        while self.cursor:
            if self.cursor.takes("CONSTRAINT"):
                self._unused_name()
                self.name = named(self.cursor.next())
            elif not (self._key() or self._rule() or self._value()):
                raise NotUnderstood(self.cursor.rest()[:60])
        self._unused_name()

    def _unused_name(self) -> None:
        """The model keeps no names of NOT NULL, DEFAULT and the like."""
        if self.name is not None:
            self.out.opaque.append(f"the constraint name {self.name} on column {self.column}")
        self.name = None

    def _take_name(self) -> str | None:
        name, self.name = self.name, None
        return name

    def _key(self) -> bool:
        cursor, out = self.cursor, self.out
        if cursor.takes("PRIMARY", "KEY"):
            out.key_name = self._take_name()
            if cursor.takes("DESC"):
                out.opaque.append(f"PRIMARY KEY DESC on column {self.column}")
            cursor.takes("ASC")
            _conflict(cursor, out)
            if cursor.takes(AUTOINCREMENT):
                out.options.append(AUTOINCREMENT)
        elif cursor.takes("UNIQUE"):
            out.uniques.append((self._take_name(), (self.column,)))
            _conflict(cursor, out)
        elif cursor.takes("REFERENCES"):
            _reference(cursor, out, self._take_name(), (self.column,))
        else:
            return False
        return True

    def _rule(self) -> bool:
        cursor, out = self.cursor, self.out
        if cursor.takes("CHECK"):
            out.checks.append((self._take_name(), normal(cursor.group())))
        elif cursor.takes("NOT", "NULL") or cursor.takes("NULL"):
            self._unused_name()
            _conflict(cursor, out)
        else:
            return False
        return True

    def _value(self) -> bool:
        cursor, out = self.cursor, self.out
        if cursor.takes("DEFAULT"):
            self._unused_name()
            if cursor.sees("("):
                cursor.group()
            elif cursor.next().says("+", "-"):
                cursor.next()
        elif cursor.takes("COLLATE"):
            self._unused_name()
            out.collations[fold(self.column)] = named(cursor.next()).upper()
        elif cursor.takes("GENERATED", "ALWAYS", "AS") or cursor.takes("AS"):
            self._unused_name()
            out.generated[fold(self.column)] = normal(cursor.group())
            cursor.takes("STORED") or cursor.takes("VIRTUAL")
        else:
            return False
        return True
