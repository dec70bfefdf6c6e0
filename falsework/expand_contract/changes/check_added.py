"""A check constraint that only the models have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from msgspec.structs import replace

from falsework.expand_contract import questions
from falsework.expand_contract.matching import counterpart
from falsework.expand_contract.upgrade import (
    Draft,
    Outline,
    Pair,
    Rank,
    Upgrade,
    constraint_name,
    early,
)
from falsework.model.edits import AddCheck, DropCheck, ValidateCheck
from falsework.model.engine import Way
from falsework.model.frozen import Frozen
from falsework.model.plan import Phase
from falsework.model.schema import CheckConstraint, TableName


class CheckAdded(Frozen, frozen=True):
    """Rows that break it are counted; enforced in contract, when A can no longer break it.

    ``instead``  what goes in the same step: the check of the same name
    """

    table: TableName
    check: CheckConstraint
    instead: tuple[DropCheck, ...] = ()

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Checks of the models without a live counterpart."""
        if pair.old is None or pair.new is None:
            return
        for check in pair.new.checks:
            if counterpart(check, pair.old.checks, upgrade.server.engine.same_text) is None:
                yield cls(pair.name, check)

    def outline(self, upgrade: Upgrade) -> Outline:
        """Direct when brief; else for new rows first, then the old ones are validated."""
        name = self.check.name or constraint_name(
            upgrade.server, self.table, self.check.uses, "check"
        )
        named = replace(self.check, name=name)
        since = (
            Phase.MIGRATE
            if upgrade.new_columns(self.table) & set(self.check.uses)
            else Phase.EXPAND
        )
        asked = questions.Asked(
            self.table,
            name,
            "add-check",
            since=since,
            remedy="Change these rows so that they obey it, then run db-check again.",
        )
        question = questions.violations(upgrade, asked, self.check.text)
        if not self.instead and upgrade.obeyed(self.table, self.check):
            return early(self._drafts(upgrade, named, Phase.EXPAND), question)
        return Outline(
            drafts=self._drafts(upgrade, named, Phase.CONTRACT),
            questions=(question,),
            not_yet=(f"{self.table}: check {name}: rows that break it are accepted",),
        )

    def _drafts(self, upgrade: Upgrade, check: CheckConstraint, phase: Phase) -> tuple[Draft, ...]:
        def draft(part: str, title: str, edit: AddCheck | ValidateCheck, way: Way) -> Draft:
            return Draft(
                table=self.table,
                subject=check.name or "",
                part=part,
                phase=phase,
                rank=Rank.ENFORCE_CHECK,
                title=title,
                edits=(*self.instead, edit) if isinstance(edit, AddCheck) else (edit,),
                way=way,
            )

        direct = AddCheck(table=self.table, check=check)
        loose = replace(check, valid=False)
        unvalidated = AddCheck(table=self.table, check=loose)
        fact = upgrade.server.cost(direct)
        online = upgrade.server.cost(unvalidated, Way.UNVALIDATED)
        title = f"{'replace' if self.instead else 'add'} check {check.name}"
        if online is None or (fact is not None and upgrade.brief(fact, self.table)):
            return (draft("add-check", title, direct, Way.DIRECT),)
        validate = ValidateCheck(table=self.table, check=loose)
        return (
            draft("add-check", f"{title}, for new rows only", unvalidated, Way.UNVALIDATED),
            draft("validate-check", f"check old rows against {check.name}", validate, Way.VALIDATE),
        )
