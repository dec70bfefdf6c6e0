"""``db-plan``: say what an upgrade would do, and write nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from falsework.cli.call import Call
from falsework.cli.frame import AGAIN, HUMAN, OK, command
from falsework.cli.options import FILE, accept, allow_downtime, lock_budget, rates

if TYPE_CHECKING:
    from falsework.cli.making import Made


@command("plan", example="db-plan --url env:DATABASE_URL --models nova.db.models:metadata")
@lock_budget
@rates
@allow_downtime
@accept
@click.option("--out", type=FILE, metavar="FILE", help="Write the plan to a file for db-expand.")
@click.option("--sql", is_flag=True, help="Write the SQL as a script for the server's own client.")
@click.option(
    "--unpurged",
    is_flag=True,
    help="Count soft-deleted rows, and say what the upgrade takes once they are purged.",
)
@click.option("--sarif", is_flag=True, help="Write refusals and hazards as SARIF 2.1.0.")
@click.option("--check", is_flag=True, help="Exit with 1 when steps are pending.")
@click.option(
    "--anew", is_flag=True, help="Plan from the schema as it is now, although a plan is under way."
)
def plan(
    call: Call,
    *,
    allow_downtime: tuple[str, ...],
    accept: tuple[str, ...],
    out: Path | None,
    sql: bool,
    unpurged: bool,
    sarif: bool,
    check: bool,
    anew: bool,
) -> int:
    """Say what an upgrade would do, whom it stops, and prove it.

    Reads the live schema and the models; writes nothing. Exit code 2 when the plan has refusals.
    """
    from dataclasses import replace

    from falsework.cli.files import file_of, write_plan
    from falsework.cli.making import make
    from falsework.report.document import dead_body, plan_body
    from falsework.report.plan import plan_text
    from falsework.report.sarif import sarif_text
    from falsework.report.script import script_text
    from falsework.report.words import on_terminal
    from falsework.session import open_session, policy_of

    if sql + sarif + call.json > 1:
        raise click.UsageError("--sql, --sarif and --json each write something: say one of them.")
    session = open_session(call.config)
    decided = policy_of(
        call.config, allow_downtime=frozenset(allow_downtime), accept=frozenset(accept)
    )
    made = make(call, session, decided, anew=anew)
    standing = made.standing
    if unpurged:
        from falsework.cli.checking import dead_of, matter_from

        standing = replace(standing, dead=dead_of(call, matter_from(session, made)))
    if out is not None:
        write_plan(out, made.plan)

    def text() -> str:
        if sarif:
            return sarif_text(made.plan, file_of(next(iter(call.config.models), "")))
        if sql:
            script = script_text(made.plan, standing, session.target.driver.script)
            return on_terminal(script) if sys.stdout.isatty() else script
        return plan_text(made.plan, standing, call.page)

    return call.answer(
        _code(made, check=check),
        text,
        lambda: {
            "database": session.name,
            **plan_body(made.plan, standing.done),
            **dead_body(made.plan, standing),
        },
    )


def _code(made: Made, *, check: bool) -> int:
    if made.plan.refusals:
        return HUMAN
    pending = made.stored or bool(made.plan.steps)
    return AGAIN if check and pending else OK
