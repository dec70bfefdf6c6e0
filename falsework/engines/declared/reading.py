"""What every part of reading models needs: the dialect's compilers, and a list of what is left out.

All SQL comes from the compilers that ``create_all`` would use, so that it says what the database
will be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeAlias

import sqlalchemy
from sqlalchemy import Column, Constraint, Dialect, Index, MetaData, Table
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.base import DialectKWArgs
from sqlalchemy.sql.compiler import DDLCompiler, IdentifierPreparer
from sqlalchemy.sql.ddl import CreateConstraint
from sqlalchemy.sql.elements import ClauseElement

import falsework
from falsework.engines.base import Driver, Models, Reader
from falsework.model.schema import Domain, Enumeration, TableName

AnyColumn: TypeAlias = Column[object]


class Deferred(Protocol):
    """A constraint that may say when it is looked at."""

    deferrable: bool | None
    initially: str | None


def options_of(item: DialectKWArgs) -> Mapping[str, object]:
    """What is said to any dialect. Most items say nothing, which this tells without asking them."""
    return item.dialect_kwargs if "dialect_options" in vars(item) else {}


def speller(dialect: Dialect) -> str:
    """Who puts models into words, in less than 200 characters: others may do it otherwise."""
    ours, theirs = falsework.__version__, sqlalchemy.__version__
    return f"falsework {ours}, SQLAlchemy {theirs}, {dialect.name}+{dialect.driver}"


@dataclass(frozen=True)
class Reading:
    """One reading of models for one live database.

    ``unsupported`` collects, in words, what is declared and not managed by this release;
    ``made_up`` the names that the server will give, ``enumerations`` and ``domains`` the types
    of their own
    """

    driver: Driver
    dialect: Dialect
    default_schema: str
    unsupported: list[str] = field(default_factory=list)
    made_up: set[tuple[TableName, str]] = field(default_factory=set)
    enumerations: dict[TableName, Enumeration] = field(default_factory=dict)
    domains: dict[TableName, Domain] = field(default_factory=dict)
    _table_names: dict[Table, TableName] = field(default_factory=dict)

    @cached_property
    def ddl(self) -> DDLCompiler:
        """The compiler of ``CREATE TABLE`` and its parts."""
        # Dialects make their compilers so themselves, for a statement still to come.
        return self.dialect.ddl_compiler(self.dialect, None)  # type: ignore[arg-type]

    @cached_property
    def preparer(self) -> IdentifierPreparer:
        return self.dialect.identifier_preparer

    @cached_property
    def reader(self) -> Reader:
        return self.driver.reader

    @cached_property
    def models(self) -> Models:
        return self.driver.models

    def table_name(self, table: Table) -> TableName:
        """The table's name; without a schema of its own it lies in the default one."""
        found = self._table_names.get(table)
        if found is None:
            found = TableName(str(table.schema or self.default_schema), str(table.name))
            self._table_names[table] = found
        return found

    def suffix(self, table: Table) -> str:
        """What follows the columns in ``CREATE TABLE``; all tables without options share it."""
        if options_of(table) or table.comment:
            return self.ddl.post_create_table(table).strip()
        return self._plain_suffix

    @cached_property
    def _plain_suffix(self) -> str:
        return self.ddl.post_create_table(Table("t", MetaData())).strip()

    def plain(self, compiled: str) -> str:
        """Compiled SQL as the server will get it: drivers that format halve percent signs."""
        if self.dialect.paramstyle in ("format", "pyformat"):
            return compiled.replace("%%", "%")
        return compiled

    def sql(self, clause: ClauseElement) -> str:
        """An expression as in DDL: without table names, with values written out."""
        compiled: str = self.ddl.sql_compiler.process(
            clause, include_table=False, literal_binds=True
        )
        return self.plain(compiled)

    def name(self, item: Constraint | Index) -> str | None:
        """A constraint's or index's name by convention and limits; None where it has none."""
        if item.name is None:
            return None
        # The same call, with the same argument, gives Alembic its names.
        name = self.preparer.format_constraint(item, _alembic_quote=False)
        return None if name is None else str(name)  # SQLAlchemy's names are more than text

    def made(self, item: Constraint | Index) -> bool:
        """Whether ``create_all`` makes it here: some are for other databases only."""
        if isinstance(item, Constraint) and item._type_bound:  # noqa: SLF001 - known nowhere else
            return item._should_create_for_compiler(self.ddl)  # noqa: SLF001
        # The rule that a constraint has besides is no word of the models: adding one afterwards
        # leaves it there.
        condition = item._ddl_if  # noqa: SLF001
        if condition is None:
            return True
        creates = CreateIndex(item) if isinstance(item, Index) else CreateConstraint(item)
        return condition._should_execute(creates, item, None, compiler=self.ddl)  # noqa: SLF001

    def options(self, item: DialectKWArgs) -> Iterable[tuple[str, object]]:
        """The options of this dialect that the item has and that say something."""
        if not options_of(item) or self.dialect.name not in item.dialect_options:
            return ()
        return self._telling(item, item.dialect_options[self.dialect.name])

    def _telling(
        self, item: DialectKWArgs, given: Mapping[str, object]
    ) -> Iterator[tuple[str, object]]:
        usual = dict(self._usual(item))
        for key, value in sorted(given.items()):
            plain = not isinstance(value, ClauseElement)  # which has no truth of being equal
            if value is not None and not (plain and value in (usual.get(key), (), {})):
                yield key, value

    def _usual(self, item: object) -> Iterator[tuple[str, object]]:
        """The options that the dialect knows for such an item, with their defaults."""
        for kind, defaults in self.dialect.construct_arguments or ():
            if isinstance(item, kind):
                yield from defaults.items()

    def comment(self, text: str | None) -> str | None:
        """A comment as the database keeps it: none where it keeps no comments, or no empty ones."""
        return text or None if self.dialect.supports_comments else None

    def deferrable(self, constraint: Deferred) -> str | None:
        """When it is looked at; None for the ordinary kind."""
        words = []
        if constraint.deferrable is not None:
            words.append("DEFERRABLE" if constraint.deferrable else "NOT DEFERRABLE")
        if constraint.initially is not None:
            words.append(f"INITIALLY {constraint.initially.upper()}")
        return self.models.deferrable(" ".join(words)) if words else None

    def leave_out(self, what: str, where: object) -> None:
        """Note something that is declared and not managed."""
        self.unsupported.append(f"{what} {where}: not managed yet")
