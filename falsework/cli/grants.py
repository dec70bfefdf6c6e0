"""``falsework grants``: the statements that let a user do one phase, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from falsework.cli.call import Call
from falsework.cli.frame import OK, command
from falsework.cli.options import FILE

if TYPE_CHECKING:
    from falsework.model.need import Need, Privileges
    from falsework.model.plan import Plan
    from falsework.session import Session

LOOK = "look"


@command(
    "grants",
    example="falsework grants --url env:DATABASE_URL --phase migrate --plan plan.json --to upgrade",
)
@click.option(
    "--phase",
    required=True,
    type=click.Choice([LOOK, "expand", "migrate", "contract"]),
    help="What the user is to run; look: db-status, db-plan and db-check.",
)
@click.option("--to", metavar="ROLE", help="The user: upgrade; on MySQL and MariaDB upgrade@host.")
@click.option(
    "--plan", "file", type=FILE, metavar="FILE", help="For this plan, instead of making one."
)
def grants(call: Call, *, phase: str, to: str | None, file: Path | None) -> int:
    """Write the statements that give a user what a phase takes.

    Reads the database and the plan; grants nothing itself. Run what it writes as the owner of the
    tables or as an administrator.
    """
    from falsework.cli.checking import matter_of
    from falsework.errors import ConfigError
    from falsework.session import open_session

    session = open_session(call.config)
    target = session.target
    if to is None and target.driver.remote:
        raise click.UsageError("Say who is to run it: --to ROLE.")
    plan = matter_of(call, session, file).plan
    need = _need(session, plan, phase)
    with session.reading("reading owners") as connection:
        try:
            found = target.driver.privileges(connection, need, to or "")
        except ValueError as error:
            raise ConfigError(f"--to {to}: no user", why=str(error), do="name another") from None
    return call.answer(
        OK,
        lambda: "\n".join(_lines(session, plan, phase, found)) + "\n",
        lambda: {
            "database": session.name,
            "digest": plan.digest,
            "phase": phase,
            "role": to,
            "statements": list(found.needed),
            "helpful": list(found.helpful),
            "later": [str(name) for name in found.later],
        },
    )


def _need(session: Session, plan: Plan, phase: str) -> Need:
    from falsework.errors import Refused
    from falsework.migrate import rights
    from falsework.migrate.tables import stored, tables
    from falsework.model.need import to_look, to_run
    from falsework.model.plan import Phase

    schema = session.target.schema
    with session.reading() as connection:
        there = stored(connection, tables(schema))
    if phase == LOOK:
        return to_look(plan, rights.to_look(schema) if there else ())
    if not there and phase != Phase.EXPAND:
        raise Refused(
            "the journal is not there yet, so nothing can be granted on it",
            why=f"db-{phase} reads and writes it, and db-adopt or db-expand makes it",
            do="db-adopt, or db-expand, then this again",
        )
    which = Phase(phase)
    own = rights.to_run(schema, plan, which, founds=not there)
    return to_run(plan, which, own, founds=not there)


def _lines(session: Session, plan: Plan, phase: str, found: Privileges) -> Iterator[str]:
    from falsework.report.words import shown

    what = "db-status, db-plan and db-check" if phase == LOOK else f"db-{phase}"
    yield shown(f"-- {what} for plan {plan.digest[:12]} on {session.name}")
    if not found.needed:
        yield "-- Nothing to grant: whoever may write to the file and its folder may do all of it."
        return
    yield from (f"{sql};" for sql in found.needed)
    yield "-- Not needed: with it, errors name the sessions that hold a lock."
    yield from (f"{sql};" for sql in found.helpful)
    if found.later:
        names = ", ".join(map(str, found.later))
        yield shown(f"-- Not there yet, run this again when they are: {names}")
