"""A column whose type changes in place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from msgspec.structs import replace

from falsework.expand_contract import questions
from falsework.expand_contract.changes.dependents import refuse_dependents
from falsework.expand_contract.upgrade import Draft, Outline, Pair, Rank, Upgrade, step_id
from falsework.model.edits import SetType
from falsework.model.engine import Cost, Labels, Move
from falsework.model.frozen import Frozen
from falsework.model.plan import Cause, Hazard, Phase, Refusal
from falsework.model.schema import SqlType, TableName


class TypeChanged(Frozen, frozen=True):
    """Wider in expand, narrower in contract; a real conversion is refused."""

    table: TableName
    column: str
    old: SqlType
    new: SqlType

    @classmethod
    def detect(cls, upgrade: Upgrade, pair: Pair) -> Iterator[Self]:
        """Columns whose normalised types differ."""
        for before, after in pair.columns:
            if before.type != after.type:
                yield cls(pair.name, after.name, before.type, after.type)

    def outline(self, upgrade: Upgrade) -> Outline:
        """By what the engine says of the move."""
        server = upgrade.server
        move, _ = server.engine.type_move(self.old, self.new, server.version)
        if move is Move.IDENTICAL:
            return Outline()
        if move is Move.TRANSPARENT:
            return Outline((self._widen(upgrade, self.new),), refusals=self._views(upgrade))
        if move is Move.NARROWING and self._length is not None:
            asked = questions.Asked(self.table, self.column, "narrow", remedy=SHORTEN)
            asking = questions.too_long(upgrade, asked, self.column, self._length)
            return Outline(
                drafts=(self._narrow(upgrade, self.old),),
                questions=(asking,),
                refusals=self._views(upgrade),
                not_yet=(f"{self.table}.{self.column} {self.new}: A may write longer values",),
            )
        labels = server.engine.labels
        if move is Move.NARROWING and labels is not None and labels.of(self.new):
            return self._fewer_labels(upgrade, labels)
        return Outline(refusals=(self._refusal(move),))

    def _fewer_labels(self, upgrade: Upgrade, labels: Labels) -> Outline:
        """New values come in expand, behind the others; those that go do so in contract."""
        before, after = labels.of(self.old), labels.of(self.new)
        added = tuple(label for label in after if label not in before)
        gone = tuple(label for label in before if label not in after)
        both = replace(self.old, args=(*before, *added))
        asked = questions.Asked(self.table, self.column, "narrow", remedy=REPLACE)
        need = labels.held(self.column, self.old, gone)
        still = f"A may still write {' or '.join(map(repr, gone))}, which B cannot read"
        return Outline(
            drafts=(
                *((self._widen(upgrade, both),) if added else ()),
                self._narrow(upgrade, both),
            ),
            questions=(questions.labels(upgrade, asked, need, gone),),
            refusals=self._views(upgrade),
            not_yet=(f"{self.table}.{self.column}: {still}",),
        )

    @property
    def _length(self) -> int | None:
        """The length of the new type, where a length is all it has."""
        match self.new.args:
            case (int(length),):
                return length
        return None

    def _widen(self, upgrade: Upgrade, to: SqlType) -> Draft:
        """In expand, to a type that holds all that both releases write."""
        draft = self._set(upgrade, self.old, to)
        return replace(draft, part="widen", phase=Phase.EXPAND, rank=Rank.WIDEN)

    def _narrow(self, upgrade: Upgrade, before: SqlType) -> Draft:
        """In contract, from a type that holds what A has written as well."""
        draft = self._set(upgrade, before, self.new)
        return replace(draft, part="narrow", phase=Phase.CONTRACT, rank=Rank.TIGHTEN_TYPE)

    def _set(self, upgrade: Upgrade, before: SqlType, after: SqlType) -> Draft:
        _, cost = upgrade.server.engine.type_move(before, after, upgrade.server.version)
        return Draft(
            table=self.table,
            subject=self.column,
            part="type",
            phase=Phase.EXPAND,
            rank=Rank.WIDEN,
            title=f"change {self.column} from {before} to {after}",
            edits=(SetType(table=self.table, column=self.column, type=after),),
            cost=max(cost, self._dependants_cost(upgrade)),
            also_locks=self._partners(upgrade),
            hazards=tuple(_hazards(upgrade, before, after)),
        )

    def _dependants_cost(self, upgrade: Upgrade) -> Cost:
        """What the server does to keep everything over the column true.

        A check is scanned again and an index whose predicate or expression uses the column is built
        again even where the type itself is catalog only: measured on PostgreSQL 15 to 18 with
        varchar(5) to varchar(9).
        """
        table = upgrade.old.table(self.table)
        if table is None:
            return Cost.METADATA
        derived = [i for i in table.indexes if self.column in i.uses]
        if any(i.where is not None or not i.plain for i in derived):
            return Cost.BUILD
        checked = any(self.column in c.uses for c in table.checks)
        return Cost.SCAN if checked else Cost.METADATA

    def _partners(self, upgrade: Upgrade) -> tuple[TableName, ...]:
        """The tables that a foreign key over the column ties to this one: they are locked too."""
        table = upgrade.old.table(self.table)
        parents = (
            {f.parent for f in table.foreign_keys if self.column in f.columns} if table else set()
        )
        children = {
            t.name
            for name in upgrade.old.children.get(self.table, frozenset())
            if (t := upgrade.old.table(name))
            for f in t.foreign_keys
            if f.parent == self.table and self.column in f.parent_columns
        }
        return tuple(sorted((parents | children) - {self.table}))

    def _views(self, upgrade: Upgrade) -> tuple[Refusal, ...]:
        if not upgrade.server.engine.views_stop_types:
            return ()
        step = step_id(self.table, self.column, "widen")
        return refuse_dependents(upgrade, self.table, self.column, step)

    def _refusal(self, move: Move) -> Refusal:
        what = "narrower in a way that" if move is Move.NARROWING else "another type, which"
        return Refusal(
            f"{self.table}.{self.column}",
            f"from {self.old} to {self.new} is {what} one column cannot be for A and B at once",
            "declare a new column of the new type, let B write both, and drop the old one in a "
            "later release (synced columns are not built yet)",
            Cause.TYPE_CHANGE,
        )


def _hazards(upgrade: Upgrade, before: SqlType, after: SqlType) -> Iterator[Hazard]:
    engine = upgrade.server.engine
    if engine.reprepares:
        yield Hazard.REPREPARE
    labels = engine.labels
    was, becomes = (labels.of(before), labels.of(after)) if labels else ((), ())
    if was and not {*becomes} <= {*was}:
        yield Hazard.READS_LABEL
    kept = [label for label in becomes if label in was]
    if kept != [label for label in was if label in becomes] or kept != [*becomes[: len(kept)]]:
        yield Hazard.SORTS_ANEW


SHORTEN = "Shorten these values, or keep the longer type, then run db-check again."
REPLACE = "Give these rows a value that stays, then run db-check again."
