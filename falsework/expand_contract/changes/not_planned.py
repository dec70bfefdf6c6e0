"""Differences that are seen and not planned yet: refused or noted by name, never done in part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from falsework.expand_contract.keys import same_key, same_rule
from falsework.expand_contract.matching import (
    SameText,
    counterpart,
    excluding,
    renamed,
    same_check,
    same_exclusion,
    same_index,
)
from falsework.expand_contract.upgrade import Outline, Pair, Upgrade
from falsework.model.frozen import Frozen
from falsework.model.plan import Refusal
from falsework.model.schema import Table


class NotPlanned(Frozen, frozen=True):
    """One difference: ``surely`` there, or only not comparable as text.

    ``stays``  says that no statement of a release can tell: it is left as it is, with a note
    """

    subject: str
    what: str
    do: str = ""
    surely: bool = True
    stays: bool = False

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """What no other kind of change looks at."""
        if pair.old is None or pair.new is None:
            return
        same = upgrade.server.engine.same_text
        yield from cls._keys(pair.old, pair.new)
        yield from cls._constraints(pair.old, pair.new, same)
        yield from cls._left_alone(pair.old, pair.new)
        made_up = upgrade.new.unnamed.get(pair.name, frozenset())
        for label, live, said in renamed(pair.old, pair.new, same):
            if said not in made_up:
                what = f"it goes by the name {live}" if live else "it has no name"
                yield cls(f"{pair.name}: {label}", f"{what}, not {said}", stays=True)

    def outline(self, upgrade: Upgrade) -> Outline:
        """A refusal, or a note where it may stay or the texts cannot be compared."""
        if self.stays:
            return Outline(notes=(f"{self.subject}: {self.what}: left as it is",))
        if not self.surely:
            return Outline(
                notes=(f"{self.subject}: {self.what} cannot be compared: taken as equal",)
            )
        return Outline(refusals=(Refusal(self.subject, f"{self.what}: not built yet", self.do),))

    @classmethod
    def _keys(cls, old: Table, new: Table) -> Iterator[Self]:
        ours = old.primary_key.columns if old.primary_key else ()
        theirs = new.primary_key.columns if new.primary_key else ()
        if ours != theirs:
            yield cls(
                str(old.name),
                f"the primary key changes from ({', '.join(ours)}) to ({', '.join(theirs)})",
                "create a new table with the new key and move the rows with a data migration",
            )

    @classmethod
    def _constraints(cls, old: Table, new: Table, same: SameText) -> Iterator[Self]:
        for key in new.foreign_keys:
            live = next((f for f in old.foreign_keys if same_key(f, key)), None)
            if live is None:
                continue
            where = f"{old.name}: foreign key to {key.parent}"
            ours, theirs = (_actions(k.on_delete, k.on_update) for k in (live, key))
            if same_rule(live, key) and ours != theirs:
                yield cls(where, f"it says {ours}, not {theirs}", stays=True)
        for check in new.checks:
            found = counterpart(check, old.checks, same)
            equal = None if found is None else same_check(found, check, same)
            if found is not None and equal is None:
                where = f"{old.name}: check {found.name or found.text}"
                texts = f"its text ({found.text} live, {check.text} in the models)"
                yield cls(where, texts, surely=False)
        for exclusion in new.exclusions:
            other = excluding(exclusion, old.exclusions, same)
            if other is not None and same_exclusion(other, exclusion, same) is None:
                where = f"{old.name}: {other.label}"
                yield cls(where, "an expression or the predicate", surely=False)
        for index in new.indexes:
            there = next((i for i in old.indexes if i.name == index.name and i.valid), None)
            alike = None if there is None else same_index(there, index, same)
            if there is not None and alike is None:
                where = f"{old.name}: index {index.name}"
                yield cls(where, "an expression or the predicate", surely=False)

    @classmethod
    def _left_alone(cls, old: Table, new: Table) -> Iterator[Self]:
        """What is said of the whole table, and what the reader saw and has no place for."""
        if old.options != new.options:
            ours, theirs = (" ".join(t.options) or "nothing" for t in (old, new))
            what = f"its options say {ours}, those of the models {theirs}"
            yield cls(str(old.name), what, stays=True)
        for what in old.opaque:
            yield cls(str(old.name), f"{what}: not managed, and not compared with", stays=True)


def _actions(on_delete: str, on_update: str) -> str:
    return f"ON DELETE {on_delete} ON UPDATE {on_update}"


BY_HAND = "keep it as it is in the models, or change it by hand in a quiet hour and plan again"
