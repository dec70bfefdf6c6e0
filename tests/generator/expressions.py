"""What SQL expressions of the models give: asked from a database in memory, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import Boolean, Column, Engine, MetaData, Table, create_engine, insert, select
from sqlalchemy import literal_column as literal
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.elements import ClauseElement, ColumnElement
from sqlalchemy.types import TypeEngine

from tests.generator.writes import Row

STRING = re.compile(r"'(?:[^']|'')*'")
WORD = re.compile(r'"(?:[^"]|"")+"|[^\W\d]\w*')


def text_of(expression: object) -> str:
    """An expression of the models as SQL that the evaluator understands."""
    if isinstance(expression, str):
        return expression
    if isinstance(expression, Mapping):
        return str(expression["sqlite"])
    if isinstance(expression, ClauseElement):
        compiled = expression.compile(
            dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True, "include_table": False}
        )
        return str(compiled)
    raise TypeError(f"{expression!r} is no expression of the models")


def words(text: str) -> frozenset[str]:
    """The names and key words in the text, outside of its string literals."""
    found = WORD.findall(STRING.sub("''", text))
    return frozenset(w[1:-1].replace('""', '"') if w.startswith('"') else w for w in found)


class Evaluator:
    """Evaluates expressions over the rows of one table, whose columns have no constraints here."""

    def __init__(self, columns: Iterable[tuple[str, TypeEngine[Any]]]) -> None:
        self._metadata = MetaData()
        self._row = Table("fw_row", self._metadata, *(Column(n, t) for n, t in columns))
        self._known: dict[tuple[str, str, str], object] = {}

    @cached_property
    def _pool(self) -> Engine:
        pool = create_engine("sqlite://", poolclass=StaticPool)
        self._metadata.create_all(pool)
        return pool

    def reads(self, text: str) -> list[str]:
        """The columns that the text mentions."""
        mentioned = words(text)
        return [c.name for c in self._row.columns if c.name in mentioned]

    def value(self, text: str, type: TypeEngine[Any], row: Row) -> object:
        """The expression's value for the row, as Python has values of that type."""
        given = {n: row.get(n) for n in self.reads(text)}
        key = (text, repr(type), repr(given))
        if key not in self._known:
            self._known[key] = self._ask(text, type, given)
        return self._known[key]

    def holds(self, text: str, row: Row) -> bool:
        """Whether a check lets the row pass: it does unless it says no."""
        return self.value(text, Boolean(), row) is not False

    def _ask(self, text: str, type: TypeEngine[Any], given: Row) -> object:
        """Through a column of the type, which makes of ``'0'`` the number that it stands for."""
        answer = Table("fw_answer", MetaData(), Column("value", type), prefixes=["TEMPORARY"])
        everything = {c.name: given.get(c.name) for c in self._row.columns}
        with self._pool.connect() as connection:
            answer.create(connection)
            connection.execute(insert(self._row), [everything])
            value: ColumnElement[Any] = literal(f"({text})")
            asked = select(value).select_from(self._row)
            connection.execute(insert(answer).from_select(["value"], asked))
            found: object = connection.scalar(select(answer.c.value))
            connection.rollback()
            answer.drop(connection, checkfirst=True)
            connection.execute(self._row.delete())
            connection.commit()
        return found
