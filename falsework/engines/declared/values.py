"""Expressions of declarations, written out for the engine at hand, each with its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Column, Table
from sqlalchemy.exc import CompileError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement

from falsework.engines.declared.reading import Reading
from falsework.engines.drivers import engine_names
from falsework.engines.normalize import Form, names_in, tokens, unwrapped
from falsework.errors import ConfigError
from falsework.model.schema import Default, DefaultKind, SqlType

# Words that are values by themselves; any other word alone is a column, or a text without quotes.
_WORDS = (
    *("NULL", "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME"),
    *("LOCALTIMESTAMP", "CURRENT_USER", "SESSION_USER", "USER"),
)


@dataclass(frozen=True, slots=True)
class Values:
    """Reads the expressions of one table's declarations."""

    reading: Reading
    table: Table

    def read(self, said: object, type: SqlType, where: str) -> Default | None:
        """The expression with its kind, None for NULL. Raises ConfigError; ``where`` begins it.

        One that reads the row's columns has a value per row.
        """
        text = self._text(said, where)
        if names_in(text, (c.name for c in self.table.columns)):
            return Default(self.reading.reader.expression(text), DefaultKind.VOLATILE)
        _check_word(text, where)
        return self.reading.reader.default(text, type)

    def predicate(self, said: object, where: str) -> str:
        """A condition over the row's columns. Raises ConfigError; ``where`` begins it."""
        text = self._text(said, where)
        if not names_in(text, (c.name for c in self.table.columns)):
            raise ConfigError(
                f"{where} reads no column of the table",
                why="it would hold for all rows, or for none",
                do='write what must hold for the row, such as "task_state IS NULL"',
            )
        return self.reading.reader.expression(text)

    def _text(self, said: object, where: str) -> str:
        if isinstance(said, str):
            return said
        if isinstance(said, Mapping):
            return self._for_engine(said, where)
        clause = said.__clause_element__() if hasattr(said, "__clause_element__") else said
        if not isinstance(clause, ClauseElement):
            raise ConfigError(
                f"{where} is no expression",
                why=f"it is {said!r}",
                do="write SQL text, {engine: SQL} or a SQLAlchemy expression",
            )
        self._check_columns(clause, where)
        try:
            return self.reading.sql(clause)
        except CompileError as error:
            raise ConfigError(
                f"{where} cannot be written as SQL here",
                why=str(error).splitlines()[0],
                do="write it as SQL text",
            ) from None

    def _for_engine(self, texts: Mapping[str, str], where: str) -> str:
        name = self.reading.driver.engine.name
        for other in sorted(texts):
            if other not in engine_names():
                raise ConfigError(
                    f"{where}: {other} is not an engine",
                    why=f"the engines are {', '.join(engine_names())}",
                    do="name one of them",
                )
        if name not in texts:
            raise ConfigError(
                f"{where} says nothing for {name}",
                why=f"it speaks of {', '.join(sorted(texts))}",
                do=f'add "{name}": "..."',
            )
        return texts[name]

    def _check_columns(self, clause: ClauseElement, where: str) -> None:
        """A SQLAlchemy expression may read the columns of its own row, and no others."""
        for part in visitors.iterate(clause):
            if isinstance(part, Column) and part.table is not self.table:
                raise ConfigError(
                    f"{where} reads {part}",
                    why="it can only read columns of its own row",
                    do="write it without; a value from elsewhere needs a data migration",
                )


def _check_word(text: str, where: str) -> None:
    """A word alone that is no column is a text somebody forgot to quote."""
    parts = unwrapped(tokens(text))
    if len(parts) != 1 or parts[0].form not in (Form.WORD, Form.NAME):
        return
    if not parts[0].says(*_WORDS):
        word = parts[0].name
        raise ConfigError(
            f"{where}: the table has no column {word}",
            why="a word without quotes is a column",
            do=f"for the text write \"'{word}'\"",
        )
