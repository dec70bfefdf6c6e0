"""Plans in a wrong order, so that broken states are really visited.

Each later step is pulled to the end of expand, and before all of it, one at a time; each step of
expand is left out. They run up to the end of expand, where both releases are meant to work, on a
database without rows: there is nothing that a rule to come would stumble over but the statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from falsework.engines.connect import Target
from falsework.expand_contract.proof import families
from falsework.expand_contract.upgrade import Upgrade
from falsework.model.edits import AddColumn, CreateTable, Edit, apply
from falsework.model.engine import Server, Way
from falsework.model.plan import Phase, Plan, Statement, Step
from falsework.model.schema import Schema, TableName


@dataclass(frozen=True)
class Mutant:
    """A wrong order, and what is wrong with it."""

    title: str
    order: tuple[Step, ...]

    def steps(self, upgrade: Upgrade, seen: set[Schema]) -> list[tuple[Statement, Step, Schema]]:
        """The steps that fit what they meet, up to the last one with a state not seen before.

        Each with the statement that makes it, and the schema that it leads to.
        """
        schema, found, last = upgrade.old, [], 0
        for step in self.order:
            if _lacks_type(step, schema, upgrade.new.schema):
                continue
            try:
                statement = spelled(upgrade.server, step.effect, schema)
                schema = apply(step.effect, schema)
            except ValueError:
                continue  # it builds on what was left out, or comes too early for it
            found.append((statement, step, schema))
            last = last if schema in seen else len(found)
        return found[:last]


def _lacks_type(step: Step, now: Schema, new: Schema) -> bool:
    """Whether a column comes whose type does not: its name alone does not say that it is made."""
    columns = [
        column
        for edit in step.effect
        if isinstance(edit, CreateTable | AddColumn)
        for column in (edit.definition.columns if isinstance(edit, CreateTable) else [edit.column])
    ]
    missing = _types(new) - _types(now)
    return any(column.type.name in missing for column in columns)


def _types(schema: Schema) -> set[str]:
    """The types that are objects by themselves."""
    return {e.type for e in schema.enumerations} | {d.type for d in schema.domains}


def mutants(plan: Plan) -> Iterator[Mutant]:
    """Every wrong order of a plan that could be run."""
    steps = [s for s in plan.steps if s.effect] if not plan.refusals else []
    expand = [s for s in steps if s.phase is Phase.EXPAND]
    later = [s for s in steps if s.phase is not Phase.EXPAND]
    for early in later:
        yield Mutant(f"{early.id} too early", (*expand, early))
        yield Mutant(f"{early.id} first", (early,))
    for left in expand:
        yield Mutant(f"without {left.id}", tuple(s for s in expand if s is not left))


def related(before: Schema, after: Schema, step: Step) -> frozenset[TableName]:
    """The tables whose statements the step may touch, by the proof's own word.

    In its planned order every step is held against all tables, so that this word is tested too.
    """
    return families(before, (step,))[step.table] | families(after, (step,))[step.table]


@contextmanager
def session(target: Target) -> Iterator[Connection]:
    """A session as a runner has it."""
    with target.pool.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        target.driver.begin_session(connection, lock_ms=1_000)
        yield connection


def spelled(server: Server, edits: tuple[Edit, ...], before: Schema) -> Statement:
    """The edits as one statement, by the first way that the engine has for all of them."""
    ways = (w for w in Way if all(server.cost(e, w) is not None for e in edits))
    way = next(ways, Way.ADOPT)
    return server.engine.spelling.statement(edits, way, before, server.version)


def perform(connection: Connection, statement: Statement) -> None:
    """Run the statement in an autocommit session."""
    inside = ("BEGIN", *statement.sql, "COMMIT") if statement.transaction else statement.sql
    for sql in (*statement.setup, *inside, *statement.teardown):
        connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
