"""Each rule of the proof is needed, and says no more than it knows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from falsework.expand_contract import rules
from falsework.expand_contract.look import Home, statements_of
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.proof import homes_of, prove
from falsework.expand_contract.upgrade import Upgrade
from falsework.model.edits import AddForeignKey, SetNullable, apply
from falsework.model.plan import Kind, Phase, Plan, Release, Statement, Step, Verdict
from falsework.model.schema import Action, Schema, TableName
from falsework.model.schema import ForeignKey as Key
from tests.cases import all_cases
from tests.expand_contract import paper
from tests.expand_contract.mutants import mutants


def states(upgrade: Upgrade, plan: Plan) -> Iterator[Schema]:
    """Every schema that the plan, or a wrong order of it, leads through."""
    yield upgrade.old
    for order in (plan.steps, *(m.order for m in mutants(plan))):
        schema = upgrade.old
        for step in order:
            try:
                schema = apply(step.effect, schema)
            except ValueError:
                continue
            yield schema


def all_verdicts(upgrade: Upgrade, schema: Schema) -> set[Verdict]:
    homes = homes_of(upgrade).values()
    tables = frozenset(t.name for home in homes for t in home.tables.tables)
    return {v for home in homes for v in rules.verdicts(upgrade.server, home, schema, tables)}


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_every_rule_is_needed(rule: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, some statement that fails in a case would be called fine.

    The servers confirm each certain verdict (``test_law``), so a rule that goes is missed there.
    """
    found = [(u, s) for u, s in _situations() if any(v.certain for v in all_verdicts(u, s))]
    whole = [_certain(all_verdicts(u, s)) for u, s in found]
    monkeypatch.setattr(rules, "RULES", tuple(r for r in rules.RULES if r is not rule))

    assert any(_certain(all_verdicts(u, s)) != w for (u, s), w in zip(found, whole, strict=True))


def _situations() -> list[tuple[Upgrade, Schema]]:
    situations = []
    for case in all_cases():
        upgrade = paper.of(case, "postgresql")
        plan = make_plan(upgrade, "public")
        situations += [(upgrade, schema) for schema in set(states(upgrade, plan))]
    return situations


def _certain(found: set[Verdict]) -> set[tuple[Release, TableName, Kind, str]]:
    return {(v.release, v.table, v.kind, v.subject) for v in found if v.certain}


def test_verdicts_are_of_the_list() -> None:
    """Each verdict names a statement that its release says: report and traffic rely on that."""
    for upgrade, schema in _situations():
        for home in homes_of(upgrade).values():
            _named_statements(upgrade, home, schema)


def _named_statements(upgrade: Upgrade, home: Home, schema: Schema) -> None:
    listed = {(t.name, *said) for t in home.tables.tables for said in statements_of(t)}
    scope = frozenset(t.name for t in home.tables.tables)
    for verdict in rules.verdicts(upgrade.server, home, schema, scope):
        assert (verdict.table, verdict.kind, verdict.subject) in listed


def test_home_is_where_everything_succeeds() -> None:
    """On its own schema a release meets nothing that it does not know."""
    for upgrade, _ in _situations():
        for home, schema in zip(
            homes_of(upgrade).values(), (upgrade.old, upgrade.new.schema), strict=True
        ):
            scope = frozenset(t.name for t in home.tables.tables)
            assert list(rules.verdicts(upgrade.server, home, schema, scope)) == []


def test_a_plan_in_its_order_breaks_nothing() -> None:
    """Of every case that is not refused the proof says that all statements succeed."""
    for engine in paper.ENGINES:
        for case in all_cases():
            upgrade = paper.of(case, engine)
            plan = make_plan(upgrade, paper.SCHEMAS[engine])
            assert plan.proof.broken == ()
            accepted = {"unique_changed_accepted", "unique_dropped_accepted"}
            assert bool(plan.proof.accepted) == (case.name in accepted)


def test_a_rule_enforced_too_early_is_found() -> None:
    """NOT NULL in expand instead of contract: the proof says what of A breaks, and where."""
    a, b = MetaData(), MetaData()
    for metadata, nullable in ((a, True), (b, False)):
        Table("t", metadata, Column("id", Integer, primary_key=True))
        metadata.tables["t"].append_column(Column("name", String(9), nullable=nullable))
    upgrade = paper.upgrade(a, b)
    edit = SetNullable(table=paper.name("t"), column="name", nullable=False)

    proof = prove(upgrade, (_step("early", Phase.EXPAND, edit),))

    assert {(s, v.release, v.kind, v.subject) for s, v in proof.broken} == {
        ("early", Release.A, Kind.INSERT_REQUIRED, ""),
        ("early", Release.A, Kind.INSERT_NULL, ""),
        ("early", Release.A, Kind.UPDATE, "name"),
    }


def test_b_begins_though_nothing_was_expanded_for_it() -> None:
    """A plan without expand steps has a window too: B must get along with the old schema."""
    a, b = MetaData(), MetaData()
    Table("t", a, Column("id", Integer, primary_key=True), Column("n", String(9), nullable=False))
    Table("t", b, Column("id", Integer, primary_key=True), Column("n", String(9)))
    upgrade = paper.upgrade(a, b)
    edit = SetNullable(table=paper.name("t"), column="n", nullable=True)

    proof = prove(upgrade, (_step("late", Phase.CONTRACT, edit),))

    assert {(v.release, v.kind) for _, v in proof.broken} == {
        (Release.B, Kind.INSERT_REQUIRED),
        (Release.B, Kind.INSERT_NULL),
        (Release.B, Kind.UPDATE),
    }


def test_a_delete_that_cascades_is_stopped_further_down() -> None:
    """A step on the grandchildren breaks a DELETE of the grandparents: the proof looks up there."""
    a = MetaData()
    Table("top", a, Column("id", Integer, primary_key=True))
    up = ForeignKey("top.id", ondelete="CASCADE")
    Table("middle", a, Column("id", Integer, primary_key=True), Column("top_id", Integer, up))
    Table("low", a, Column("id", Integer, primary_key=True), Column("middle_id", Integer))
    upgrade = paper.upgrade(a, a)
    key = Key("k", ("middle_id",), paper.name("middle"), ("id",), Action.NO_ACTION)
    edit = AddForeignKey(table=paper.name("low"), foreign_key=key)

    proof = prove(upgrade, (_step("early", Phase.EXPAND, edit),))

    deletes = {v.table.name for _, v in proof.broken if v.kind is Kind.DELETE}
    assert deletes == {"top", "middle"}


def _step(name: str, phase: Phase, edit: AddForeignKey | SetNullable) -> Step:
    return Step(name, phase, name, edit.table, Statement(()), effect=(edit,))
