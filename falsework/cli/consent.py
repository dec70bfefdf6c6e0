"""Before anything is written: what would be lost, and the operator's word."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence

import click
from msgspec.structs import replace

from falsework.checks import Answer, Finding, ask
from falsework.cli.call import Call
from falsework.errors import Refused
from falsework.model.plan import Phase, Plan, Question, QuestionKind
from falsework.session import Session

COUNT_SECONDS = 20.0
"""For each count. A larger table is as good as counted: it would be missed."""


def losses_of(session: Session, plan: Plan, done: Collection[str]) -> tuple[Answer, ...]:
    """What the drops of contract lose, counted now; a drop that loses nothing is left out."""
    lost = tuple(q for q in plan.questions if q.kind is QuestionKind.LOST and q.step not in done)
    with session.asking("counting what is lost", COUNT_SECONDS) as asker:
        plan = replace(plan, questions=lost)
        results = ask(asker, session.spelling, plan, due=Phase.CONTRACT)
    return tuple(r for r in results if r.finding != Finding(0))


def name_of(question: Question) -> str:
    """What ``--lose`` calls it: ``table`` or ``table.column``."""
    return ".".join(part for part in (question.table.name, question.subject) if part)


def understood(lose: Collection[str], plan: Plan) -> None:
    """Raise Refused for a ``--lose`` that names no drop of the plan, whether it has rows or not."""
    drops = [q for q in plan.questions if q.kind is QuestionKind.LOST]
    stray = sorted(set(lose).difference(*map(_names, drops)))
    if stray:
        raise Refused(
            f"--lose {stray[0]} names no drop of this plan",
            why="a slip of the hand must not pass for a decision",
            do=f"what it drops: {', '.join(map(name_of, drops)) or 'nothing'}",
        )


def consent(
    call: Call,
    *,
    yes: bool,
    losses: Sequence[Answer] = (),
    lose: Collection[str] = (),
) -> None:
    """Ask on a terminal. Elsewhere ``--yes`` says it, and ``--lose`` for each thing that is lost.

    Raises Refused where neither can be had, Abort at a no.
    """
    if not yes and sys.stdin.isatty():
        if not click.confirm("Go on?", err=True):
            raise click.Abort
        return
    missing = [name_of(r.question) for r in losses if not _names(r.question) & set(lose)]
    flags = "".join(f" --lose {name}" for name in missing)
    if not yes:
        raise Refused(
            "this writes, and there is no terminal to ask at",
            why="nobody confirmed it",
            do=f"{call.command} --yes{flags}, once {call.command} --dry-run has shown what it does",
        )
    if missing:
        raise Refused(
            f"{call.command} would lose what is in {', '.join(missing)}",
            why="no step brings it back, and nobody said that it may go",
            do=f"copy what is still wanted, then {call.command} --yes{flags}",
        )


def _names(question: Question) -> frozenset[str]:
    """What ``--lose`` may call it: with the schema, or without."""
    name = name_of(question)
    return frozenset((name, f"{question.table.schema}.{name}"))
