"""The statement for each edit, by each way there is.

Every edit is a statement of its own: SET NOT NULL and DROP CONSTRAINT in one ALTER TABLE would
drop the check first and scan (measured on 15 and 18).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from falsework.engines.postgresql import definitions as d
from falsework.engines.postgresql.expressions import normalized
from falsework.engines.postgresql.facts import Facts
from falsework.engines.postgresql.limits import check
from falsework.engines.postgresql.moves import type_move
from falsework.engines.postgresql.names import literal, qualified, quoted
from falsework.engines.postgresql.types import collation, is_serial, spelled
from falsework.model import edits as e
from falsework.model.engine import Move, Version, Way
from falsework.model.grant import Grant
from falsework.model.plan import Statement
from falsework.model.schema import Schema, Table, TableName
from falsework.model.schema import Sequence as Counter

_FACTS = Facts()

Edits = tuple[e.Edit, ...]


class Spelling:
    """How PostgreSQL spells SQL."""

    def statement(self, edits: Edits, way: Way, before: Schema, version: Version) -> Statement:
        """The statement with exactly that effect; ValueError where there is none."""
        now = before
        for edit in edits:
            if _FACTS.cost(edit, way, version) is None:
                raise ValueError(f"{type(edit).__name__} has no way {way} on {version}")
            check(edit, way, now, version)
            now = edit.apply(now) if len(edits) > 1 else now
        if way is Way.ONLINE:
            return _online(edits)
        if way is Way.ADOPT:
            return Statement(tuple(_adopted(edits, before)))
        sql: list[str] = []
        for edit in edits:
            sql += _SQL[type(edit)](edit, before)
            before = edit.apply(before) if len(edits) > 1 else before
        # Validation reads for long under a lock that no reader or writer feels.
        return Statement(tuple(sql), lock_timeout=way is not Way.VALIDATE)

    def undo_partial(self, edits: Edits, before: Schema) -> Statement | None:
        """An index that was built concurrently and broken off stays behind, invalid."""
        names = [
            f"DROP INDEX CONCURRENTLY IF EXISTS {_index(edit.table, edit.index.name)}"
            for edit in edits
            if isinstance(edit, e.AddIndex)
        ]
        return Statement(tuple(names), transaction=False, lock_timeout=False) if names else None

    def identifier(self, name: str) -> str:
        """The name in quotes."""
        return quoted(name)

    def table(self, name: TableName) -> str:
        """The table with its schema, in quotes."""
        return qualified(name)

    def not_null(self, column: str) -> str:
        """The check text in normal form."""
        return normalized(f"{quoted(column)} IS NOT NULL")

    def length(self, column: str) -> str:
        """Characters, not bytes."""
        return f"char_length({quoted(column)})"

    def grants(self, made: Table | Counter, grants: Sequence[Grant]) -> tuple[str, ...]:
        """A serial column takes its values from a sequence, which has privileges of its own."""
        if isinstance(made, Counter):
            return tuple(
                f"GRANT USAGE, SELECT ON SEQUENCE {qualified(made.name)} TO {_role(grant)}"
                for grant in grants
                if grant.inserts
            )
        counted = [c.name for c in made.columns if c.autoincrement and is_serial(c.type)]
        return tuple(sql for grant in grants for sql in _grants(made.name, counted, grant))

    def limit(self, rows: int) -> str:
        """The clause at the end of a SELECT."""
        return f"LIMIT {rows:d}"


def _role(grant: Grant) -> str:
    return quoted(grant.grantee) if grant.grantee else "PUBLIC"


def _grants(table: TableName, counted: Sequence[str], grant: Grant) -> Iterator[str]:
    role = _role(grant)
    yield f"GRANT {', '.join(grant.privileges)} ON TABLE {qualified(table)} TO {role}"
    if grant.inserts:
        for column in counted:
            yield _for_sequence(
                table, column, literal("GRANT USAGE, SELECT ON SEQUENCE "), literal(f" TO {role}")
            )


def _index(table: TableName, name: str) -> str:
    return qualified(TableName(table.schema, name))


def _online(edits: Edits) -> Statement:
    """Outside any transaction; breaking off the wait for other transactions leaves remains."""
    sql = []
    for edit in edits:
        if isinstance(edit, e.AddIndex):
            sql.append(d.create_index(edit.table, edit.index, concurrently=True))
        elif isinstance(edit, e.DropIndex):
            sql.append(f"DROP INDEX CONCURRENTLY {_index(edit.table, edit.index.name)}")
    return Statement(tuple(sql), transaction=False, lock_timeout=False)


def _adopted(edits: Edits, before: Schema) -> Iterator[str]:
    """What has the name goes first: the last two edits say which index becomes which key."""
    for edit in edits[:-2]:
        yield from _SQL[type(edit)](edit, before)
    yield _adopt(edits[-2:])


def _adopt(edits: Edits) -> str:
    """The index goes over to the constraint, and takes its name."""
    dropped = [edit for edit in edits if isinstance(edit, e.DropIndex)]
    added = [edit for edit in edits if isinstance(edit, e.AddUnique)]
    if len(dropped) != 1 or len(added) != 1 or len(edits) != 2:
        raise ValueError("to adopt is to drop one index and to add one unique constraint")
    index, unique = dropped[0].index, added[0].unique
    forms = [(k.columns, k.include, k.nulls_equal) for k in (index, unique)]
    if not index.unique or forms[0] != forms[1] or index.where is not None:
        raise ValueError(f"{unique} cannot adopt {index}")
    name = index.name if unique.name is None else unique.name
    return (
        f"ALTER TABLE {qualified(added[0].table)} ADD CONSTRAINT {quoted(name)} "
        f"UNIQUE USING INDEX {quoted(index.name)}"
        + (f" {unique.deferrable}" if unique.deferrable else "")
    )


def _alter(edit: e.Edit, action: str) -> str:
    return f"ALTER TABLE {qualified(edit.table)} {action}"


def _alter_column(
    edit: e.SetNullable | e.SetDefault | e.SetType | e.SetExpression | e.SetIdentity, action: str
) -> str:
    return _alter(edit, f"ALTER COLUMN {quoted(edit.column)} {action}")


def _constraint(name: str | None) -> str:
    """A constraint is dropped and validated by name; every live one has a name."""
    if name is None:
        raise ValueError("a constraint without a name cannot be named")
    return quoted(name)


def _add_column(edit: e.AddColumn) -> Iterator[str]:
    yield _alter(edit, f"ADD COLUMN {d.column(edit.column)}")
    if edit.column.comment is not None:
        yield d.comment(edit.table, edit.column.name, edit.column.comment)


def _set_nullable(edit: e.SetNullable, _: Schema) -> Iterator[str]:
    yield _alter_column(edit, "DROP NOT NULL" if edit.nullable else "SET NOT NULL")


def _set_default(edit: e.SetDefault, _: Schema) -> Iterator[str]:
    if edit.default is None:
        yield _alter_column(edit, "DROP DEFAULT")
    else:
        yield _alter_column(edit, f"SET DEFAULT {d.default(edit.default.text)}")


def _set_expression(edit: e.SetExpression, _: Schema) -> Iterator[str]:
    yield _alter_column(edit, f"SET EXPRESSION AS ({edit.expression})")


def _set_collation(edit: e.SetCollation, before: Schema) -> Iterator[str]:
    """By its type said once more; the type's own collation has a name as well."""
    table = before.table(edit.table)
    column = table.column(edit.column) if table else None
    if column is None:
        raise ValueError(f"there is no column {edit.table}.{edit.column}")
    name = "default" if edit.collation is None else edit.collation
    words = f"TYPE {spelled(column.type)} COLLATE {collation(name)}"
    yield _alter(edit, f"ALTER COLUMN {quoted(edit.column)} {words}")


def _set_identity(edit: e.SetIdentity, before: Schema) -> Iterator[str]:
    table = before.table(edit.table)
    column = table.column(edit.column) if table else None
    if column is None:
        raise ValueError(f"there is no column {edit.table}.{edit.column}")
    yield _alter_column(edit, d.set_identity(edit.identity, column.type.name))


def _set_type(edit: e.SetType, before: Schema) -> Iterator[str]:
    """With a cast only where nothing else will do: ``::varchar(5)`` cuts, assignment refuses.

    Without COLLATE the column would get the type's own; a serial's sequence keeps its bounds
    unless it is told.
    """
    table = before.table(edit.table)
    column = table.column(edit.column) if table else None
    if column is None:
        raise ValueError(f"there is no column {edit.table}.{edit.column}")
    new = spelled(edit.type)
    words = f"TYPE {new}"
    if column.collation is not None:
        words += f" COLLATE {collation(column.collation)}"
    if type_move(column.type, edit.type, ())[0] is Move.CONVERSION:
        words += f" USING {quoted(edit.column)}::{new}"
    yield _alter_column(edit, words)
    if column.autoincrement and is_serial(edit.type):
        yield _alter_sequence(edit, new)


def _alter_sequence(edit: e.SetType, type: str) -> str:
    return _for_sequence(
        edit.table, edit.column, literal("ALTER SEQUENCE "), literal(f" AS {type}")
    )


def _for_sequence(table: TableName, column: str, before: str, after: str) -> str:
    """A statement on the sequence of a serial column, whose name is known to the server alone.

    ``before``, ``after``  string literals: the statement up to the name, and from there on
    """
    name = f"pg_get_serial_sequence({literal(qualified(table))}, {literal(column)})"
    body = f"BEGIN IF {name} IS NOT NULL THEN EXECUTE {before} || {name} || {after}; END IF; END"
    return f"DO LANGUAGE plpgsql {literal(body)}"


# One entry an edit; the edit's own type cannot be said in the value's type, hence Any.
_SQL: dict[type[e.Edit], Callable[[Any, Schema], Iterator[str]]] = {
    e.CreateTable: lambda edit, _: d.create_table(edit.definition),
    e.DropTable: lambda edit, _: iter([f"DROP TABLE {qualified(edit.table)}"]),
    e.AddColumn: lambda edit, _: _add_column(edit),
    e.DropColumn: lambda edit, _: iter([_alter(edit, f"DROP COLUMN {quoted(edit.column)}")]),
    e.SetNullable: _set_nullable,
    e.SetDefault: _set_default,
    e.SetType: _set_type,
    e.SetExpression: _set_expression,
    e.SetIdentity: _set_identity,
    e.SetCollation: _set_collation,
    e.AddIndex: lambda edit, _: iter([d.create_index(edit.table, edit.index)]),
    e.DropIndex: lambda edit, _: iter([f"DROP INDEX {_index(edit.table, edit.index.name)}"]),
    e.RenameIndex: lambda edit, _: iter(
        [f"ALTER INDEX {_index(edit.table, edit.index.name)} RENAME TO {quoted(edit.name)}"]
    ),
    e.AddUnique: lambda edit, _: iter([_alter(edit, f"ADD {d.unique(edit.unique)}")]),
    e.AddForeignKey: lambda edit, _: iter([_alter(edit, f"ADD {d.foreign_key(edit.foreign_key)}")]),
    e.AddCheck: lambda edit, _: iter([_alter(edit, f"ADD {d.check(edit.check)}")]),
    e.AddExclusion: lambda edit, _: iter([_alter(edit, f"ADD {d.exclusion(edit.exclusion)}")]),
    e.SetComment: lambda edit, _: iter([d.comment(edit.table, edit.column, edit.comment)]),
}


def _drops(
    edit: e.DropUnique | e.DropForeignKey | e.DropCheck | e.DropExclusion, name: str | None
) -> Iterator[str]:
    yield _alter(edit, f"DROP CONSTRAINT {_constraint(name)}")


def _validates(edit: e.ValidateForeignKey | e.ValidateCheck, name: str | None) -> Iterator[str]:
    yield _alter(edit, f"VALIDATE CONSTRAINT {_constraint(name)}")


def _add_label(edit: e.AddLabel, _: Schema) -> Iterator[str]:
    place = "" if edit.before is None else f" BEFORE {literal(edit.before)}"
    yield f"ALTER TYPE {qualified(edit.table)} ADD VALUE {literal(edit.label)}{place}"


_SQL |= {
    e.CreateEnumeration: lambda edit, _: iter([d.create_enumeration(edit.enumeration)]),
    e.DropEnumeration: lambda edit, _: iter([f"DROP TYPE {qualified(edit.table)}"]),
    e.AddLabel: _add_label,
    e.CreateDomain: lambda edit, _: iter([d.create_domain(edit.domain)]),
    e.DropDomain: lambda edit, _: iter([f"DROP DOMAIN {qualified(edit.table)}"]),
    e.CreateSequence: lambda edit, _: iter([d.create_sequence(edit.sequence)]),
    e.DropSequence: lambda edit, _: iter([f"DROP SEQUENCE {qualified(edit.table)}"]),
    e.SetSequence: lambda edit, _: iter([d.alter_sequence(edit.sequence)]),
    e.DropUnique: lambda edit, _: _drops(edit, edit.unique.name),
    e.DropForeignKey: lambda edit, _: _drops(edit, edit.foreign_key.name),
    e.DropCheck: lambda edit, _: _drops(edit, edit.check.name),
    e.DropExclusion: lambda edit, _: _drops(edit, edit.exclusion.name),
    e.ValidateForeignKey: lambda edit, _: _validates(edit, edit.foreign_key.name),
    e.ValidateCheck: lambda edit, _: _validates(edit, edit.check.name),
}
