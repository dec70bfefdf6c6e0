"""The statement for each edit: one ALTER TABLE that says its algorithm and its lock.

So the server refuses what it could only do by a copy under a lock. There is no transaction around
DDL here: each statement is a step of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from falsework.engines.innodb import actions, expressions, roles
from falsework.engines.innodb import definitions as d
from falsework.engines.innodb.names import qualified, quoted
from falsework.engines.innodb.refusals import (
    column_of,
    must_be_new_check,
    must_fit_whole,
    table_of,
)
from falsework.engines.innodb.together import (
    Clause,
    alone,
    alter,
    swapped,
    swaps,
    together,
    unchecked,
)
from falsework.engines.mariadb import sequences
from falsework.engines.mariadb.facts import COPIES_ONLINE, Facts
from falsework.engines.mariadb.moves import in_place
from falsework.model import edits as e
from falsework.model.edits_of_objects import OfObject
from falsework.model.engine import Cost, Version, Way
from falsework.model.excluding import OfExclusion
from falsework.model.grant import Grant
from falsework.model.plan import Statement
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Column,
    DefaultKind,
    Schema,
    Table,
    TableName,
)
from falsework.model.schema import Sequence as Counter

_FACTS = Facts()

INSTANT = "ALGORITHM=INSTANT, LOCK=NONE"
NOCOPY = "ALGORITHM=NOCOPY, LOCK=NONE"
REBUILD = "ALGORITHM=INPLACE, LOCK=NONE"
BUILD = "ALGORITHM=INPLACE, LOCK=SHARED"
ONLINE_COPY = "ALGORITHM=COPY, LOCK=NONE"
COPY = "ALGORITHM=COPY, LOCK=SHARED"
# What one can do, those before it can.
_ORDER = (COPY, ONLINE_COPY, BUILD, REBUILD, NOCOPY, INSTANT)

_ALGORITHMS: dict[type[e.Edit], str] = {
    e.DropColumn: INSTANT,
    e.SetDefault: INSTANT,
    e.SetComment: INSTANT,
    e.SetRefresh: INSTANT,
    e.SetCollation: INSTANT,
    e.SetNullable: REBUILD,
    e.AddIndex: NOCOPY,
    e.DropIndex: NOCOPY,
    e.RenameIndex: INSTANT,
    e.AddUnique: NOCOPY,
    e.DropUnique: NOCOPY,
    e.AddForeignKey: INSTANT,
    e.DropForeignKey: INSTANT,
}


class Spelling:
    """How MariaDB spells SQL."""

    def statement(
        self, edits: tuple[e.Edit, ...], way: Way, before: Schema, version: Version
    ) -> Statement:
        """The statement with exactly that effect; ValueError where there is no such way."""
        if swaps(edits):
            return swapped(
                edits,
                before,
                spell=lambda edit, now: _clause(edit, now, version),
                order=_ORDER,
            )
        if len(edits) != 1:
            return together(
                edits,
                before,
                cost=lambda edit: _FACTS.cost(edit, way, version),
                spell=lambda edit, now: _clause(edit, now, version),
                order=_ORDER,
            )
        (edit,) = edits
        if isinstance(edit, OfExclusion) or _FACTS.cost(edit, way, version) is None:
            raise ValueError(f"{type(edit).__name__} has no way {way} on {version}")
        if isinstance(edit, OfObject):
            return alone(sequences.spelled(edit))
        match edit:
            case e.CreateTable(definition=table):
                must_fit_whole(table, hashes=True)
                return alone(d.create_table(table))
            case e.DropTable(table=name):
                return alone(f"DROP TABLE {qualified(name)}")
            case e.ValidateForeignKey() | e.ValidateCheck() | e.SetIdentity():
                raise ValueError(f"there is no {type(edit).__name__} here")
            case e.SetDefault(table=name) if _updates(edit, before):
                table = table_of(name, before)
                column = replace(column_of(table, edit.column), default=edit.default)
                return _alter(name, actions.modify(table, column), INSTANT)
            case e.AddForeignKey(table=name, foreign_key=key):
                return unchecked(_alter(name, *_clause(edit, before, version)), name, key)
        return _alter(edit.table, *_clause(edit, before, version))

    def undo_partial(self, edits: tuple[e.Edit, ...], before: Schema) -> Statement | None:
        """Nothing: a statement that breaks off leaves nothing behind."""
        return None

    def identifier(self, name: str) -> str:
        """The name in back-quotes."""
        return quoted(name)

    def table(self, name: TableName) -> str:
        """The table with its schema, in back-quotes."""
        return qualified(name)

    def not_null(self, column: str) -> str:
        """The check text in normal form."""
        return expressions.condition(f"{quoted(column)} IS NOT NULL")

    def length(self, column: str) -> str:
        """Characters, not bytes."""
        return f"char_length({quoted(column)})"

    def grants(self, made: Table | Counter, grants: Sequence[Grant]) -> tuple[str, ...]:
        """A sequence is a table of its own kind, where there are any."""
        return roles.statements(made, grants)

    def limit(self, rows: int) -> str:
        """The clause at the end of a SELECT."""
        return f"LIMIT {rows:d}"


def _must_refuse_null(column: Column) -> None:
    """Where a timestamp is told NULL it takes the moment, and so would NULLs that are there (1846).

    Measured on 10.11 and 11.8.
    """
    if column.type.name == "timestamp":
        raise ValueError(
            f"{column.name} is a timestamp: NOT NULL would turn NULL into the moment, not refuse it"
        )


def _clause(edit: actions.Altering | e.DropCheck, before: Schema, version: Version) -> Clause:
    if isinstance(edit, e.DropCheck):
        return _drop_check(table_of(edit.table, before), edit.check), INSTANT
    if isinstance(edit, e.AddCheck):
        must_be_new_check((table_of(edit.table, before),), edit.check.name)
    return actions.action(edit, before), _algorithm(edit, before, version)


def _alter(table: TableName, action: str, algorithm: str) -> Statement:
    return alone(alter(table, action, algorithm))


def _updates(edit: e.SetDefault, before: Schema) -> bool:
    """Whether ALTER COLUMN would take ON UPDATE along with the default (seen on 10.11 and 11.8)."""
    return bool(column_of(table_of(edit.table, before), edit.column).attributes)


def _drop_check(table: Table, check: CheckConstraint) -> str:
    """By name; one without a name stands inside its column, which is spelled without it."""
    if check.name is not None:
        return f"DROP CONSTRAINT {quoted(check.name)}"
    if len(check.uses) != 1:
        raise ValueError(f"{table.name}: the check {check.text} has no name to drop it by")
    without = replace(table, checks=tuple(c for c in table.checks if c != check))
    return actions.modify(without, column_of(table, check.uses[0]))


def _algorithm(edit: e.Edit, before: Schema, version: Version) -> str:
    """The algorithm that the fact for the edit speaks of."""
    fact = _FACTS.cost(edit, Way.DIRECT, version)
    table = table_of(edit.table, before)
    copies = fact is not None and fact.cost is Cost.REWRITE
    match edit:
        case e.SetType(column=name, type=new):
            if in_place(column_of(table, name).type, new):
                return INSTANT
            return _copy(table, version)
        case e.AddColumn() | e.AddCheck() | e.SetExpression():
            return _copy(table, version) if copies else INSTANT
        case e.SetNullable(nullable=False, column=name) if why := _copies_not_null(table, name):
            return _online_copy(table, version, why)
        case e.SetCounter():
            return COPY if edit.counts else INSTANT
        case e.SetCollation(indexed=True):
            return NOCOPY
        case e.AddIndex() if fact is not None and not fact.online:
            return BUILD
    return _ALGORITHMS[type(edit)]


def _copies_not_null(table: Table, name: str) -> str | None:
    """Why NOT NULL takes a copy (1845, 1846; seen on 10.11 and 11.8); None where it does not."""
    column = column_of(table, name)
    _must_refuse_null(column)
    if any(c.stored for c in table.columns):
        return "a stored computed column"
    constant = column.default is None or column.default.kind is DefaultKind.CONSTANT
    return None if constant else "a default that is not the same for all rows"


def _online_copy(table: Table, version: Version, why: str) -> str:
    """The same, for what must not keep writers out."""
    if version < COPIES_ONLINE:
        raise ValueError(
            f"{table.name} has {why}: NOT NULL takes a copy that keeps writers out before 11.2"
        )
    return _copy(table, version)


def _copy(table: Table, version: Version) -> str:
    """A copy that lets others write, where the server has one."""
    if version < COPIES_ONLINE:
        return COPY
    for key in table.foreign_keys:
        if not {key.on_delete, key.on_update} <= {Action.NO_ACTION, Action.RESTRICT}:
            raise ValueError(
                f"{table.name} is a child of {key.parent} with {key.on_delete} and "
                f"{key.on_update}: the server copies it only while it keeps writers out (1846)"
            )
    return ONLINE_COPY
