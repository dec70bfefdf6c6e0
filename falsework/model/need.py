"""What a user does to a database in one phase of a plan: what it must be allowed to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from falsework.model.edits import (
    AddForeignKey,
    AddIndex,
    AddUnique,
    CreateTable,
    DropTable,
    Edit,
)
from falsework.model.edits_of_objects import (
    CreateEnumeration,
    CreateSequence,
    DropEnumeration,
    DropSequence,
)
from falsework.model.frozen import Frozen
from falsework.model.plan import Backfill, Phase, Plan, QuestionKind, Statement, Step
from falsework.model.schema import TableName

MAKING = (CreateTable, CreateEnumeration, CreateSequence)
DROPPING = (DropTable, DropEnumeration, DropSequence)


class Own(Frozen, frozen=True):
    """What is done with a table of falsework's own, in the words of SQL: ``SELECT`` and so on."""

    table: TableName
    privileges: tuple[str, ...]


class Fill(Frozen, frozen=True):
    """Columns that are written in rows of a table."""

    table: TableName
    columns: tuple[str, ...]


class Need(Frozen, frozen=True):
    """What is done; names in order, each once.

    ``journal``  what is done with the journal's tables; empty where they are not there
    ``founds``   whether they are made first
    ``whole``    whether all tables of ``schemas`` are looked at, as a plan does
    ``sees``     tables and objects that the plan knows or makes: their definitions are compared
    ``reads``    tables whose rows are read
    ``changes``  tables and other objects whose definition changes; ``drops`` are those that go
    ``makes``    tables and other objects that are new
    ``shares``   those of them that others are given privileges on
    ``builds``   schemas that get a new index
    ``refers``   parents of new foreign keys
    """

    schemas: tuple[str, ...]
    journal: tuple[Own, ...]
    founds: bool = False
    whole: bool = False
    sees: tuple[TableName, ...] = ()
    reads: tuple[TableName, ...] = ()
    fills: tuple[Fill, ...] = ()
    changes: tuple[TableName, ...] = ()
    makes: tuple[TableName, ...] = ()
    shares: tuple[TableName, ...] = ()
    drops: tuple[TableName, ...] = ()
    builds: tuple[str, ...] = ()
    refers: tuple[TableName, ...] = ()


class Privileges(Frozen, frozen=True):
    """Statements that give them.

    ``needed``   what the work takes
    ``helpful``  what errors and waits say more with, and nothing stops without
    ``later``    tables that are not there yet, so that nothing can be given on them
    """

    needed: tuple[str, ...] = ()
    helpful: tuple[str, ...] = ()
    later: tuple[TableName, ...] = ()


def to_look(plan: Plan, journal: tuple[Own, ...]) -> Need:
    """For db-status, db-plan and db-check: everything is read, nothing written."""
    return Need(
        schemas=_schemas(plan, plan.steps),
        journal=journal,
        whole=True,
        reads=_names(_asked(plan, plan.steps)),
    )


def to_run(plan: Plan, phase: Phase, journal: tuple[Own, ...], *, founds: bool) -> Need:
    """For the phase of the plan, wherever it stands."""
    steps = plan.phase(phase)
    edits = tuple(e for step in steps for e in step.effect)
    made = tuple(e.table for e in edits if isinstance(e, MAKING))
    dropped = tuple(e.table for e in edits if isinstance(e, DROPPING))
    known = {*made, *dropped}
    return Need(
        schemas=_schemas(plan, steps),
        journal=journal,
        founds=founds,
        sees=_names((*(t.name for t in plan.before.tables), *_made(plan))),
        reads=_names((*_asked(plan, steps), *_parents(edits))),
        fills=_fills(steps),
        changes=_names(e.table for e in edits if e.table not in known),
        makes=_names(made),
        shares=_names(_shared(steps)),
        drops=_names(dropped),
        builds=tuple(
            sorted({e.table.schema for e in edits if isinstance(e, AddIndex | AddUnique)})
        ),
        refers=_names(_parents(edits)),
    )


def _names(names: Iterable[TableName]) -> tuple[TableName, ...]:
    return tuple(sorted(set(names)))


def _schemas(plan: Plan, steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(sorted({plan.target, *(s.table.schema for s in steps)}))


def _made(plan: Plan) -> Iterator[TableName]:
    """What the plan has made by its end."""
    return (e.table for step in plan.steps for e in step.effect if isinstance(e, MAKING))


def _asked(plan: Plan, steps: Iterable[Step]) -> Iterator[TableName]:
    """Tables whose rows a question of these steps counts, with the parents of orphans."""
    by_id = {i: step for step in steps for i in (step.id, *step.covers)}
    for question in plan.questions:
        step = by_id.get(question.step)
        if step is not None:
            yield question.table
            if question.kind is QuestionKind.ORPHANS:
                yield from _parents(step.effect)


def _parents(edits: Iterable[Edit]) -> Iterator[TableName]:
    for edit in edits:
        match edit:
            case AddForeignKey(table=table, foreign_key=key) if key.parent != table:
                yield key.parent
            case CreateTable(definition=table):
                yield from (f.parent for f in table.foreign_keys if f.parent != table.name)


def _fills(steps: Iterable[Step]) -> tuple[Fill, ...]:
    written: dict[TableName, set[str]] = {}
    for step in steps:
        if isinstance(step.work, Backfill):
            columns = written.setdefault(step.work.table, set())
            columns.update((step.work.column, *step.work.pinned))
    return tuple(Fill(table, tuple(sorted(names))) for table, names in sorted(written.items()))


def _shared(steps: Iterable[Step]) -> Iterator[TableName]:
    for step in steps:
        if isinstance(step.work, Statement) and step.work.grants:
            yield from (e.table for e in step.effect if isinstance(e, MAKING))
