"""Domains on paper: what is another one, and what a column of one may do."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Integer, MetaData, Numeric, Table
from sqlalchemy.dialects.postgresql import DOMAIN

from falsework.model.plan import Plan
from tests.expand_contract import paper


def models(*domains: DOMAIN, used: bool = True) -> MetaData:
    metadata = MetaData()
    columns: list[Column[object]] = [Column(f"c{n}", d) for n, d in enumerate(domains) if used]
    Table("t", metadata, Column("id", Integer, primary_key=True), *columns)
    return metadata


def domain(**more: object) -> DOMAIN:
    given: dict[str, object] = {"check": "VALUE > 0", "constraint_name": "k", "default": "1"}
    return DOMAIN("price", Numeric(10, 2), **{**given, **more})  # type: ignore[arg-type]


def plan(a: MetaData, b: MetaData, *, owned: bool = True) -> Plan:
    return paper.plan(a, b, "postgresql", owned=owned)


@pytest.mark.parametrize(
    "more",
    [
        {"check": "VALUE > 2"},
        {"check": None},
        {"default": "2"},
        {"default": None},
        {"not_null": True},
        {"collation": "C"},
    ],
    ids=str,
)
def test_each_rule_counts(more: dict[str, object]) -> None:
    """Another rule is refused; the name of a check says nothing."""
    (refusal,) = plan(models(domain()), models(domain(**more))).refusals

    assert refusal.subject == "public.price"
    assert not plan(models(domain()), models(domain(constraint_name="other"))).refusals


def test_what_it_is_made_of_counts() -> None:
    other = DOMAIN("price", Integer, check="VALUE > 0", constraint_name="k", default="1")

    assert plan(models(domain()), models(other)).refusals


def test_a_text_that_cannot_be_compared() -> None:
    """It counts as equal, with a note."""
    one, other = (
        domain(check=f"VALUE = any (string_to_array({n}))") for n in ("'1'", "'2' || 'a'")
    )
    found = plan(models(one), models(other))

    assert not found.refusals
    assert not found.steps
    assert any("public.price: its default or a check cannot be compared" in n for n in found.notes)


@pytest.mark.parametrize(
    ("made", "refused"),
    [
        (DOMAIN("d", Integer), False),
        (DOMAIN("d", Integer, default="7"), True),
        (DOMAIN("d", Integer, not_null=True), True),
        (DOMAIN("d", Integer, check="VALUE > 0"), True),
    ],
)
def test_a_column_of_one_with_rules(made: DOMAIN, refused: bool) -> None:
    """Each row would be looked at, or given something, under a lock."""
    found = plan(models(used=False), models(made))

    assert [r.subject for r in found.refusals] == (["public.t.c0"] if refused else [])


def test_a_strangers_one_stays() -> None:
    """What no release owned is left alone, and so is one that a column still needs."""
    metadata = models()
    domain(metadata=metadata)
    found = plan(metadata, models(), owned=False)

    assert not found.steps
    assert any("public.price: the models do not know this domain" in n for n in found.notes)
