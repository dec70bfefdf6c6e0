"""Domains: types that are made of another one, with rules of their own."""

from __future__ import annotations

from typing import Any, Protocol, cast

from sqlalchemy.types import TypeEngine

from falsework.engines.declared.reading import Reading
from falsework.errors import ConfigError
from falsework.model.schema import CheckConstraint, Domain, SqlType, TableName


class Declared(Protocol):
    """What SQLAlchemy's type has; it is one dialect's own."""

    name: str
    schema: str | None
    data_type: TypeEngine[Any]
    collation: str | None
    default: Any
    constraint_name: str | None
    not_null: bool
    check: Any
    create_type: bool


def as_domain(reading: Reading, used: object) -> Declared | None:
    """The type, where it is a domain and types are objects here."""
    is_one = reading.models.enums_are_objects and getattr(used, "__visit_name__", "") == "DOMAIN"
    return cast("Declared", used) if is_one else None


def note(reading: Reading, domain: Declared, type: SqlType) -> None:
    """Keep it in mind; ``type`` is what columns of it say. Raises ConfigError."""
    name = TableName(str(domain.schema or reading.default_schema), str(domain.name))
    found = _picture(reading, domain, name, type)
    if reading.domains.setdefault(name, found) != found:
        raise ConfigError(
            f"domain {name} is declared twice",
            why="the models say something else of it elsewhere",
            do="give one of them another name, or let both say the same",
        )


def _picture(reading: Reading, domain: Declared, name: TableName, type: SqlType) -> Domain:
    written = reading.dialect.type_compiler_instance.process(domain.data_type)
    base = reading.reader.type(reading.plain(str(written)))
    default = None
    if domain.default is not None:
        said = reading.ddl.render_default_string(domain.default)
        default = reading.reader.default(reading.plain(str(said)), base)
    collation = reading.models.collation(domain.collation) if domain.collation else None
    checks: tuple[CheckConstraint, ...] = ()
    if domain.check is not None:
        text = reading.reader.expression(reading.sql(domain.check))
        made_up = None if domain.not_null and domain.constraint_name else domain.constraint_name
        checks = (CheckConstraint(made_up or f"{domain.name}_check", text),)
    return Domain(name, base, type.name, not domain.not_null, default, checks, collation)
