"""Types that list their values and are objects by themselves, with or without a column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Enum, MetaData
from sqlalchemy.types import TypeDecorator, TypeEngine

from falsework.engines.declared.reading import AnyColumn, Reading
from falsework.errors import ConfigError
from falsework.model.schema import Enumeration, SqlType, TableName


def made_elsewhere(reading: Reading, column: AnyColumn) -> bool:
    """Whether the column needs a type of its own that is no enumeration of the models."""
    used = _used(reading, column.type)
    listing = _listing(reading, used)
    if listing is not None:
        return not _is_made(listing)
    return getattr(used, "__visit_name__", "") == "DOMAIN"


def list_labels(reading: Reading, column: AnyColumn, type: SqlType) -> None:
    """Note the enumeration that ``create_all`` makes for the column. Raises ConfigError."""
    listing = _listing(reading, _used(reading, column.type))
    if listing is not None and _is_made(listing):
        _list(reading, listing, type)


def list_alone(reading: Reading, metadata: MetaData) -> None:
    """Note those that ``create_all`` makes without a column. Raises ConfigError."""
    for one in alone(metadata):
        listing = _listing(reading, _used(reading, one))
        if listing is not None and _is_made(listing):
            written = reading.dialect.type_compiler_instance.process(one)
            _list(reading, listing, reading.reader.type(reading.plain(written)))


def alone(metadata: MetaData) -> Iterator[Enum]:
    """The enumerations that were given the MetaData: they listen for its tables to be made.

    That is what ``create_all`` goes by; SQLAlchemy has a list of them since 2.1 only. Those of
    columns listen, too, by way of something that has more to say.
    """
    for heard in metadata.dispatch.before_create:
        owner = getattr(heard, "__self__", getattr(heard, "target", None))
        if isinstance(owner, Enum) and not getattr(heard, "kwargs", None):
            yield owner


def _used(reading: Reading, type: TypeEngine[Any]) -> object:
    """The type, or that of its elements, as the dialect has it."""
    used = getattr(type, "item_type", type).dialect_impl(reading.dialect)
    return used.impl if isinstance(used, TypeDecorator) else used


def _listing(reading: Reading, used: object) -> Enum | None:
    """A type that lists its values and is one of its own; None for any other."""
    if not isinstance(used, Enum) or not reading.models.enums_are_objects:
        return None
    return used if used.native_enum and reading.dialect.supports_native_enum else None


def _is_made(listing: Enum) -> bool:
    return bool(getattr(listing, "create_type", True))


def _list(reading: Reading, listing: Enum, type: SqlType) -> None:
    name = TableName(str(listing.schema or reading.default_schema), str(listing.name))
    found = Enumeration(name, tuple(map(str, listing.enums)), type.name)
    if reading.enumerations.setdefault(name, found).labels != found.labels:
        raise ConfigError(
            f"type {name} is declared twice",
            why="the models list other values under this name elsewhere",
            do="give one of them another name, or let both list the same",
        )
