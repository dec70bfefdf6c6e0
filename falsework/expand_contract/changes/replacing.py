"""What one thing that goes and one of its name that comes have in common."""

from __future__ import annotations

from falsework.expand_contract.changes.index_dropped import IndexDropped
from falsework.expand_contract.changes.unique_dropped import UniqueDropped
from falsework.expand_contract.matching import Key, as_index, keeps_alike
from falsework.expand_contract.upgrade import Outline, Upgrade
from falsework.model.edits import DropIndex, DropUnique
from falsework.model.plan import Phase
from falsework.model.schema import Index, Table, TableName


def dropping(upgrade: Upgrade, old: Table, key: Key, *, promised: bool) -> Outline:
    """How the key goes: the models have its name, so it is no stranger's."""
    if isinstance(key, Index):
        return IndexDropped(old, key, owned=True, promised=promised).outline(upgrade)
    return UniqueDropped(old, key, owned=True, promised=promised).outline(upgrade)


def drop_edit(table: TableName, key: Key) -> DropIndex | DropUnique:
    """The edit that drops it."""
    if isinstance(key, Index):
        return DropIndex(table=table, index=key)
    return DropUnique(table=table, unique=key)


def keeps_apart(upgrade: Upgrade, old: Key, new: Key) -> bool:
    """Whether rows that obey the old key obey the new one."""
    one, other = as_index(old), as_index(new)
    alike = keeps_alike(one, other, upgrade.server.engine.same_text)
    return one.unique and other.unique and alike


def is_early(dropped: Outline) -> bool:
    """Whether it goes before its successor comes."""
    return any(draft.phase is Phase.EXPAND for draft in dropped.drafts)


def both(one: Outline, other: Outline) -> Outline:
    """What two changes contribute together."""
    return Outline(
        drafts=(*one.drafts, *other.drafts),
        questions=(*one.questions, *other.questions),
        refusals=(*one.refusals, *other.refusals),
        not_yet=(*one.not_yet, *other.not_yet),
        notes=(*one.notes, *other.notes),
    )
