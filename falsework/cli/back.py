"""The way back: planned, asked about, and run in one go."""

from __future__ import annotations

from falsework.checks import count
from falsework.cli.call import Call
from falsework.cli.frame import OK
from falsework.cli.phases import Job, Wish, carry_out, refused
from falsework.errors import CheckFailed, Refused
from falsework.expand_contract.back import past_return
from falsework.model.plan import Phase, Plan, QuestionKind
from falsework.session import Session, open_session, policy_of, settings_of


def run_back(call: Call, wish: Wish) -> int:
    """Plan and run the way back, or go on with it; the exit code."""
    session = open_session(call.config)
    journal = session.journal
    settings = settings_of(
        call.config,
        allow_downtime=wish.allow_downtime,
        wait_seconds=wish.wait,
        supersede=True,
    )
    if journal.plan is None:
        return _nothing(call, session)
    if journal.plan.takes_back:
        left = tuple(p for p in Phase if p not in journal.finished)
        return carry_out(call, Job(session, journal.plan, None, left, settings), wish)
    _return_is_possible(session, journal.plan)
    plan = session.way_back(policy_of(call.config, allow_downtime=wish.allow_downtime))
    if plan.refusals:
        return refused(call, session, plan)
    _nothing_in_the_way(session, plan)
    return carry_out(call, Job(session, plan, plan, tuple(Phase), settings), wish)


def _nothing(call: Call, session: Session) -> int:
    text = "No upgrade is under way: there is nothing to take back.\n"
    return call.answer(OK, lambda: text, lambda: {"database": session.name, "outcomes": []})


def _return_is_possible(session: Session, plan: Plan) -> None:
    begun = frozenset(step for step, _ in session.journal.states)
    step = past_return(plan, begun)
    if step is not None:
        raise Refused(
            "there is no way back any more",
            why=f"{step} has begun, and what it takes away nothing brings back",
            do="db-contract, which goes on with what is left",
            done="nothing",
        )


def _nothing_in_the_way(session: Session, plan: Plan) -> None:
    """Raise CheckFailed for rows of B's that A's rules do not let be: before anything is done."""
    asked = [
        q
        for q in plan.questions
        if q.kind is not QuestionKind.LOST and q.since is Phase.EXPAND and not q.heals
    ]
    if not asked:
        return
    with session.reading("counting rows in the way back") as connection:
        bad = [answer for answer in count(connection, asked) if answer.count]
    if bad:
        raise CheckFailed(
            f"db-abort: rows stand in the way of {bad[0].question.step}",
            why="; ".join(f"{a.question.text}: {a.count}" for a in bad),
            do="; ".join(dict.fromkeys(a.question.remedy for a in bad)),
            done="nothing",
        )
