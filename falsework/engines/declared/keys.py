"""Primary keys, unique constraints, foreign keys and checks, with the names they will have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import CheckConstraint as AnyCheck
from sqlalchemy import Constraint, ForeignKeyConstraint, PrimaryKeyConstraint, Table
from sqlalchemy import UniqueConstraint as AnyUnique

from falsework.engines.base import Unnamed
from falsework.engines.declared.reading import Reading
from falsework.engines.normalize import names_in
from falsework.model.schema import (
    Action,
    CheckConstraint,
    ForeignKey,
    PrimaryKey,
    UniqueConstraint,
)


@dataclass(frozen=True)
class Names:
    """Names of constraints, also of those that the server will name. One for all tables.

    ``taken`` holds, for each schema, the names given so far
    """

    reading: Reading
    taken: dict[str, set[str]] = field(default_factory=dict)

    def of(
        self, table: Table, constraint: Constraint, kind: Unnamed, columns: tuple[str, ...]
    ) -> str | None:
        """The name by convention, or what the server makes of one without; None: it stays so."""
        schema, table_name = self.reading.table_name(table)
        taken = self.taken.setdefault(schema, set())
        name = self.reading.name(constraint)
        if name is None:
            name = self.reading.driver.models.constraint_name(kind, table_name, columns, taken)
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


def keys(reading: Reading, names: Names, table: Table) -> Keys:
    """The constraints that ``create_all`` makes here."""
    made = [c for c in _constraints(table) if reading.made(c)]
    _note(reading, table, made)
    return Keys(
        tuple(_check(reading, names, table, c) for c in made if isinstance(c, AnyCheck)),
        _primary_key(reading, names, table),
        tuple(
            _unique(names, table, c) for c in made if isinstance(c, AnyUnique) and len(c.columns)
        ),
        tuple(
            _foreign_key(reading, names, table, c)
            for c in made
            if isinstance(c, ForeignKeyConstraint) and _reaches(reading, c)
        ),
    )


def _constraints(table: Table) -> Iterator[Constraint]:
    """Those of the table as SQLAlchemy orders them, and those written inside a column."""
    for column in table.columns:
        yield from (c for c in column.constraints if isinstance(c, AnyCheck))
    yield from table._sorted_constraints  # noqa: SLF001 - the order of CREATE TABLE, which decides names


def _primary_key(reading: Reading, names: Names, table: Table) -> PrimaryKey | None:
    constraint = table.primary_key
    columns = tuple(str(c.name) for c in constraint.columns)
    if not columns:
        return None
    written: object = reading.ddl.process(constraint)
    name = names.of(table, constraint, Unnamed.PRIMARY_KEY, columns) if written else None
    return PrimaryKey(columns, name)


def _unique(names: Names, table: Table, constraint: AnyUnique) -> UniqueConstraint:
    columns = tuple(str(c.name) for c in constraint.columns)
    return UniqueConstraint(names.of(table, constraint, Unnamed.UNIQUE, columns), columns)


def _check(reading: Reading, names: Names, table: Table, constraint: AnyCheck) -> CheckConstraint:
    text = reading.sql(constraint.sqltext)
    uses = names_in(text, (str(c.name) for c in table.columns))
    name = names.of(table, constraint, Unnamed.CHECK, uses)
    return CheckConstraint(name, reading.reader.expression(text), uses)


def _foreign_key(
    reading: Reading, names: Names, table: Table, constraint: ForeignKeyConstraint
) -> ForeignKey:
    columns = tuple(str(e.parent.name) for e in constraint.elements)
    return ForeignKey(
        names.of(table, constraint, Unnamed.FOREIGN_KEY, columns),
        columns,
        reading.table_name(constraint.referred_table),
        tuple(str(e.column.name) for e in constraint.elements),
        _action(constraint.ondelete),
        _action(constraint.onupdate),
        deferrable=_deferrable(constraint),
    )


def _reaches(reading: Reading, constraint: ForeignKeyConstraint) -> bool:
    """Whether the foreign key is written at all: some databases have none between schemas."""
    written: object = reading.ddl.process(constraint)
    return bool(written)


def _action(text: str | None) -> Action:
    return Action(" ".join((text or "NO ACTION").upper().split()))


def _deferrable(constraint: ForeignKeyConstraint) -> str | None:
    """As SQLAlchemy spells it; None for the ordinary kind."""
    words = []
    if constraint.deferrable is not None:
        words.append("DEFERRABLE" if constraint.deferrable else "NOT DEFERRABLE")
    if constraint.initially is not None:
        words.append(f"INITIALLY {constraint.initially.upper()}")
    return " ".join(words) or None


_MANAGED = (AnyCheck, AnyUnique, PrimaryKeyConstraint, ForeignKeyConstraint)


def _note(reading: Reading, table: Table, made: list[Constraint]) -> None:
    """Name what is declared on the constraints and not managed."""
    where = reading.table_name(table)
    for constraint in made:
        label = f"{constraint.__visit_name__.replace('_', ' ')} {constraint.name or ''}".strip()
        on = f"{label} of {where}"
        if not isinstance(constraint, _MANAGED):
            reading.leave_out("constraint:", on)
            continue
        for option, _ in reading.options(constraint):
            reading.leave_out(f"option {option} of", on)
        if constraint.comment and reading.dialect.supports_constraint_comments:
            reading.leave_out("comment on", on)
        if isinstance(constraint, ForeignKeyConstraint):
            if constraint.match:
                reading.leave_out(f"MATCH {constraint.match} of", on)
        elif constraint.deferrable or constraint.initially:
            reading.leave_out("deferrable", on)
