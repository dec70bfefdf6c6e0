"""The statement for each edit: one ALTER TABLE that says its algorithm.

So the server refuses what it could only do by a copy under a lock. There is no transaction around
DDL here: each statement is a step of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from falsework.engines.innodb import actions, expressions, roles
from falsework.engines.innodb import definitions as d
from falsework.engines.innodb.defaults import LONG
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
from falsework.engines.mysql.facts import Facts, adds_instantly, drops_instantly
from falsework.engines.mysql.moves import in_place
from falsework.model import edits as e
from falsework.model.edits_of_objects import OfObject
from falsework.model.engine import Version, Way
from falsework.model.excluding import OfExclusion
from falsework.model.grant import Grant
from falsework.model.plan import Statement
from falsework.model.schema import Schema, Table, TableName
from falsework.model.schema import Sequence as Counter

_FACTS = Facts()

# INSTANT takes no LOCK clause (error 1221).
INSTANT = "ALGORITHM=INSTANT"
ONLINE = "ALGORITHM=INPLACE, LOCK=NONE"
BUILD = "ALGORITHM=INPLACE, LOCK=SHARED"
COPY = "ALGORITHM=COPY, LOCK=SHARED"
_ORDER = (COPY, BUILD, ONLINE, INSTANT)  # what one can do, those before it can


class Spelling:
    """How MySQL spells SQL."""

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
        if isinstance(edit, OfObject | OfExclusion) or _FACTS.cost(edit, way, version) is None:
            raise ValueError(f"{type(edit).__name__} has no way {way} on {version}")
        match edit:
            case e.CreateTable(definition=table):
                return _create(table, before)
            case e.DropTable(table=name):
                return alone(f"DROP TABLE {qualified(name)}")
            case e.ValidateForeignKey() | e.ValidateCheck() | e.SetIdentity():
                raise ValueError(f"there is no {type(edit).__name__} here")
            case e.SetDefault(table=name) if _long(edit, before):
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


def _beside(name: TableName, before: Schema) -> list[Table]:
    """The tables that no other check may have a name of (3822), until they are dropped."""
    return [t for t in before.tables if t.name.schema == name.schema]


def _create(table: Table, before: Schema) -> Statement:
    must_fit_whole(table, hashes=False)
    for check in table.checks:
        must_be_new_check(_beside(table.name, before), check.name)
    return alone(d.create_table(table))


def _clause(edit: actions.Altering | e.DropCheck, before: Schema, version: Version) -> Clause:
    if isinstance(edit, e.DropCheck):
        table_of(edit.table, before)
        return f"DROP CHECK {_named(edit.check.name)}", INSTANT
    if isinstance(edit, e.AddCheck):
        must_be_new_check(_beside(edit.table, before), edit.check.name)
    return actions.action(edit, before), _algorithm(edit, before, version)


def _alter(table: TableName, action: str, algorithm: str) -> Statement:
    return alone(alter(table, action, algorithm))


def _named(name: str | None) -> str:
    if name is None:
        raise ValueError("a constraint without a name cannot be named")
    return quoted(name)


def _long(edit: e.SetDefault, before: Schema) -> bool:
    """Whether ALTER COLUMN would refuse a default for such a type (1101, seen on 9.7)."""
    return column_of(table_of(edit.table, before), edit.column).type.name in LONG


def _algorithm(edit: e.Edit, before: Schema, version: Version) -> str:
    """The algorithm that the fact for the edit speaks of."""
    fact = _FACTS.cost(edit, Way.DIRECT, version)
    match edit:
        case (
            e.SetDefault()
            | e.SetExpression(stored=False)
            | e.SetRefresh()
            | e.SetComment(column=str())
        ):
            return INSTANT
        case e.AddColumn() if fact is not None and not fact.online:
            return COPY
        case e.AddColumn():
            instant = adds_instantly(version) or edit.column.generated is not None
            return INSTANT if instant else ONLINE
        case e.DropColumn():
            return INSTANT if drops_instantly(version) else ONLINE
        case e.SetType():
            return _type_algorithm(edit, before)
        case e.AddCheck() | e.SetExpression() | e.SetCollation(indexed=True) | e.SetCounter():
            return COPY
        case e.AddIndex() if fact is not None and not fact.online:
            return BUILD
    return ONLINE


def _type_algorithm(edit: e.SetType, before: Schema) -> str:
    column = column_of(table_of(edit.table, before), edit.column)
    if not in_place(column.type, edit.type):
        return COPY
    return INSTANT if edit.type.name in ("enum", "set", "tinyint") else ONLINE
