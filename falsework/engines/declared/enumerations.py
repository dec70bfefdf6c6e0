"""Types that are objects by themselves, with or without a column: enumerations, domains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Enum, MetaData
from sqlalchemy.types import SchemaType, TypeDecorator, TypeEngine

from falsework.engines.declared.domains import as_domain, note
from falsework.engines.declared.reading import AnyColumn, Reading
from falsework.errors import ConfigError
from falsework.model.schema import Enumeration, SqlType, TableName


def made_elsewhere(reading: Reading, column: AnyColumn) -> bool:
    """Whether the column needs a type of its own that is no enumeration of the models."""
    used = _used(reading, column.type)
    listing = _listing(reading, used)
    domain = as_domain(reading, used)
    return not _is_made(listing or domain) if listing or domain else False


def list_labels(reading: Reading, column: AnyColumn, type: SqlType) -> None:
    """Note the type of its own that ``create_all`` makes for the column. Raises ConfigError."""
    _keep(reading, _used(reading, column.type), type)


def list_alone(reading: Reading, metadata: MetaData) -> None:
    """Note those that ``create_all`` makes without a column. Raises ConfigError."""
    for one in alone(metadata):
        used = _used(reading, one)
        if _listing(reading, used) is not None or as_domain(reading, used) is not None:
            written = reading.dialect.type_compiler_instance.process(one)  # type: ignore[arg-type]
            _keep(reading, used, reading.reader.type(reading.plain(written)))


def _keep(reading: Reading, used: object, type: SqlType) -> None:
    """Note the type, where it is one of its own that ``create_all`` makes."""
    listing, domain = _listing(reading, used), as_domain(reading, used)
    if listing is not None and _is_made(listing):
        _list(reading, listing, type)
    elif domain is not None and _is_made(domain):
        note(reading, domain, type)


def alone(metadata: MetaData) -> Iterator[SchemaType]:
    """The types that were given the MetaData: they listen for its tables to be made.

    That is what ``create_all`` goes by; SQLAlchemy has a list of them since 2.1 only. Those of
    columns listen, too, by way of something that has more to say.
    """
    for heard in tuple(metadata.dispatch.before_create):
        owner = getattr(heard, "__self__", getattr(heard, "target", None))
        if isinstance(owner, SchemaType) and not getattr(heard, "kwargs", None):
            yield owner


def _used(reading: Reading, type: TypeEngine[Any] | SchemaType) -> object:
    """The type, or that of its elements, as the dialect has it."""
    item: Any = getattr(type, "item_type", type)
    own = item._variant_mapping.get(reading.dialect.name, item)  # noqa: SLF001 - said nowhere else
    if as_domain(reading, own) is not None:
        return own  # SQLAlchemy 2.0 loses its rules where it makes the dialect's own of it
    used = item.dialect_impl(reading.dialect)
    return used.impl if isinstance(used, TypeDecorator) else used


def _listing(reading: Reading, used: object) -> Enum | None:
    """A type that lists its values and is one of its own; None for any other."""
    if not isinstance(used, Enum) or not reading.models.enums_are_objects:
        return None
    return used if used.native_enum and reading.dialect.supports_native_enum else None


def _is_made(used: object) -> bool:
    return bool(getattr(used, "create_type", True))


def _list(reading: Reading, listing: Enum, type: SqlType) -> None:
    name = TableName(str(listing.schema or reading.default_schema), str(listing.name))
    found = Enumeration(name, tuple(map(str, listing.enums)), type.name)
    if reading.enumerations.setdefault(name, found).labels != found.labels:
        raise ConfigError(
            f"type {name} is declared twice",
            why="the models list other values under this name elsewhere",
            do="give one of them another name, or let both list the same",
        )
