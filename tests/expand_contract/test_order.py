"""The same two schemas give the same plan, byte by byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falsework.expand_contract.diff import changes
from falsework.expand_contract.order import depths, ordered
from falsework.expand_contract.planner import make_plan
from falsework.expand_contract.upgrade import Draft
from falsework.model.plan import Phase
from falsework.model.schema import ForeignKey, Schema, Table
from tests.cases import all_cases, case
from tests.expand_contract import paper

ROOT = Path(__file__).parents[2]

DIGESTS = """
from falsework.expand_contract.planner import make_plan
from tests.cases import all_cases
from tests.expand_contract import paper
for engine in paper.ENGINES:
    for case in all_cases():
        upgrade = paper.of(case, engine, rows=100_000)
        print(engine, case, make_plan(upgrade, paper.SCHEMAS[engine]).digest)
"""


def test_plans_do_not_depend_on_hash_seeds() -> None:
    """Sets and dicts of strings have another order in every process; plans have not."""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", DIGESTS],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("0", "1", "4242")
    ]
    found = {run.communicate()[0] for run in runs}

    assert {run.returncode for run in runs} == {0}
    assert len(found) == 1
    assert len(found.pop().splitlines()) == len(paper.ENGINES) * len(all_cases())


@given(st.randoms(use_true_random=False))
def test_drafts_find_their_order_whatever_order_they_come_in(random: object) -> None:
    """Only drafts of one subject keep the order that their change gave them."""
    upgrade = paper.of(case("several_at_once"), "postgresql", rows=1_000_000)
    drafts = [d for change in changes(upgrade) for d in change.outline(upgrade).drafts]
    groups: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        groups.setdefault((str(draft.table), draft.subject), []).append(draft)
    shuffled = list(groups.values())
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert ordered(upgrade, [d for g in shuffled for d in g]) == ordered(upgrade, drafts)


@pytest.mark.parametrize("found", all_cases(), ids=str)
def test_phases_come_in_their_order(found: object) -> None:
    """Expand, migrate, contract; and every id once."""
    for engine in paper.ENGINES:
        plan = make_plan(paper.of(found, engine), paper.SCHEMAS[engine])  # type: ignore[arg-type]
        phases = [list(Phase).index(step.phase) for step in plan.steps]
        assert phases == sorted(phases)
        assert len({step.id for step in plan.steps}) == len(plan.steps)


def _table(name: str, *parents: str) -> Table:
    keys = tuple(ForeignKey(None, (), paper.name(p), ()) for p in parents)
    return Table(paper.name(name), (), foreign_keys=keys)


def test_parents_stand_above_their_children() -> None:
    """Depth counts foreign keys; a circle ends where it is met again; itself is no parent."""
    schema = Schema(
        (_table("a"), _table("b", "a", "b"), _table("c", "b"), _table("d", "e"), _table("e", "d"))
    )

    found = {name.name: depth for name, depth in depths(schema).items()}

    assert (found["a"], found["b"], found["c"]) == (0, 1, 2)
    assert (found["d"], found["e"]) == (0, 1)


def test_many_ways_up_are_one_look_each() -> None:
    """Layers of tables that all refer to each other, and a chain deeper than a stack of calls."""
    layers = [
        _table(f"{level:03}{side}", *(f"{level + 1:03}{above}" for above in "ab"))
        for level in range(100)
        for side in "ab"
    ]
    chain = [_table(f"c{level:04}", f"c{level + 1:04}") for level in range(2_000)]

    assert max(depths(Schema(tuple(layers))).values()) == 99
    assert max(depths(Schema(tuple(chain))).values()) == 1_999


def test_tables_are_made_parents_first_and_dropped_children_first() -> None:
    """No foreign key ever refers to a table that is not there."""
    made = make_plan(paper.of(case("tables_added_family")), "main")
    gone = make_plan(paper.of(case("tables_dropped_family")), "main")

    assert [s.table.name for s in made.steps] == ["areas", "racks", "shelves"]
    assert [s.table.name for s in gone.steps if s.phase is Phase.CONTRACT] == ["disks", "arrays"]
