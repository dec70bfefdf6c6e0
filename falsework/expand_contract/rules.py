"""Which statements of a release would fail on a schema, and why.

Each rule looks at one table of the release (``ours``) and at the same table of the moment
(``now``), and yields what the schema of the moment asks beyond the release's home.
"""

from __future__ import annotations

from collections.abc import Iterator

from falsework.expand_contract.look import INSERTS, Home, Look, Value, statements_of
from falsework.expand_contract.rules_children import new_children, new_parents
from falsework.expand_contract.rules_constraints import (
    missing_keys,
    new_checks,
    new_exclusions,
    new_uniques,
)
from falsework.model.engine import Move, Server
from falsework.model.plan import Kind, Verdict
from falsework.model.schema import Schema, TableName


def verdicts(
    server: Server, home: Home, schema: Schema, scope: frozenset[TableName]
) -> Iterator[Verdict]:
    """Every statement of the release over the tables in ``scope`` that would fail on ``schema``."""
    for name in sorted(scope):
        ours = home.tables.table(name)
        if ours is None:
            continue
        now = schema.table(name)
        if now is None:
            for kind, subject in statements_of(ours):
                yield Verdict(home.release, name, kind, subject, "the table is not there")
            continue
        look = Look(server, home, ours, now, home.rules.table(name) or ours, schema)
        for rule in RULES:
            yield from rule(look)


def missing_columns(look: Look) -> Iterator[Verdict]:
    """A statement names columns: each must be there.

    A row is found by its first key, in a table without one by all it holds.
    """
    finds = look.ours.keys[0] if look.ours.keys else look.ours.column_names
    for column in look.ours.columns:
        if look.now.column(column.name) is not None:
            continue
        reason = f"there is no column {column.name}"
        yield look.fails(Kind.SELECT, "", reason)
        yield look.fails(Kind.LOCKING_READ, "", reason)
        if column.name in finds:
            yield look.fails(Kind.DELETE, "", reason)
        for other in look.ours.columns:
            if other.written and (other is column or column.name in finds):
                yield look.fails(Kind.UPDATE, other.name, reason)
        for kind in INSERTS:
            # An upsert gives back all columns, those that it does not write too, where the server
            # gives anything back, and does not take a name that is none for a text.
            written = look.names(kind, column.name)
            if written or kind is Kind.UPSERT:
                yield from look.new_row(kind, reason, certain=written)


def refused_nulls(look: Look) -> Iterator[Verdict]:
    """NULL is what a row holds that leaves a column out, or where the release may write it."""
    for column in look.now.columns:
        if column.nullable or column.generated is not None:
            continue
        ours = look.ours.column(column.name)
        for kind in INSERTS:
            if look.value(kind, column.name) is Value.NULL:
                named = look.names(kind, column.name)
                reason = "takes no NULL" if named else "is NOT NULL without a default"
                # Some servers count where they are told NULL, others refuse.
                made_up = look.server.engine.makes_up(column, told=named)
                certain = not (column.autoincrement or made_up)
                yield from look.new_row(kind, f"{column.name} {reason}", certain=certain)
        if ours is not None and ours.nullable:
            certain = not look.server.engine.makes_up(column, told=True)
            reason = f"{column.name} takes no NULL"
            yield look.fails(Kind.UPDATE, column.name, reason, certain=certain)


def narrower_types(look: Look) -> Iterator[Verdict]:
    """Every value of the release's type must fit, and what is read must be readable to it."""
    if not look.server.engine.enforces_types:
        return
    for ours in look.ours.columns:
        now = look.now.column(ours.name)
        if now is None or now.type == ours.type:
            continue
        move, _ = look.server.engine.type_move(ours.type, now.type, look.server.version)
        if move in (Move.IDENTICAL, Move.TRANSPARENT):
            continue
        reason = f"{ours.name} is {now.type}, not {ours.type}"
        certain = move is Move.NARROWING or not look.server.engine.converts_quietly
        for kind in INSERTS:
            if look.value(kind, ours.name) is Value.FREE:
                yield from look.new_row(kind, reason, certain=certain)
        if ours.written:
            yield look.fails(Kind.UPDATE, ours.name, reason, certain=certain)
        if move is Move.CONVERSION:
            # The server gives the values out; what the client makes of them is its own affair.
            yield look.fails(Kind.SELECT, "", reason, certain=False)
            yield look.fails(Kind.LOCKING_READ, "", reason, certain=False)


def missing_labels(look: Look) -> Iterator[Verdict]:
    """A value that the release may write must be one of its type's."""
    for ours in look.ours.columns:
        said = look.home.tables.labels(ours.type)
        now = look.now.column(ours.name)
        there = look.schema.labels(now.type) if said is not None and now is not None else None
        if said is None or there is None or set(said) <= set(there):
            continue
        missing = next(label for label in said if label not in there)
        reason = f"{ours.name} cannot be {missing!r}"
        for kind in INSERTS:
            if look.value(kind, ours.name) is Value.FREE:
                yield from look.new_row(kind, reason)
        yield look.fails(Kind.UPDATE, ours.name, reason)


def generated_columns(look: Look) -> Iterator[Verdict]:
    """A column that the server computes, or that it alone counts, cannot be written.

    Models that leave open how a column counts may name it or not: that is their own affair.
    """
    for ours in look.ours.columns:
        now = look.now.column(ours.name)
        if now is None or now.written or not ours.written:
            continue
        if now.generated is None and ours.identity is None:
            continue
        reason = f"{ours.name} is {'computed' if now.generated else 'counted'} by the server"
        for kind in INSERTS:
            if look.names(kind, ours.name):
                # Some servers pass over a NULL that is told them, others refuse that as well.
                certain = look.value(kind, ours.name) is not Value.NULL
                yield from look.new_row(kind, reason, certain=certain)
        yield look.fails(Kind.UPDATE, ours.name, reason)


RULES = (
    missing_columns,
    refused_nulls,
    narrower_types,
    missing_labels,
    generated_columns,
    new_uniques,
    new_checks,
    new_exclusions,
    new_parents,
    new_children,
    missing_keys,
)

__all__ = ["RULES", "Home", "verdicts"]
