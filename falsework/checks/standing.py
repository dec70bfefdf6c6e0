"""Make the checks of a database as it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from falsework.checks.asking import Asker, Told
from falsework.checks.check import CheckResult, Result, Standing
from falsework.checks.choice import ALL, LEFT_OUT, Choice
from falsework.checks.situation import Situation
from falsework.model.plan import Phase
from falsework.model.remark import Remark

Seen = Told[tuple[Remark, ...]]


def stand(
    asker: Asker,
    checks: Sequence[Standing],
    situation: Callable[[Connection], Situation],
    phase: Phase,
    choice: Choice = ALL,
    *,
    told: Callable[[str], None] = lambda _what: None,
) -> tuple[CheckResult, ...]:
    """Make those checks that matter before the phase and are chosen.

    ``situation``  what a check may look at, over the connection that is its own
    ``told``       called with each check's title before it is made

    One that crashes or takes too long is an ERROR, one that this server cannot answer is SKIPPED.
    Raises Unreachable when the database does not answer.
    """
    results = []
    for check in checks:
        if not choice.names(check.code) or phase not in check.phases:
            continue
        if check.code in choice.skip:
            results.append(CheckResult(check, Result.SKIPPED, reason=LEFT_OUT))
            continue
        told(f"looking for {check.title}")
        results.append(_result(check, _seen(asker, check, situation)))
    return tuple(results)


def _seen(asker: Asker, check: Standing, situation: Callable[[Connection], Situation]) -> Seen:
    def look(connection: Connection) -> tuple[Remark, ...]:
        return tuple(check.look(situation(connection)))

    return asker.ask(look) if check.own else asker.ask_apart(look)


def _result(check: Standing, seen: Seen) -> CheckResult:
    if seen.value is None:
        result = Result.SKIPPED if seen.silent else Result.ERROR
        return CheckResult(check, result, seen.seconds, seen.reason)
    return CheckResult(check, judged(seen.value), seen.seconds, remarks=seen.value)


def judged(remarks: Sequence[Remark]) -> Result:
    """What remarks amount to."""
    if any(remark.stops for remark in remarks):
        return Result.FAILED
    return Result.WARNING if remarks else Result.PASSED
