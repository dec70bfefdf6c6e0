"""Several edits that each rewrite a table, done in one rewrite where the engine can.

Two drafts of one table are put together when everything between them commutes with the later one:
other tables only, and none that a foreign key of the edit ties to it. One that others can write
beside is not put together with one that keeps them out.
"""

from __future__ import annotations

from functools import reduce

from msgspec.structs import replace

from falsework.expand_contract.upgrade import Draft, Upgrade
from falsework.model.engine import Cost, Way


def batched(upgrade: Upgrade, drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """The drafts in their order, later rewrites of a table moved into earlier ones."""
    if not upgrade.server.engine.batches_rewrites:
        return drafts

    def place(done: tuple[Draft, ...], draft: Draft) -> tuple[Draft, ...]:
        if not _rewrites(upgrade, draft):
            return (*done, draft)
        for index in range(len(done) - 1, -1, -1):
            if _belongs(upgrade, done[index], draft):
                return (*done[:index], _together(done[index], draft), *done[index + 1 :])
            if not _commutes(done[index], draft):
                break
        return (*done, draft)

    return reduce(place, drafts, ())


def _rewrites(upgrade: Upgrade, draft: Draft) -> bool:
    if draft.backfill is not None or draft.way is not Way.DIRECT or not draft.blocking:
        return False
    if draft.covers or draft.cost is not None:
        return draft.cost is None or draft.cost is Cost.REWRITE
    facts = [upgrade.server.cost(edit) for edit in draft.edits]
    return all(fact is not None and fact.cost is Cost.REWRITE for fact in facts)


def _belongs(upgrade: Upgrade, earlier: Draft, later: Draft) -> bool:
    same = (earlier.phase, earlier.table) == (later.phase, later.table)
    alike = _keeps_out(upgrade, earlier) is _keeps_out(upgrade, later)
    return same and alike and _rewrites(upgrade, earlier)


def _keeps_out(upgrade: Upgrade, draft: Draft) -> bool:
    facts = [upgrade.server.cost(edit) for edit in draft.edits]
    return any(fact is not None and not fact.online for fact in facts)


def _commutes(between: Draft, later: Draft) -> bool:
    """Whether ``later`` may as well run before ``between``."""
    return (
        between.phase is later.phase
        and between.table != later.table
        and between.table not in later.also_locks
        and later.table not in between.also_locks
    )


def _together(one: Draft, other: Draft) -> Draft:
    covers = (*(one.covers or (one.id,)), other.id)
    return replace(
        one,
        subject=f"{one.subject}+{other.subject}",
        part=f"{one.part}+{other.part}",
        title=f"{one.title}; {other.title}",
        edits=(*one.edits, *other.edits),
        hazards=tuple(dict.fromkeys((*one.hazards, *other.hazards))),
        reversible=one.reversible and other.reversible,
        also_locks=tuple(sorted({*one.also_locks, *other.also_locks})),
        cost=Cost.REWRITE,
        covers=covers,
    )
