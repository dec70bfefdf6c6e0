"""Which statements of a release would fail on a schema, and why.

Each rule looks at one table of the release (``ours``) and at the same table of the moment
(``now``), and yields what the schema of the moment asks beyond the release's home.
"""

from __future__ import annotations

from collections.abc import Iterator

from falsework.expand_contract.keys import same_key, stops
from falsework.expand_contract.matching import same_check
from falsework.model.engine import Move, Server
from falsework.model.frozen import Frozen
from falsework.model.plan import Kind, Release, Verdict
from falsework.model.schema import (
    Action,
    CheckConstraint,
    Column,
    DefaultKind,
    ForeignKey,
    Schema,
    Table,
    TableName,
)

INSERTS = (Kind.INSERT_ALL, Kind.INSERT_REQUIRED, Kind.INSERT_NULL)


class Home(Frozen, frozen=True):
    """What a release knows and counts on.

    ``tables``  its own tables and columns, from which its statements are made
    ``rules``   the constraints its rows obey anyway, and the keys its deletes run into anyway
    """

    release: Release
    tables: Schema
    rules: Schema


class Look(Frozen, frozen=True):
    """One table of a release and of the moment, with everything a rule asks about."""

    server: Server
    home: Home
    ours: Table
    now: Table
    rules: Table
    schema: Schema

    def verdict(self, kind: Kind, subject: str, reason: str) -> Verdict:
        """A statement of this table that would fail."""
        return Verdict(self.home.release, self.ours.name, kind, subject, reason)

    def left_null(self, name: str) -> bool:
        """Whether the release, not knowing the column, leaves NULL in it."""
        column = self.now.column(name)
        return (
            self.ours.column(name) is None
            and column is not None
            and column.nullable
            and column.default is None
            and column.generated is None
        )


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
            for kind in Kind:
                yield Verdict(home.release, name, kind, "", "the table is not there")
            continue
        look = Look(server, home, ours, now, home.rules.table(name) or ours, schema)
        for rule in RULES:
            yield from rule(look)


def missing_columns(look: Look) -> Iterator[Verdict]:
    """A statement names columns: each must be there."""
    for column in look.ours.columns:
        if look.now.column(column.name) is None:
            reason = f"there is no column {column.name}"
            for kind in (Kind.SELECT, Kind.INSERT_ALL, Kind.UPDATE, Kind.UPSERT, Kind.LOCKING_READ):
                yield look.verdict(kind, column.name, reason)
            if not column.optional:
                yield look.verdict(Kind.INSERT_REQUIRED, column.name, reason)
            if column.nullable:
                yield look.verdict(Kind.INSERT_NULL, column.name, reason)


def required_columns(look: Look) -> Iterator[Verdict]:
    """An INSERT leaves out what the release does not know, or what was optional at home."""
    for column in look.now.columns:
        ours = look.ours.column(column.name)
        if column.optional or (ours is not None and not ours.optional):
            continue
        reason = f"{column.name} is NOT NULL without a default"
        kinds = (*INSERTS, Kind.UPSERT) if ours is None else (Kind.INSERT_REQUIRED,)
        for kind in kinds:
            yield look.verdict(kind, column.name, reason)


def refused_nulls(look: Look) -> Iterator[Verdict]:
    """NULL is written wherever the release's own schema allows it."""
    for ours in look.ours.columns:
        now = look.now.column(ours.name)
        if now is not None and ours.nullable and not now.nullable:
            reason = f"{ours.name} takes no NULL"
            yield look.verdict(Kind.INSERT_NULL, ours.name, reason)
            yield look.verdict(Kind.UPDATE, ours.name, reason)


def narrower_types(look: Look) -> Iterator[Verdict]:
    """Every value of the release's type must fit; what it reads must be of a type it can read."""
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
        kinds = [Kind.INSERT_ALL, Kind.UPDATE, Kind.UPSERT]
        if not ours.optional:
            kinds.append(Kind.INSERT_REQUIRED)
        if any(not c.nullable and c.name == ours.name for c in look.ours.columns):
            kinds.append(Kind.INSERT_NULL)
        if move is Move.CONVERSION:
            kinds.append(Kind.SELECT)
        for kind in kinds:
            yield look.verdict(kind, ours.name, reason)


def generated_columns(look: Look) -> Iterator[Verdict]:
    """A column that the server computes cannot be written."""
    for ours in look.ours.columns:
        now = look.now.column(ours.name)
        if now is not None and now.generated is not None and ours.generated is None:
            for kind in (Kind.INSERT_ALL, Kind.UPDATE, Kind.UPSERT):
                yield look.verdict(kind, ours.name, f"{ours.name} is computed by the server")


def new_uniques(look: Look) -> Iterator[Verdict]:
    """A key that the home does not have can be broken by rows that are right at home.

    Not by an INSERT that leaves, or puts, a NULL into the key: NULLs are never equal.
    """
    for key in _unique_sets(look.now):
        if any(set(k) <= set(key) for k in _unique_sets(look.rules)):
            continue
        known = [c for c in map(look.ours.column, key) if c is not None]
        reason = f"({', '.join(key)}) is unique"
        if not any(map(look.left_null, key)):
            yield look.verdict(Kind.INSERT_ALL, "", reason)
            yield look.verdict(Kind.UPSERT, "", reason)
            if not any(map(_distinct_by_itself, known)):
                yield look.verdict(Kind.INSERT_REQUIRED, "", reason)
            if not any(c.nullable for c in known):
                yield look.verdict(Kind.INSERT_NULL, "", reason)
        for column in known:
            yield look.verdict(Kind.UPDATE, column.name, reason)


def _unique_sets(table: Table) -> tuple[tuple[str, ...], ...]:
    """Column sets kept unique, by a partial or expression index too: those also stop writes."""
    partial = (i.uses or i.columns for i in table.indexes if i.unique)
    return tuple(dict.fromkeys((*table.keys, *partial)))


def _distinct_by_itself(column: Column) -> bool:
    """Whether rows that leave the column out never collide on it."""
    if column.autoincrement:
        return True
    if column.default is None:
        return column.nullable
    return column.default.kind in (DefaultKind.VOLATILE, DefaultKind.SEQUENCE)


def new_checks(look: Look) -> Iterator[Verdict]:
    """A check that the home does not have can be broken, unless all it sees is left NULL."""
    for check in look.now.checks:
        if any(_same_rule(look, check, c) for c in look.rules.checks) or _not_null(look, check):
            continue
        known = [c for c in map(look.ours.column, check.uses) if c is not None]
        reason = f"check {check.name or check.text}"
        if not known and all(map(look.left_null, check.uses)) and _passes_null(check):
            continue
        yield look.verdict(Kind.INSERT_ALL, "", reason)
        yield look.verdict(Kind.UPSERT, "", reason)
        if not known or any(not c.optional for c in known):
            yield look.verdict(Kind.INSERT_REQUIRED, "", reason)
        if not known or any(not c.nullable for c in known):
            yield look.verdict(Kind.INSERT_NULL, "", reason)
        for column in known:
            yield look.verdict(Kind.UPDATE, column.name, reason)


def _same_rule(look: Look, one: CheckConstraint, other: CheckConstraint) -> bool:
    if one.name is not None and one.name == other.name:
        return True
    return same_check(one, other, look.server.engine.same_text) is True


def _not_null(look: Look, check: CheckConstraint) -> bool:
    """Whether it only says what the release's own NOT NULL says."""
    spelled = look.server.engine.spelling.not_null
    return any(not c.nullable and spelled(c.name) == check.text for c in look.ours.columns)


def _passes_null(check: CheckConstraint) -> bool:
    """Whether NULL in all its columns surely passes: the text looks at no NULL itself."""
    words = set("".join(c if c.isalnum() else " " for c in check.text.lower()).split())
    return not words & {"null", "coalesce", "ifnull", "case", "nullif", "distinct"}


def new_parents(look: Look) -> Iterator[Verdict]:
    """A foreign key that the home does not have refuses a child without a parent.

    Not a row with a NULL in the key: that refers to nothing.
    """
    for key in look.now.foreign_keys:
        if any(same_key(key, f) for f in look.rules.foreign_keys):
            continue
        known = [c for c in map(look.ours.column, key.columns) if c is not None]
        reason = f"a foreign key wants a parent in {key.parent}"
        if not any(map(look.left_null, key.columns)):
            yield look.verdict(Kind.INSERT_ALL, "", reason)
            yield look.verdict(Kind.UPSERT, "", reason)
            if not any(c.nullable and c.default is None for c in known):
                yield look.verdict(Kind.INSERT_REQUIRED, "", reason)
            if not any(c.nullable for c in known):
                yield look.verdict(Kind.INSERT_NULL, "", reason)
        for column in known:
            yield look.verdict(Kind.UPDATE, column.name, reason)


def new_children(look: Look) -> Iterator[Verdict]:
    """A foreign key from another table stops a parent's DELETE or key change, if not at home."""
    for child, key in _children(look.schema, look.ours.name):
        if reason := _stops_delete(look, child, key, frozenset()):
            yield look.verdict(Kind.DELETE, "", reason)
        if _at_home(look, child, key, key.on_update, update=True):
            continue
        if stops(child, key, key.on_update):
            for name in key.parent_columns:
                if look.ours.column(name) is not None:
                    reason = f"rows of {child.name} may refer to it"
                    yield look.verdict(Kind.UPDATE, name, reason)


def _stops_delete(
    look: Look, child: Table, key: ForeignKey, seen: frozenset[TableName]
) -> str | None:
    """Why a DELETE of the parent fails through this key, or through what it cascades into."""
    if stops(child, key, key.on_delete):
        if _at_home(look, child, key, key.on_delete, update=False):
            return None
        return f"rows of {child.name} may refer to it"
    if key.on_delete is not Action.CASCADE or child.name in seen:
        return None
    below = (
        _stops_delete(look, grandchild, f, seen | {child.name})
        for grandchild, f in _children(look.schema, child.name)
        if grandchild.name != child.name
    )
    return next((reason for reason in below if reason), None)


def _at_home(look: Look, child: Table, key: ForeignKey, action: Action, *, update: bool) -> bool:
    """Whether the same key does no less to the parent in the release's home."""
    home = look.home.rules.table(child.name)
    for mine in home.foreign_keys if home else ():
        if same_key(mine, key):
            theirs = mine.on_update if update else mine.on_delete
            return theirs == action or (home is not None and stops(home, mine, theirs))
    return False


def _children(schema: Schema, parent: TableName) -> Iterator[tuple[Table, ForeignKey]]:
    for name in sorted(schema.children.get(parent, ())):
        child = schema.table(name)
        for key in child.foreign_keys if child else ():
            if key.parent == parent and child is not None:
                yield child, key


def missing_keys(look: Look) -> Iterator[Verdict]:
    """An upsert needs a key over exactly its columns."""
    there = [frozenset(k) for k in look.now.keys]
    for key in look.ours.keys:
        if frozenset(key) not in there:
            subject = ", ".join(key)
            verdict = look.verdict(Kind.UPSERT, subject, f"nothing keeps ({subject}) unique")
            yield Verdict(
                verdict.release, verdict.table, verdict.kind, subject, verdict.reason, key
            )


RULES = (
    missing_columns,
    required_columns,
    refused_nulls,
    narrower_types,
    generated_columns,
    new_uniques,
    new_checks,
    new_parents,
    new_children,
    missing_keys,
)
