"""Exclusion constraints: when they come, what is asked before, and whom they stop."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from falsework.declare import Info, at_expand
from falsework.expand_contract.changes.exclusion_added import MANY
from falsework.model.plan import Cause, Kind, Phase, Plan, Release
from falsework.model.policy import Policy
from tests.expand_contract import paper

ROOM, SPAN = ("room", "="), (text("int4range(first, last)"), "&&")


def models(*rules: ExcludeConstraint, info: Info | None = None, key: bool = True) -> MetaData:
    metadata = MetaData()
    columns = [Column(n, Integer, nullable=n != "room") for n in ("room", "first", "last")]
    identity = Column("id", Integer, primary_key=key)
    Table("bookings", metadata, identity, *columns, *rules, info=info or {})
    return metadata


def rule(*elements: object) -> ExcludeConstraint:
    return ExcludeConstraint(*elements, name="apart")  # type: ignore[arg-type]


def plan(
    a: MetaData, b: MetaData, *, rows: int = 10, policy: Policy | None = None, owned: bool = True
) -> Plan:
    return paper.plan(a, b, "postgresql", rows=rows, policy=policy, owned=owned)


def test_rows_are_counted_where_that_is_cheap() -> None:
    """Columns of a small table with a key; for others the server says so, and the plan too."""
    b = models(rule(ROOM, ("first", "=")))
    asked = plan(models(), b).questions

    assert [(q.code, q.key, q.phase) for q in asked] == [("FW008", ("id",), Phase.CONTRACT)]
    allowed = Policy(allow_downtime=frozenset({"public.bookings.apart/add-exclusion"}))
    for other in (
        plan(models(), models(rule(ROOM, SPAN))),
        plan(models(), b, rows=MANY + 1, policy=allowed),
        plan(models(key=False), models(rule(ROOM, ("first", "=")), key=False)),
    ):
        assert [s.id for s in other.steps] == ["public.bookings.apart/add-exclusion"]
        assert not other.questions
        assert any("not counted before" in note for note in other.notes)


def test_a_large_table_waits_for_a_quiet_hour() -> None:
    """Readers and writers wait while the index is built."""
    found = plan(models(), models(rule(ROOM)), rows=10_000_000).refusals

    assert [r.cause for r in found] == [Cause.WAITS_TOO_LONG]


def test_a_that_obeys_it() -> None:
    """With ``at_expand`` it is enforced in expand, and B may rely on it."""
    found = plan(models(), models(rule(ROOM), info=at_expand("apart")))

    assert [s.phase for s in found.steps] == [Phase.EXPAND]
    assert [q.phase for q in found.questions] == [Phase.EXPAND]
    assert not found.refusals
    assert not found.proof.not_yet


def test_whom_a_strangers_one_stops() -> None:
    """Rows that hold NULL in it are kept apart from none; the others may be refused."""
    found = plan(models(rule(ROOM, ("first", "="))), models(), owned=False)
    alone = plan(models(rule(ROOM)), models(), owned=False)

    assert [s.id for s in found.steps] == []
    assert any("apart: the models do not know it" in note for note in found.notes)
    reasons = [plan.refusals[0].reason for plan in (found, alone)]
    assert all(f"release {Release.B}'s {Kind.INSERT_ALL}" in reason for reason in reasons)
    assert all(Kind.UPDATE in reason for reason in reasons)
    assert [Kind.INSERT_NULL in reason for reason in reasons] == [False, True]


OTHERS = {
    "column": ExcludeConstraint(ROOM, ("last", "="), name="apart"),
    "columns": ExcludeConstraint(ROOM, name="apart"),
    "operator": ExcludeConstraint(ROOM, ("first", "<>"), name="apart"),
    "expression": ExcludeConstraint(ROOM, SPAN, name="apart"),
    "predicate": ExcludeConstraint(ROOM, ("first", "="), name="apart", where=text("room > 1")),
    "method": ExcludeConstraint(ROOM, ("first", "="), name="apart", using="btree"),
    "class": ExcludeConstraint(ROOM, ("first", "="), name="apart", ops={"room": "some_ops"}),
    "waits": ExcludeConstraint(ROOM, ("first", "="), name="apart", deferrable=True),
}


@pytest.mark.parametrize("other", OTHERS)
def test_each_property_counts(other: str) -> None:
    """One that differs in anything is another one, and one that differs in nothing is none."""
    base = models(rule(ROOM, ("first", "=")))
    changed = plan(base, models(OTHERS[other]))

    assert not plan(base, models(rule(ROOM, ("first", "=")))).steps
    ends = [s.id.rpartition("/")[2] for s in changed.steps]
    assert ends == ["drop-exclusion", "add-exclusion"]


def test_another_name_is_no_difference() -> None:
    """What it keeps apart is what it is: it stays as it is, with a note."""
    named = ExcludeConstraint(ROOM, ("first", "="), name="another")
    found = plan(models(rule(ROOM, ("first", "="))), models(named))

    assert not found.steps
    assert any("it goes by the name apart, not another" in note for note in found.notes)
