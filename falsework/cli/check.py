"""``db-check``: ask what stands in the way of an upgrade, and write nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from falsework.cli.call import Call
from falsework.cli.frame import AGAIN, HUMAN, OK, command
from falsework.cli.options import FILE, lock_budget

if TYPE_CHECKING:
    from falsework.checks import Check, CheckResult
    from falsework.model.plan import Plan
    from falsework.model.waiver import Waiver
    from falsework.session import Session


@command("check", example="db-check --url env:DATABASE_URL --models nova.db.models:metadata")
@click.option(
    "--before",
    type=click.Choice(["expand", "migrate", "contract"]),
    help="Only what matters before this phase.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="CODE",
    help="Only this check, such as FW001; may be given several times.",
)
@click.option(
    "--skip",
    multiple=True,
    metavar="CODE",
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
@click.option("--list", "listing", is_flag=True, help="List all checks; asks no database.")
@click.option("--explain", metavar="CODE", help="Say what this check is about; asks no database.")
@click.option("--junit", "style", flag_value="junit", help="Write the results as JUnit XML.")
@click.option("--sarif", "style", flag_value="sarif", help="Write them as SARIF 2.1.0.")
@click.option("--github", "style", flag_value="github", help="Write them as GitHub annotations.")
@lock_budget
def check(
    call: Call,
    *,
    before: str | None,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    file: Path | None,
    timeout: float,
    listing: bool,
    explain: str | None,
    style: str | None,
) -> int:
    """Ask what stands in the way of an upgrade.

    Counts rows for the steps of the plan, with keys of a few, and looks at the database as it
    stands; says what to do. Writes nothing.

    Exit code 0: all passed; 1: warnings; 2: something failed or could not be asked, or the plan
    has refusals.
    """
    if style and call.json:
        raise click.UsageError(f"--{style} and --json each write something: say one of them.")
    from falsework.checks import CHECKS
    from falsework.checks.foreign import found

    own = found(call.config.checks, {c.code for c in CHECKS})
    checks: tuple[Check, ...] = (*CHECKS, *own)
    _known_waivers(call.config.waivers, checks)
    for code in (*only, *skip, *((explain,) if explain else ())):
        _known(code, checks)
    if listing or explain:
        return _told(
            call, [c for c in checks if explain in (None, c.code)], whole=explain is not None
        )

    from falsework.checks import Choice
    from falsework.cli.checking import checked, matter_of
    from falsework.model.plan import Phase
    from falsework.report.checks import checks_text
    from falsework.report.document import check_body
    from falsework.session import open_session

    session = open_session(call.config)
    matter = matter_of(call, session, file)
    choice = Choice(Phase(before) if before else None, frozenset(only), frozenset(skip))
    results = checked(call, matter, choice, timeout, own)
    plan = matter.plan

    def text() -> str:
        if style:
            return _as(style, call, session, results, checks)
        whole = bool(only)
        found = checks_text(results, database=session.name, page=call.page, whole=whole)
        return found + _refused(plan)

    return call.answer(
        code_of(results, plan),
        text,
        lambda: {
            "database": session.name,
            "name": "Upgrade Check Results",
            "digest": plan.digest,
            "checks": [check_body(result) for result in results],
            "refusals": len(plan.refusals),
            "verified": session.target.verified,
        },
    )


def _as(
    style: str,
    call: Call,
    session: Session,
    results: Sequence[CheckResult],
    checks: Sequence[Check],
) -> str:
    """The results as another program wants them."""
    from falsework.cli.files import file_of
    from falsework.report.annotations import annotations_text
    from falsework.report.junit import junit_text
    from falsework.report.sarif_checks import sarif_text

    models = file_of(next(iter(call.config.models), ""))
    if style == "junit":
        return junit_text(results, session.name)
    if style == "sarif":
        return sarif_text(results, checks, models)
    return annotations_text(results, models)


def _known(code: str, checks: Sequence[Check]) -> None:
    """Raise BadParameter for a code that no check has."""
    known = [check.code for check in checks]
    if code not in known:
        raise click.BadParameter(f"{code!r} is no check: they are {', '.join(known)}.")


def _known_waivers(waivers: Sequence[Waiver], checks: Sequence[Check]) -> None:
    """Raise ConfigError for a waiver of a check that is not there: it would waive nothing."""
    from falsework.errors import ConfigError

    known = [check.code for check in checks]
    for waiver in waivers:
        if waiver.check not in known:
            raise ConfigError(
                f"waivers: {waiver.check} is no check",
                why="a slip of the hand must not pass for a decision",
                do=f"name one of {', '.join(known)}",
            )


def _told(call: Call, checks: Sequence[Check], *, whole: bool) -> int:
    from falsework.report.explaining import explained, listed, told_body

    return call.answer(
        OK,
        lambda: explained(checks[0], call.page) if whole else listed(checks),
        lambda: {"checks": [told_body(check) for check in checks]},
    )


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
