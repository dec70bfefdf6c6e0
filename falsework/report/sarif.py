"""A plan's refusals and hazards as SARIF 2.1.0, which code review and CI systems show.

One rule for each kind of refusal and hazard; a result names its table or step as a logical
location, and the module of the models as the file, because some systems show nothing without one.
Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from falsework import __version__
from falsework.model.plan import Cause, Hazard, Plan
from falsework.model.schema import digest
from falsework.report.words import one_line

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
NOT_YET = "not-yet"
LEFT_ALONE = "left-alone"

# What stops nobody and loses nothing; any other hazard is a warning.
_MILD = frozenset({Hazard.OLD_DEFAULT, Hazard.REPREPARE, Hazard.READS_NULL_B, Hazard.INDEX_GONE})


class Rule(NamedTuple):
    """A kind of result; ``level`` is what it is unless somebody changes that."""

    id: str
    text: str
    level: str
    help: str = "See docs/operating.md and docs/rules.md of falsework."


class Result(NamedTuple):
    """One thing to know; ``subject`` is a step, a table, or what the text speaks of."""

    rule: str
    level: str
    subject: str
    text: str


RULES: tuple[Rule, ...] = (
    *(Rule(cause.value, cause.text, "error") for cause in Cause),
    *(Rule(h.value, h.text, "note" if h in _MILD else "warning") for h in Hazard),
    Rule(NOT_YET, "B must not rely on this before db-contract", "note"),
    Rule(LEFT_ALONE, "seen, and left as it is or taken as equal", "note"),
)
_PLACES: Mapping[str, int] = {rule.id: place for place, rule in enumerate(RULES)}


def sarif_text(plan: Plan, models: str) -> str:
    """The log, ending in a newline; ``models`` is the file that holds the models, as a URI."""
    return log_text(RULES, results(plan), models)


def log_text(rules: Sequence[Rule], results: Iterable[Result], models: str) -> str:
    """The log of these results, each by one of the rules."""
    places = {rule.id: place for place, rule in enumerate(rules)}
    driver = {
        "name": "falsework",
        "version": __version__,
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "results": [_result(result, places[result.rule], models) for result in results],
        "columnKind": "unicodeCodePoints",
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def results(plan: Plan) -> Iterator[Result]:
    """Refusals, hazards in the order of their steps, what is accepted, promised and left alone."""
    for refusal in plan.refusals:
        text = f"{refusal.subject}: {refusal.reason}. To lift it: {refusal.do}"
        yield Result(refusal.cause, "error", refusal.subject, text)
    for step in plan.steps:
        for hazard in step.hazards:
            text = f"{step.id}, db-{step.phase}: {step.title}: {hazard.text}"
            yield Result(hazard, RULES[_PLACES[hazard]].level, step.id, text)
    for at, verdict in plan.proof.accepted:
        text = (
            f"after {at} release {verdict.release}'s {verdict.kind} on {verdict.table} fails, "
            f"which was accepted: {verdict.reason}"
        )
        yield Result(Cause.BREAKS_A_RELEASE, "warning", at, text)
    for promise in plan.proof.not_yet:
        yield Result(NOT_YET, "note", promise.partition(" ")[0], promise)
    for note in plan.notes:
        yield Result(LEFT_ALONE, "note", note.partition(": ")[0], note)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.text},
        "help": {"text": f"{rule.text}. {rule.help}"},
        "defaultConfiguration": {"level": rule.level},
    }


def _result(result: Result, place: int, models: str) -> dict[str, Any]:
    subject = one_line(result.subject)
    return {
        "ruleId": result.rule,
        "ruleIndex": place,
        "level": result.level,
        "message": {"text": one_line(result.text)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": models},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [{"fullyQualifiedName": subject}],
            }
        ],
        "partialFingerprints": {"falsework/v1": digest((result.rule, subject, result.text))},
    }
