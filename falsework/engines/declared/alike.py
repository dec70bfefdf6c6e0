"""Columns that ``CREATE TABLE`` writes alike but for their names: compiled once.

Applications have thousands of columns and few kinds of them. Whatever could be written otherwise
for a reason that the key does not hold has no key, and is compiled by itself.
"""

from __future__ import annotations

from collections.abc import Hashable

from sqlalchemy import Sequence, TextClause
from sqlalchemy.schema import DefaultClause
from sqlalchemy.types import TypeEngine

from falsework.engines.declared.reading import AnyColumn, options_of

Key = tuple[Hashable, ...]

_OWN = "_compiler_dispatcher"  # what sqlalchemy.ext.compiler leaves on a class: any function


def likeness(column: AnyColumn) -> Key | None:
    """Equal for columns that differ in their names only; None for one that is compared to none."""
    if column.comment or options_of(column) or isinstance(column.default, Sequence):
        return None
    type, default = _type(column.type), _default(column)
    role = _role(column) if column.primary_key else ()
    if type is None or default is None or role is None:
        return None
    return (column.nullable, default, role, *type)


def _role(column: AnyColumn) -> Key | None:
    """What a column of the primary key is in it: one may count, or be written as the key."""
    table = column.table
    if options_of(table):
        return None
    return (
        column is table._autoincrement_column,  # noqa: SLF001 - as the compilers ask
        len(table.primary_key.columns) == 1,
        column.autoincrement,
        column.default is None,
        bool(column.foreign_keys),
    )


def _type(type: TypeEngine[object]) -> Key | None:
    """One of SQLAlchemy's own types, by its arguments."""
    known = type.__class__
    if not known.__module__.startswith("sqlalchemy.") or hasattr(known, _OWN):
        return None
    said: list[Hashable] = [known.__module__, known.__qualname__]
    for name, value in vars(type).items():
        if value is None or name[0] == "_" or name == "dispatch":  # those are kept results
            if name == "_variant_mapping":  # what is said for single databases
                return None
        elif isinstance(value, (int, str)):
            said += (name, value)
        else:
            return None
    return tuple(said)


def _default(column: AnyColumn) -> Key | None:
    default = column.server_default
    if default is None:
        return ()
    if not isinstance(default, DefaultClause):  # computed, counted, or filled by something else
        return None
    if isinstance(default.arg, TextClause):
        return None if default.arg._bindparams else ("sql", default.arg.text)  # noqa: SLF001
    return ("text", default.arg) if isinstance(default.arg, str) else None
