"""``db-check``: count the rows that stand in the way of an upgrade, and write nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from falsework.cli.call import Call
from falsework.cli.frame import AGAIN, HUMAN, OK, command
from falsework.cli.options import FILE, lock_budget

if TYPE_CHECKING:
    from falsework.checks import CheckResult
    from falsework.model.plan import Plan, Question
    from falsework.session import Session


def _codes(_context: click.Context, parameter: click.Parameter, value: Sequence[str]) -> object:
    """Codes of checks that exist."""
    if value:
        from falsework.checks import CHECKS

        known = [check.code for check in CHECKS]
        for code in value:
            if code not in known:
                text = f"{code!r} is no check: they are {', '.join(known)}."
                raise click.BadParameter(text, param=parameter)
    return frozenset(value)


@command("check", example="db-check --url env:DATABASE_URL --models nova.db.models:metadata")
@click.option(
    "--before",
    type=click.Choice(["expand", "migrate", "contract"]),
    help="Only what the gate of this phase asks.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="CODE",
    callback=_codes,
    help="Only this check, such as FW001; may be given several times.",
)
@click.option(
    "--skip",
    multiple=True,
    metavar="CODE",
    callback=_codes,
    help="Leave this check out; may be given several times.",
)
@click.option(
    "--plan", "file", type=FILE, metavar="FILE", help="Check for this plan, instead of making one."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one check may take.",
)
@lock_budget
def check(
    call: Call,
    *,
    before: str | None,
    only: frozenset[str],
    skip: frozenset[str],
    file: Path | None,
    timeout: float,
) -> int:
    """Count the rows that stand in the way of an upgrade.

    Shows counts, and keys of a few rows with what to do. Writes nothing.

    Exit code 0: all passed; 1: warnings, or a connection off this host that is not verified;
    2: something failed or could not be asked, or the plan has refusals.
    """
    from falsework.checks import ask
    from falsework.model.plan import Phase
    from falsework.report.checks import checks_text
    from falsework.report.document import check_body
    from falsework.session import open_session

    session = open_session(call.config)
    plan = _plan(call, session, file)
    results = ask(
        lambda: session.reading("counting"),
        plan,
        Phase(before) if before else None,
        only,
        skip,
        due=session.journal.due or Phase.EXPAND,
        done=session.journal.done,
        timeout=timeout,
        told=lambda q: _counting(call, q),
    )
    verified = session.target.verified
    return call.answer(
        max(code_of(results, plan), OK if verified else AGAIN),
        lambda: "".join(
            (
                checks_text(results, database=session.name, page=call.page),
                _refused(plan),
                "" if verified else UNVERIFIED,
            )
        ),
        lambda: {
            "database": session.name,
            "digest": plan.digest,
            "checks": [check_body(result) for result in results],
            "refusals": len(plan.refusals),
            "verified": verified,
        },
    )


UNVERIFIED = (
    "Warning: nobody asks who answers at the other end of the connection (tls = insecure).\n"
    "  Whoever sits between may read and change all that goes over it.\n"
)


def _counting(call: Call, question: Question) -> None:
    """Somebody who waits for a count wants to know of what."""
    if call.verbose or sys.stderr.isatty():
        from falsework.report.words import shown

        call.tell(shown(f"counting {question.table}: {question.kind}"))


def _plan(call: Call, session: Session, file: Path | None) -> Plan:
    from falsework.cli.making import make
    from falsework.cli.phases import fits
    from falsework.session import plan_file, policy_of

    if file is None:
        return make(call, session, policy_of(call.config)).plan
    plan = plan_file(file)
    fits(session, plan)
    return plan


def code_of(results: Sequence[CheckResult], plan: Plan) -> int:
    """The worst of all results."""
    from falsework.checks import Result

    found = {result.result for result in results}
    if plan.refusals or found & {Result.FAILED, Result.ERROR}:
        return HUMAN
    return AGAIN if Result.WARNING in found else OK


def _refused(plan: Plan) -> str:
    from falsework.report.words import counted

    if not plan.refusals:
        return ""
    return f"The plan has {counted(len(plan.refusals), 'refusal')}: see db-plan.\n"
