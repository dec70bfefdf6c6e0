"""What there is to check, and what a check is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from falsework.checks import Check, Derived, Standing
from falsework.engines.drivers import KNOWN
from falsework.model.plan import Phase
from falsework.report.words import PAGE, Page, columns, labelled


def listed(checks: Sequence[Check]) -> str:
    """A line a check."""
    return "\n".join(columns([(c.code, c.title) for c in checks])) + "\n"


def explained(check: Check, page: Page = PAGE) -> str:
    """All that a check says of itself."""
    lines = [page.ink(f"{check.code} {check.title}", "head")]
    for label, text in _parts(check):
        lines += labelled(label, text, indent=2, column=14, width=page.width)
    return "\n".join(lines) + "\n"


def _parts(check: Check) -> Iterator[tuple[str, str]]:
    yield "not heeded", check.effect
    yield "remedy", check.remedy
    yield "matters", check.when
    yield "asks", asks(check)
    for engine, reason in silent(check):
        yield "", f"Not of {engine}: {reason}."


def asks(check: Check) -> str:
    """What it looks at, and before which phases."""
    if isinstance(check, Derived):
        return check.asks
    phases = check.phases if isinstance(check, Standing) else frozenset(Phase)
    if phases == frozenset(Phase):
        return "the database as it stands, before every phase"
    named = " and ".join(f"db-{phase}" for phase in Phase if phase in phases)
    return f"the database as it stands, before {named}"


def silent(check: Check) -> Iterator[tuple[str, str]]:
    """The engines that have no answer, each with the reason."""
    if not isinstance(check, Standing) or check.ask is None:
        return
    for known in KNOWN:
        if reason := known.driver().condition.silent.get(check.ask):
            yield known.name, reason


def told_body(check: Check) -> dict[str, object]:
    """The same for a program."""
    return {
        "code": check.code,
        "title": check.title,
        "effect": check.effect,
        "remedy": check.remedy,
        "when": check.when,
        "asks": asks(check),
        "silent": dict(silent(check)),
    }
