"""``db-plan``: say what an upgrade would do, and write nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from falsework.cli.call import Call
from falsework.cli.frame import AGAIN, HUMAN, OK, command
from falsework.cli.options import FILE, accept, allow_downtime, lock_budget

if TYPE_CHECKING:
    from falsework.cli.making import Made


@command("plan", example="db-plan --url env:DATABASE_URL --models nova.db.models:metadata")
@lock_budget
@allow_downtime
@accept
@click.option("--out", type=FILE, metavar="FILE", help="Write the plan to a file for db-expand.")
@click.option("--sql", is_flag=True, help="Show all SQL, not only the first of each step.")
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
    check: bool,
    anew: bool,
) -> int:
    """Say what an upgrade would do, whom it stops, and prove it.

    Reads the live schema and the models; writes nothing. Exit code 2 when the plan has refusals.
    """
    from dataclasses import replace

    from falsework.cli.files import write_plan
    from falsework.cli.making import make
    from falsework.report.document import plan_body
    from falsework.report.plan import plan_text
    from falsework.session import open_session, policy_of

    session = open_session(call.config)
    decided = policy_of(
        call.config, allow_downtime=frozenset(allow_downtime), accept=frozenset(accept)
    )
    made = make(call, session, decided, anew=anew)
    if out is not None:
        write_plan(out, made.plan)
    page = replace(call.page, full=sql or call.verbose)
    return call.answer(
        _code(made, check=check),
        lambda: plan_text(made.plan, made.standing, page),
        lambda: {"database": session.name, **plan_body(made.plan, made.standing.done)},
    )


def _code(made: Made, *, check: bool) -> int:
    if made.plan.refusals:
        return HUMAN
    pending = made.stored or bool(made.plan.steps)
    return AGAIN if check and pending else OK
