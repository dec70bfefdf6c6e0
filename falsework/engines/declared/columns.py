"""Columns, from the specification that ``CREATE TABLE`` would hold."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Run
from typing import NamedTuple

from sqlalchemy import Enum, Sequence, Table
from sqlalchemy.schema import DefaultClause
from sqlalchemy.types import TypeDecorator, TypeEngine

from falsework.engines.declared.reading import AnyColumn, Reading
from falsework.engines.normalize import Form, Token, closing, tokens
from falsework.model.schema import Column, Default

_AFTER_TYPE = ("COLLATE", "DEFAULT", "NOT", "NULL", "GENERATED", "AS", "PRIMARY", "COMMENT")


class Specification(NamedTuple):
    """A column as ``CREATE TABLE`` spells it; ``rest`` is what follows type and collation."""

    type: str
    collation: str | None
    rest: tuple[Token, ...]

    def says(self, word: str) -> bool:
        """Whether the keyword stands after the type."""
        return any(token.says(word) for token in self.rest)


def columns(
    reading: Reading,
    table: Table,
    specifications: Mapping[str, Specification],
    options: tuple[str, ...],
) -> tuple[Column, ...]:
    """The columns that ``create_all`` makes, in its order."""
    return tuple(
        _column(reading, column, specifications[column.name], options)
        for column in table.columns
        if column.name in specifications
    )


def _column(
    reading: Reading, column: AnyColumn, spec: Specification, options: tuple[str, ...]
) -> Column:
    _note(reading, column, f"{reading.table_name(column.table)}.{column.name}")
    sole_key = column.primary_key and len(column.table.primary_key.columns) == 1
    type = reading.reader.type(spec.type)
    generated = None
    if column.computed is not None:
        generated = reading.reader.expression(reading.sql(column.computed.sqltext))
    return Column(
        name=str(column.name),
        type=type,
        nullable=bool(column.nullable) and not column.primary_key,
        default=_default(reading, column, spec),
        autoincrement=column.identity is not None
        or reading.driver.models.counts(spec.type, sole_key=sole_key, options=options),
        generated=generated,
        collation=spec.collation,
        stored=spec.says("STORED"),
    )


def specifications(reading: Reading, table: Table) -> dict[str, Specification]:
    """Each column as it would be written, by name."""
    return {c.name: _specification(reading, c) for c in table.columns if not c.system}


def _specification(reading: Reading, column: AnyColumn) -> Specification:
    """The column's type as written; a column that counts by itself may have one of its own."""
    whole = reading.plain(reading.ddl.get_column_specification(column))
    name = reading.plain(reading.preparer.format_column(column))
    rest = whole.removeprefix(name)
    parts = tokens(rest)
    end = _end_of_type(parts)
    text = rest[: parts[end].start] if end < len(parts) else rest
    after = parts[end:]
    if after and after[0].says("COLLATE"):
        collation = reading.driver.models.collation(after[1].name)
        return Specification(text.strip(), collation, after[2:])
    return Specification(text.strip(), None, after)


def _end_of_type(parts: Run[Token]) -> int:
    """The index of the token after the type."""
    index = 0
    while index < len(parts):
        if parts[index].text == "(":
            index = closing(parts, index)
        elif index and parts[index].form is Form.WORD and parts[index].says(*_AFTER_TYPE):
            return index
        index += 1
    return index


def _default(reading: Reading, column: AnyColumn, spec: Specification) -> Default | None:
    text = reading.ddl.get_column_default_string(column)
    counts = column.identity is not None or not spec.says("DEFAULT")
    if text is None or counts or column.computed is not None:
        return None
    return reading.reader.default(reading.plain(text), reading.reader.type(spec.type))


def _note(reading: Reading, column: AnyColumn, where: str) -> None:
    """Name what is declared on the column and not managed."""
    if column.computed is not None:
        reading.leave_out("computed column", where)
    elif column.identity is not None:
        reading.leave_out("identity column", where)
    elif column.server_default is not None and not isinstance(column.server_default, DefaultClause):
        reading.leave_out("value that something in the database supplies for", where)
    if isinstance(column.default, Sequence) and _made(reading, column.default):
        reading.leave_out(f"sequence {column.default.name} of", where)
    if column.comment and reading.dialect.supports_comments:
        reading.leave_out("comment on column", where)
    if _named_type(reading, column.type):
        reading.leave_out("type made for it (enum, domain) of", where)
    for option, _ in reading.options(column):
        reading.leave_out(f"option {option} of column", where)


def _made(reading: Reading, sequence: Sequence) -> bool:
    """Whether ``create_all`` makes the sequence here."""
    optional = sequence.optional and reading.dialect.sequences_optional
    return reading.dialect.supports_sequences and not optional


def _named_type(reading: Reading, type: TypeEngine[object]) -> bool:
    """Whether ``create_all`` makes a type of its own for the column."""
    used = getattr(type, "item_type", type).dialect_impl(reading.dialect)
    used = used.impl if isinstance(used, TypeDecorator) else used
    if isinstance(used, Enum):
        return bool(used.native_enum and reading.dialect.supports_native_enum)
    return used.__visit_name__ == "DOMAIN"
