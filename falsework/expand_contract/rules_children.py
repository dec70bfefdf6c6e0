"""Rules about foreign keys, seen from the child and from the parent."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from falsework.expand_contract.keys import same_key, stops
from falsework.expand_contract.look import INSERTS, Look, Value, not_null_column
from falsework.model.plan import Kind, Verdict
from falsework.model.schema import Action, ForeignKey, Schema, Table, TableName


def new_parents(look: Look) -> Iterator[Verdict]:
    """A foreign key that the home does not have refuses a child without a parent.

    Not a row with a NULL in the key: that refers to nothing. Whether a default has a parent, only
    the server knows.
    """
    for key in look.now.foreign_keys:
        own = any(same_key(key, mine) for mine in look.rules.foreign_keys)
        reason = f"a foreign key wants a parent in {key.parent}"
        for kind in (k for k in INSERTS if not own or look.moved(k, key.columns)):
            held = {look.value(kind, name) for name in key.columns}
            if Value.NULL not in held:
                certain = Value.FREE in held and not own
                yield from look.new_row(kind, reason, certain=certain)
        for name in key.columns if not own else ():
            if look.ours.column(name) is not None:
                yield look.fails(Kind.UPDATE, name, reason)


def new_children(look: Look) -> Iterator[Verdict]:
    """A foreign key from another table stops a parent's DELETE or key change, if not at home."""
    for child, key in _children(look.schema, look.ours.name):
        if found := _stopped_by(look, child, key, update=False):
            yield _stopped(look, Kind.DELETE, "", *found)
        if found := _stopped_by(look, child, key, update=True):
            for name in key.parent_columns:
                if look.ours.column(name) is not None:
                    yield _stopped(look, Kind.UPDATE, name, *found)


def _stopped(look: Look, kind: Kind, subject: str, below: Table, tie: ForeignKey) -> Verdict:
    home = look.home.tables.table(below.name)
    own = home is not None and any(same_key(mine, tie) for mine in home.foreign_keys)
    return replace(look.fails(kind, subject, f"rows of {below.name} may refer to it"), own_key=own)


def _stopped_by(
    look: Look, child: Table, key: ForeignKey, *, update: bool
) -> tuple[Table, ForeignKey] | None:
    """Whose rows stop the parent's statement, and by which of their keys: this one, or one below.

    None where nobody's do, or where they do so at the release's home as well.
    """
    todo, seen = [(child, key)], set()
    while todo:
        below, tie = todo.pop(0)
        if (below.name, tie) in seen:
            continue
        seen.add((below.name, tie))
        action = tie.on_update if update else tie.on_delete
        guarded = action is Action.SET_NULL and _guarded(look, below, tie)
        if guarded or _stops(look, below, tie, update=update):
            if not _stops_at_home(look, below, tie, update=update):
                return below, tie
        elif action is Action.CASCADE:
            todo += [
                (table, other)
                for table, other in _children(look.schema, below.name)
                if not update or set(other.parent_columns) & set(tie.columns)
            ]
    return None


def _stops(look: Look, child: Table, key: ForeignKey, *, update: bool) -> bool:
    """Whether a child row stops the parent: also where the server does not do what the key says."""
    if update and key.parent == child.name and not look.server.engine.cascades_to_itself:
        return True
    return stops(child, key, key.on_update if update else key.on_delete)


def _guarded(look: Look, child: Table, key: ForeignKey) -> bool:
    """Whether a check takes the place of NOT NULL on a column of the key."""
    found = (not_null_column(look.server, check) for check in child.checks)
    return any(name in key.columns for name in found)


def _stops_at_home(look: Look, child: Table, key: ForeignKey, *, update: bool) -> bool:
    """Whether the same key stops the parent in the release's home."""
    home = look.home.rules.table(child.name)
    if home is None:
        return False
    return any(
        same_key(mine, key) and _stops(look, home, mine, update=update)
        for mine in home.foreign_keys
    )


def _children(schema: Schema, parent: TableName) -> Iterator[tuple[Table, ForeignKey]]:
    for name in sorted(schema.children.get(parent, ())):
        child = schema.table(name)
        for key in child.foreign_keys if child else ():
            if key.parent == parent and child is not None:
                yield child, key
