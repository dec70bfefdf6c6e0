"""Plans and schemas survive the way through a file, and nothing else is taken for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import ValidationError
from msgspec.structs import replace
from sqlalchemy.sql.elements import quoted_name

from falsework.errors import PlanMismatch
from falsework.expand_contract.planner import make_plan
from falsework.model.plan import FORMAT, Lock, Phase, Plan, Proof, Statement, Step
from falsework.model.schema import Column, Schema, SqlType, Table, TableName
from falsework.model.wire import dump_plan, dump_schema, load_plan, load_schema
from tests.cases import all_cases
from tests.cases.model import Case
from tests.expand_contract import paper
from tests.model.samples import EDITS, HOSTS, SCHEMA

PLAN = Plan(
    engine="sqlite",
    version=(3, 40, 1),
    target="s",
    before=SCHEMA,
    intent="0" * 32,
    owned=SCHEMA,
    steps=tuple(
        Step(
            f"s.hosts/{number}",
            Phase.EXPAND,
            'a "title" with a newline\nand an emoji \N{TEST TUBE}',
            HOSTS,
            Statement((f"SELECT '{number}'",), must_be_empty=("SELECT 1 WHERE 1 = 0",)),
            effect=(edit,),
            lock=Lock.WRITES,
            forecast=0.5,
        )
        for number, edit in enumerate(EDITS)
    ),
    proof=Proof(7),
)
TEXT = dump_plan(PLAN)


def altered(**parts: object) -> bytes:
    """The document with other fields at its top."""
    return json.dumps({**json.loads(TEXT), **parts}).encode()


def inside(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The document with its plan changed in place."""
    document = json.loads(TEXT)
    change(document["plan"])
    return json.dumps(document).encode()


def test_a_plan_comes_back_as_it_was() -> None:
    """Every kind of edit and every field; written again, it is the same bytes."""
    again = load_plan(TEXT, "plan.json")

    assert again == PLAN
    assert again.digest == PLAN.digest
    assert dump_plan(again) == TEXT


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_real_plans_come_back_as_they_were(case: Case) -> None:
    """With fills, questions, proofs and refusals, on every engine."""
    for engine in paper.ENGINES:
        plan = make_plan(paper.of(case, engine, rows=1_000_000), paper.SCHEMAS[engine])
        assert load_plan(dump_plan(plan), "plan.json") == plan


def test_spaces_between_values_do_not_matter() -> None:
    """A tool may lay the file out anew: only values count."""
    assert load_plan(json.dumps(json.loads(TEXT)).encode(), "plan.json") == PLAN


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a whole plan"),
        (b"null", "not a whole plan"),
        (b"[]", "not a whole plan"),
        (b"\xff\xfe{}", "not a whole plan"),
        (TEXT[: len(TEXT) // 2], "not a whole plan"),
        (TEXT[:-3], "not a whole plan"),
        (b"[" * 100_000, "not a whole plan"),
        (altered(falsework_plan=FORMAT + 1), f"has format {FORMAT + 1}"),
        (altered(falsework_plan="1"), "not a whole plan"),
        (altered(digest="0" * 32), "does not have the digest"),
        (altered(more=1), "no plan of format"),
        (altered(plan={}), "no plan of format"),
        (inside(lambda p: p.update(more=1)), "no plan of format"),
        (inside(lambda p: p.pop("engine")), "no plan of format"),
        (inside(lambda p: p.update(engine="postgresql")), "does not have the digest"),
        (inside(lambda p: p.update(format=0)), "does not have the digest"),
        (inside(lambda p: p["steps"].reverse()), "does not have the digest"),
        (inside(lambda p: p["steps"].pop()), "does not have the digest"),
        (inside(lambda p: p["steps"][0]["work"].update(sql=["DROP TABLE t"])), "the digest"),
        (inside(lambda p: p["steps"][0]["work"].update(kind="Shell")), "no plan of format"),
        (inside(lambda p: p["steps"][0]["effect"][0].update(kind="Other")), "no plan of format"),
        (inside(lambda p: p["steps"][0].update(phase="later")), "no plan of format"),
        (inside(lambda p: p["steps"].append(p["steps"][0])), "two steps are called s.hosts/0"),
    ],
)
def test_what_is_no_plan_is_refused_with_what_to_do(data: bytes, says: str) -> None:
    """Cut, edited, newer, unknown fields: it is said which file, what is wrong and what to do."""
    with pytest.raises(PlanMismatch, match=says) as caught:
        load_plan(data, "plan.json")

    assert caught.value.what.startswith("plan.json: ")
    assert caught.value.do
    assert caught.value.done == "nothing"


@given(st.integers(0, len(TEXT) - 1), st.integers(0, 255))
def test_no_byte_can_be_changed_unseen(place: int, byte: int) -> None:
    """One other byte anywhere: the same plan, where it says nothing, or a refusal."""
    data = TEXT[:place] + bytes((byte,)) + TEXT[place + 1 :]
    try:
        found = load_plan(data, "plan.json")
    except PlanMismatch:
        return
    assert found == PLAN


@given(st.binary(max_size=200))
@example(b'{"falsework_plan": 1, "digest": ""}')
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    """Whatever somebody feeds in is refused as no plan, with no other error."""
    with pytest.raises(PlanMismatch):
        load_plan(data, "plan.json")


def test_a_digest_is_about_everything() -> None:
    """Any change of any part of a plan is another plan."""
    others = (
        replace(PLAN, version=(3, 40, 2)),
        replace(PLAN, notes=("seen",)),
        replace(PLAN, steps=PLAN.steps[:-1]),
        replace(PLAN, steps=(replace(PLAN.steps[0], rate=1.0), *PLAN.steps[1:])),
        replace(PLAN, before=Schema()),
    )

    assert len({plan.digest for plan in (PLAN, *others)}) == 1 + len(others)


def test_names_of_a_library_are_names() -> None:
    """SQLAlchemy's names are a kind of str of their own: in a file they are what they say."""
    name = TableName("s", quoted_name("t", quote=True))
    column = Column(quoted_name("c", quote=None), SqlType("integer"))
    schema = Schema((Table(name, (column,)),))
    plain = Schema((Table(TableName("s", "t"), (Column("c", SqlType("integer")),)),))

    assert load_schema(dump_schema(schema)) == plain
    assert schema.digest == plain.digest


def test_a_schema_comes_back_as_it_was() -> None:
    """With everything that can be on it; and unknown fields are refused, never ignored."""
    assert load_schema(dump_schema(SCHEMA)) == SCHEMA
    with pytest.raises(ValidationError):
        load_schema(b'{"tables": [], "more": 1}')
