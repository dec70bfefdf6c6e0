"""Primary keys, unique constraints, foreign keys and checks, with the names they will have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace
from sqlalchemy import CheckConstraint as AnyCheck
from sqlalchemy import (
    Constraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
)
from sqlalchemy import UniqueConstraint as AnyUnique
from sqlalchemy.sql.schema import ColumnCollectionConstraint

from falsework.engines.base import Unnamed
from falsework.engines.declared.exclusions import exclusion, is_exclusion, labels
from falsework.engines.declared.indexes import included
from falsework.engines.declared.reading import Reading
from falsework.engines.normalize import names_in
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Exclusion,
    ForeignKey,
    PrimaryKey,
    TableName,
    UniqueConstraint,
)


@dataclass(frozen=True)
class Names:
    """Names of constraints, also of those that the server will name. One for all tables.

    ``taken`` holds, for each schema, or table where names belong to one, the names given so far
    """

    reading: Reading
    taken: dict[tuple[str, str | None], set[str]] = field(default_factory=dict)

    def of(
        self, table: Table, name: str | None, kind: Unnamed, columns: tuple[str, ...]
    ) -> str | None:
        """The given name, or what the server makes of a constraint without; None: it stays so."""
        schema, table_name = self.reading.table_name(table)
        models = self.reading.models
        scope = table_name if kind in models.names_per_table else None
        taken = self.taken.setdefault((schema, scope), set())
        if name is None:
            name = models.constraint_name(kind, table_name, columns, taken)
            if name is not None:
                self.reading.made_up.add((TableName(schema, table_name), name))
        if name is not None:
            taken.add(name)
        return name


@dataclass(frozen=True)
class Keys:
    """The constraints of one table, in the order in which the server meets them."""

    checks: tuple[CheckConstraint, ...]
    primary_key: PrimaryKey | None
    uniques: tuple[UniqueConstraint, ...]
    foreign_keys: tuple[ForeignKey, ...]
    exclusions: tuple[Exclusion, ...]


def keys(reading: Reading, names: Names, table: Table, *, inline_key: bool) -> Keys:
    """The constraints that ``create_all`` makes here.

    ``inline_key`` says that the primary key is written inside its column, where it has no name.
    """
    made = [c for c in _constraints(table) if reading.made(c)]
    _note(reading, table, made)
    checks = tuple(_check(reading, names, table, c) for c in made if isinstance(c, AnyCheck))
    primary_key, uniques = _unique_keys(reading, names, table, made, inline_key)
    foreign_keys = tuple(
        _foreign_key(reading, names, table, c)
        for c in made
        if isinstance(c, ForeignKeyConstraint) and _reaches(reading, c)
    )
    exclusions = tuple(_exclusion(reading, names, table, c) for c in made if is_exclusion(c))
    return Keys(checks, primary_key, uniques, foreign_keys, exclusions)


def _constraints(table: Table) -> list[Constraint]:
    """Those of the table as SQLAlchemy orders them, and those written inside a column."""
    inline = [c for column in table.columns for c in column.constraints if isinstance(c, AnyCheck)]
    # In the order of CREATE TABLE, which decides names.
    return [*inline, *table._sorted_constraints]  # noqa: SLF001


def _unique_keys(
    reading: Reading, names: Names, table: Table, made: list[Constraint], inline_key: bool
) -> tuple[PrimaryKey | None, tuple[UniqueConstraint, ...]]:
    """The primary key and the unique constraints, of which the server may make one."""
    primary = table.primary_key
    found: dict[object, UniqueConstraint] = {}
    for one in (primary, *(c for c in made if isinstance(c, AnyUnique))):
        said = _unique(reading, one)
        if said.columns:
            place = replace(said, name=None) if reading.models.merges_keys else one
            name = found[place].name if place in found else None
            found[place] = replace(said, name=name or said.name)
    key = None
    (*uniques,) = found.values()
    if primary.columns:
        first = uniques.pop(0)
        name = None
        if not inline_key:
            name = names.of(table, first.name, Unnamed.PRIMARY_KEY, first.columns)
        key = PrimaryKey(first.columns, name)
    return key, tuple(
        replace(u, name=names.of(table, u.name, Unnamed.UNIQUE, u.columns)) for u in uniques
    )


def _unique(reading: Reading, one: ColumnCollectionConstraint) -> UniqueConstraint:
    """What the models say of it; of a primary key the columns and the name."""
    columns, name = tuple(str(c.name) for c in one.columns), reading.name(one)
    if not isinstance(one, AnyUnique):
        return UniqueConstraint(name, columns)
    given = dict(reading.options(one))
    return UniqueConstraint(
        name,
        columns,
        include=included(given),
        nulls_equal=bool(given.get("nulls_not_distinct")),
        deferrable=reading.deferrable(one),
    )


def _check(reading: Reading, names: Names, table: Table, constraint: AnyCheck) -> CheckConstraint:
    text = reading.sql(constraint.sqltext)
    uses = names_in(text, (str(c.name) for c in table.columns))
    name = reading.name(constraint)
    inline = any(constraint in c.constraints for c in table.columns)
    if not inline or reading.models.inline_checks_have_names:
        name = names.of(table, name, Unnamed.CHECK, uses)
    return CheckConstraint(name, reading.reader.expression(text), uses)


def _exclusion(reading: Reading, names: Names, table: Table, constraint: Constraint) -> Exclusion:
    known = tuple(str(c.name) for c in table.columns)
    found = exclusion(reading, constraint, known)
    labelled = () if found.name else labels(reading, constraint, known)
    return replace(found, name=names.of(table, found.name, Unnamed.EXCLUSION, labelled))


def _foreign_key(
    reading: Reading, names: Names, table: Table, constraint: ForeignKeyConstraint
) -> ForeignKey:
    columns = tuple(str(e.parent.name) for e in constraint.elements)
    return ForeignKey(
        names.of(table, reading.name(constraint), Unnamed.FOREIGN_KEY, columns),
        columns,
        reading.table_name(constraint.referred_table),
        tuple(str(e.column.name) for e in constraint.elements),
        _action(constraint.ondelete),
        _action(constraint.onupdate),
        deferrable=reading.deferrable(constraint),
    )


def _reaches(reading: Reading, constraint: ForeignKeyConstraint) -> bool:
    """Whether the foreign key is written at all: some databases have none between schemas."""
    if constraint.referred_table.schema == constraint.table.schema:
        return True
    written: object = reading.ddl.process(constraint)
    return bool(written)


def _action(text: str | None) -> Action:
    return Action(" ".join(text.upper().split())) if text else Action.NO_ACTION


_OPTIONS = frozenset({"include", "nulls_not_distinct"})
_MANAGED = (AnyCheck, AnyUnique, PrimaryKeyConstraint, ForeignKeyConstraint)


def _note(reading: Reading, table: Table, made: list[Constraint]) -> None:
    """Name what is declared on the constraints and not managed."""
    for constraint in made:
        for what in _not_managed(reading, constraint):
            label = f"{constraint.__visit_name__.replace('_', ' ')} {constraint.name or ''}".strip()
            reading.leave_out(what, f"{label} of {reading.table_name(table)}")


def _not_managed(reading: Reading, constraint: Constraint) -> Iterator[str]:
    if not (isinstance(constraint, _MANAGED) or is_exclusion(constraint)):
        yield "constraint:"
        return
    for option, _ in reading.options(constraint):
        if option not in _OPTIONS or not isinstance(constraint, AnyUnique):
            yield f"option {option} of"
    if constraint.comment and reading.dialect.supports_constraint_comments:
        yield "comment on"
    if isinstance(constraint, ForeignKeyConstraint):
        if constraint.match:
            yield f"MATCH {constraint.match} of"
    elif isinstance(constraint, AnyCheck | PrimaryKeyConstraint) and (
        constraint.deferrable or constraint.initially
    ):
        yield "deferrable"
