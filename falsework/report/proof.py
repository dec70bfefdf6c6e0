"""The proof as a table: which statements of which release succeed after which steps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from falsework.model.plan import Phase, Plan, Release, Verdict
from falsework.report.words import PAGE, Page, columns, number, wrapped

OUTSIDE = "Statements that name no columns (SELECT *, positional INSERT) are outside the proof."


Broken = tuple[tuple[str, Verdict], ...]


def proof_lines(plan: Plan, page: Page = PAGE) -> Iterator[str]:
    """The table, condensed to a line a release where all is well; then what B must wait for."""
    head = page.ink("PROOF", "head")
    if not plan.proof.statements:
        yield f"{head}  not made: it needs a plan without refusals"
        return
    releases = (Release.B,) if plan.takes_back else tuple(Release)
    whose = "every statement of A"
    if not plan.takes_back:
        whose = f"{number(plan.proof.statements)} statements of A and B"
    yield f"{head}  {whose}, decided again after every change of the schema"
    table = [_row(plan, release) for release in releases]
    kinds = [_kind(plan, release) for release in releases]
    for line, kind in zip(columns(table, indent=2), kinds, strict=True):
        yield page.ink(line, kind)
    for release in releases:
        broken, accepted = _of(plan.proof.broken, release), _of(plan.proof.accepted, release)
        yield from (page.ink(line, "bad") for line in _lines(plan, broken, page))
        yield from (page.ink(line, "warn") for line in _lines(plan, accepted, page, ", accepted"))
    yield from wrapped(OUTSIDE, first="  ", rest="  ", width=page.width)
    if not plan.takes_back:  # where A relies on what it always had
        yield from _not_yet(plan.proof.not_yet, page)


def _called(plan: Plan, release: Release) -> str:
    """The release's letter: on the way back the one to come is A again."""
    return str(Release.A if plan.takes_back else release)


def _row(plan: Plan, release: Release) -> tuple[str, ...]:
    first, last = places(plan, release)
    where = f"after steps {first} to {last}" if last > first else f"after step {first}"
    broken, accepted = _of(plan.proof.broken, release), _of(plan.proof.accepted, release)
    verdict = [f"{number(len(broken))} fail"] if broken else []
    verdict += [f"{number(len(accepted))} fail and are accepted"] if accepted else []
    until = {
        Release.A: "from the first step until contract",
        Release.B: "all the time" if plan.takes_back else "from the end of expand on",
    }
    return (
        _called(plan, release),
        where if first else "no step",
        ", ".join(verdict) or "all succeed",
        until[release],
    )


def _kind(plan: Plan, release: Release) -> str:
    if _of(plan.proof.broken, release):
        return "bad"
    return "warn" if _of(plan.proof.accepted, release) else "good"


def places(plan: Plan, release: Release) -> tuple[int, int]:
    """The first and the last step, counted from 1, after which the release must be able to work.

    (0, 0) where there is none.
    """
    phases = [s.phase for s in plan.steps]
    before = sum(p is not Phase.CONTRACT for p in phases)
    if release is Release.A:
        return (1, before) if before else (0, 0)
    expanded = sum(p is Phase.EXPAND for p in phases)
    return (max(expanded, 1), len(phases)) if phases else (0, 0)


def _of(found: Broken, release: Release) -> Broken:
    return tuple((step, v) for step, v in found if v.release is release)


def _lines(plan: Plan, found: Broken, page: Page, more: str = "") -> Iterator[str]:
    """One line for each table, step and reason, with all the kinds of statements it concerns."""
    place = {step.id: number for number, step in enumerate(plan.steps, 1)}

    def same(item: tuple[str, Verdict]) -> tuple[str, int, str, bool]:
        step, verdict = item
        return (str(verdict.table), place.get(step, 0), verdict.reason, verdict.certain)

    for key, group in groupby(sorted(found, key=same), same):
        table, step, reason, certain = key
        verdicts = [verdict for _, verdict in group]
        kinds = ", ".join(dict.fromkeys(str(v.kind) for v in verdicts))
        fails = "fails" if certain else "may fail"
        who = _called(plan, verdicts[0].release)
        text = f"{who}  {table}: {kinds}: {fails} from step {step} on{more}: {reason}"
        yield from wrapped(text, first="    ", rest="       ", width=page.width)


def _not_yet(not_yet: tuple[str, ...], page: Page) -> Iterator[str]:
    if not not_yet:
        return
    yield ""
    yield page.ink("B MUST NOT RELY ON, BEFORE CONTRACT", "head")
    for text in not_yet:
        yield from wrapped(text, first="  - ", rest="    ", width=page.width)
