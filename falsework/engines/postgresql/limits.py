"""What the server would refuse, or do otherwise than the edit says: said before, by ValueError."""

from __future__ import annotations

from collections.abc import Iterator

from falsework.engines.normalize import names_in
from falsework.engines.postgresql.names import LIMIT
from falsework.model import edits as e
from falsework.model.engine import Version, Way
from falsework.model.schema import Schema, Table

PARTITIONED = "partitioned"  # the word in Table.opaque


def check(edit: e.Edit, way: Way, before: Schema, version: Version) -> None:
    """Raises ValueError where the statement would fail, or have another effect."""
    for name in _new_names(edit):
        if len(name.encode()) > LIMIT:
            raise ValueError(f"{name} is longer than {LIMIT} bytes, and would be cut")
    table = before.table(edit.table)
    if table is not None:
        _check_index_name(edit, table)
        _check_partitioned(edit, way, table, version)
        _check_column(edit, table)


def _new_names(edit: e.Edit) -> Iterator[str]:
    """The names that the statement brings into the database."""
    if isinstance(edit, e.AddColumn):
        yield edit.column.name
    elif isinstance(edit, e.CreateEnumeration):
        yield from (edit.table.name, *edit.enumeration.labels)
    elif isinstance(edit, e.CreateDomain):
        yield edit.table.name
        yield from (check.name for check in edit.domain.checks if check.name is not None)
    elif isinstance(edit, e.CreateSequence):
        yield edit.table.name
    elif isinstance(edit, e.AddLabel):
        yield edit.label
    elif isinstance(edit, e.RenameIndex):
        yield edit.name
    elif isinstance(edit, e.CreateTable):
        yield from _names_of(edit.definition)
    else:
        kinds = ("index", "unique", "foreign_key", "check", "exclusion")
        parts = [getattr(edit, part, None) for part in kinds]
        yield from (part.name for part in parts if part is not None and part.name is not None)


def _names_of(table: Table) -> Iterator[str]:
    yield table.name.name
    yield from table.column_names
    key = (table.primary_key,) if table.primary_key else ()
    rules = (*table.uniques, *table.foreign_keys, *table.checks, *table.exclusions)
    for part in (*key, *rules, *table.indexes):
        if part.name is not None:
            yield part.name


def _check_index_name(edit: e.Edit, table: Table) -> None:
    """Indexes, those of keys too, do not share names."""
    name: str | None = None
    if isinstance(edit, e.AddIndex):
        name = edit.index.name
    elif isinstance(edit, e.AddUnique):
        name = edit.unique.name
    elif isinstance(edit, e.AddExclusion):
        name = edit.exclusion.name
    elif isinstance(edit, e.RenameIndex):
        name = edit.name
    key = (table.primary_key,) if table.primary_key else ()
    taken = {part.name for part in (*key, *table.uniques, *table.exclusions, *table.indexes)}
    if name is not None and name in taken:
        raise ValueError(f"{table.name} has an index {name} already")


def _check_partitioned(edit: e.Edit, way: Way, table: Table, version: Version) -> None:
    """Source: measured on 15 and 18; the restrictions of CREATE INDEX and ALTER TABLE."""
    if PARTITIONED not in table.opaque:
        return
    if way is Way.ONLINE and isinstance(edit, e.AddIndex):
        name = edit.index.name
        raise ValueError(
            f"{table.name} is partitioned, and the server builds none of its indexes online as a "
            f"whole: CREATE INDEX {name} ON ONLY the table, CREATE INDEX CONCURRENTLY on each "
            f"partition, then ALTER INDEX {name} ATTACH PARTITION each of them"
        )
    if way is Way.ONLINE:
        raise ValueError(
            f"{table.name} is partitioned, and the server drops none of its indexes without "
            "keeping readers and writers out for a moment: DROP INDEX"
        )
    if isinstance(edit, e.AddForeignKey) and not edit.foreign_key.valid and version < (18,):
        raise ValueError(
            f"{table.name} is partitioned: before 18 its foreign keys are validated at once"
        )


def _check_column(edit: e.Edit, table: Table) -> None:
    if isinstance(edit, e.SetDefault):
        column = table.column(edit.column)
        if column is not None and column.autoincrement:
            raise ValueError(f"{table.name}.{edit.column} counts by itself: that is its default")
    key = table.primary_key.columns if table.primary_key else ()
    if isinstance(edit, e.SetNullable) and edit.nullable and edit.column in key:
        raise ValueError(f"{table.name}.{edit.column} is part of the primary key")
    if isinstance(edit, e.SetType | e.SetCollation | e.DropColumn):
        for column in table.columns:
            if column.generated and names_in(column.generated, (edit.column,)):
                raise ValueError(f"{table.name}.{column.name} is computed from {edit.column}")
    if isinstance(edit, e.SetType):
        _check_triggers(edit, table)


def _check_triggers(edit: e.SetType, table: Table) -> None:
    """A trigger's function may use the column; its definition (OF, WHEN) may not."""
    for trigger in table.triggers:
        definition = trigger.text.partition("EXECUTE ")[0]
        if names_in(definition.partition(" ON ")[0], (edit.column,)) or names_in(
            definition.partition(" WHEN ")[2], (edit.column,)
        ):
            raise ValueError(f"the trigger {trigger.name} of {table.name} names {edit.column}")
