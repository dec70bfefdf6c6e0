"""What the models intend: fills, drops and promises, and how their clients supply values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, literal
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from falsework.declare import (
    AT_EXPAND,
    DROPPED,
    FILL,
    SOFT_DELETE,
    UNTIL_CONTRACT,
    DroppedColumn,
    NewUuid,
    SoftDeletion,
)
from falsework.engines.declared.reading import AnyColumn, Reading
from falsework.engines.declared.values import Values
from falsework.engines.marks import check, policy
from falsework.errors import ConfigError
from falsework.model.intent import ColumnIntent, Dropped, TableIntent
from falsework.model.schema import Column, Default, DefaultKind, Rule, Schema, SqlType, goes_by
from falsework.model.schema import Table as Picture
from falsework.model.soft_delete import SoftDelete

_PREFIX = "falsework."
NOTHING = TableIntent()
OF_TABLES = (DROPPED, UNTIL_CONTRACT, AT_EXPAND, SOFT_DELETE)


def intent(reading: Reading, table: Table, picture: Picture, live: Schema | None) -> TableIntent:
    """What the models say about the table. Raises ConfigError for what cannot be meant."""
    speaking = [c for c in table.columns if c.default is not None or c.info]
    if not speaking and not table.info:
        return NOTHING
    _check_keys(f"table {picture.name}", table.info, OF_TABLES)
    values = Values(reading, table)
    was = live.table(picture.name) if live else None
    seen = {c.name: c for c in picture.columns}
    columns = (
        (str(c.name), _column(values, c, seen[c.name], f"{picture.name}.{c.name}"))
        for c in speaking
        if c.name in seen
    )
    return TableIntent(
        columns=tuple((n, i) for n, i in columns if i != ColumnIntent()),
        dropped=_dropped(values, picture, was),
        until_contract=_until_contract(table, picture, was),
        at_expand=_at_expand(table, picture),
        soft_delete=_soft_delete(values, picture),
    )


def _check_keys(where: str, info: Mapping[Any, Any], known: tuple[str, ...]) -> None:
    """A declaration in the wrong place would never be seen."""
    for key in info:
        if isinstance(key, str) and key.startswith(_PREFIX) and key not in known:
            right = "Column.info" if key == FILL else "Table.info"
            raise ConfigError(
                f"{where}: {key.removeprefix(_PREFIX)}(...) does not belong here",
                why="it would never be seen",
                do=f"put it into {right}",
            )


def _column(values: Values, column: AnyColumn, seen: Column, where: str) -> ColumnIntent:
    _check_keys(where, column.info, (FILL,))
    client, scalar = _client_default(values.reading, column)
    said = column.info.get(FILL)
    fill = None if said is None else _fill(values, said, seen, f"fill(...) of {where}")
    return ColumnIntent(fill=fill, client_default=client, scalar=scalar)


def _fill(values: Values, said: object, column: Column, where: str) -> Default:
    if isinstance(said, NewUuid):
        return _new_uuid(values.reading, column.type, where)
    value = values.read(said, column.type, where)
    if value is None:
        raise ConfigError(
            f"{where} says NULL",
            why="that is what rows without a value hold already",
            do="write the value that rows shall have",
        )
    return value


def _new_uuid(reading: Reading, type: SqlType, where: str) -> Default:
    text = reading.models.new_uuid(type)
    if text is None:
        raise ConfigError(
            f"{where}: new_uuid() does not fit the type {type}",
            why="a UUID takes 36 characters, or 32 without dashes, or a type of its own",
            do="write the SQL for this type: fill(...)",
        )
    return Default(text, DefaultKind.VOLATILE)


def _dropped(values: Values, picture: Picture, was: Picture | None) -> tuple[Dropped, ...]:
    """``was`` is the live table: it knows the type of the column, where it is still there."""
    found = []
    drops: tuple[DroppedColumn, ...] = values.table.info.get(DROPPED, ())
    for said in drops:
        where = f"dropped({said.column!r}) of {picture.name}"
        if picture.column(said.column) is not None:
            raise ConfigError(
                f"{where}: the models have this column",
                why="only a column that is gone from the models is dropped",
                do="take the column or the declaration away",
            )
        old = was.column(said.column) if was else None
        type = old.type if old else SqlType("text")
        down = None if said.down is None else values.read(said.down, type, where)
        found.append(Dropped(said.column, down))
    return tuple(found)


def _until_contract(table: Table, picture: Picture, was: Picture | None) -> tuple[str, ...]:
    """``was`` is the live table: its constraint of that name may be another one, or was it."""
    names: tuple[str, ...] = table.info.get(UNTIL_CONTRACT, ())
    if not names:
        return ()
    declared = _constraint_names(picture) - (_constraint_names(was) if was else frozenset())
    for name in names:
        if name in declared:
            raise ConfigError(
                f"until_contract({name!r}) of {picture.name}: the models have this constraint",
                why="only a constraint that is gone from the models is dropped",
                do="take the constraint or the declaration away",
            )
    return names


def _constraint_names(picture: Picture) -> frozenset[str | None]:
    names = {u.name for u in picture.uniques} | {c.name for c in picture.checks}
    names |= {x.name for x in picture.exclusions}
    return frozenset(names | {f.name for f in picture.foreign_keys})


def _at_expand(table: Table, picture: Picture) -> tuple[str, ...]:
    names: tuple[str, ...] = table.info.get(AT_EXPAND, ())
    unique = [index for index in picture.indexes if index.unique]
    rules: list[Rule] = [*picture.uniques, *picture.foreign_keys, *picture.checks, *unique]
    rules += picture.exclusions
    for name in names:
        if not any(goes_by(rule, (name,)) for rule in rules):
            raise ConfigError(
                f"at_expand({name!r}) of {picture.name}: the models have no such rule",
                why="it says of a unique key, a foreign key or a check that A obeys it already",
                do="name one of this table, by its columns where it has no name; or take the "
                "declaration away",
            )
    return names


def _soft_delete(values: Values, picture: Picture) -> SoftDelete | None:
    said: SoftDeletion | None = values.table.info.get(SOFT_DELETE)
    if said is None:
        return None
    where = f"soft_delete(idle=...) of {picture.name}"
    idle = None if said.idle is None else values.predicate(said.idle, where)
    found = policy(said, idle)
    check(found, picture, values.reading.driver.engine)
    return found


def _client_default(reading: Reading, column: AnyColumn) -> tuple[str | None, str | None]:
    """How a client that uses these models supplies a value; the SQL of a plain one."""
    default = column.default
    if default is None:
        return None, None
    if not isinstance(default, ScalarElementColumnDefault):
        return "callable", None
    try:
        return "scalar", reading.sql(literal(default.arg, column.type))
    except (CompileError, ValueError, TypeError, AttributeError, NotImplementedError):
        return "scalar", None  # a value that has no literal, such as a document
