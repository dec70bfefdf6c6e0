"""What a program reads: one JSON document a command, with a version.

Every document has ``schema_version``, ``command`` and ``exit_code``, and where one was reached,
``database``. Beyond that:

    error      of a command that failed: kind, what, why, do, done (kind: the class of errors.py)
    stopped    of a run that a signal or a budget ended: why
    refusals   of a plan that cannot run: subject, reason, do, cause (in ``check`` their number)
    digest     which plan it is about
    plan       ``plan`` and ``--dry-run``: the plan as its file has it; ``done``: ids of steps done
    checks     ``check``: a result each; ``state`` is a word for how it ended
    outcomes   ``expand``, ``migrate``, ``contract``, ``sync``: a phase each, with its steps
    standing   ``status``: expand, migrate, contract, up to date, unknown or broken; with
               due, phases, progress, failed, pending, release, runner
    settings   ``config``: value and origin by name

``tests/cli/surface.json`` lists every key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from falsework.checks import Answer, CheckResult, Result
from falsework.checks.unpurged import shares
from falsework.errors import FalseworkError
from falsework.migrate import Outcome
from falsework.model.plan import Plan
from falsework.model.purge import saved
from falsework.report.checks import details, heading
from falsework.report.plan import Standing

SCHEMA_VERSION = 2


def document(command: str, code: int, body: Mapping[str, object]) -> str:
    """The whole document, indented, ending in a newline."""
    whole = {"schema_version": SCHEMA_VERSION, "command": command, "exit_code": code, **body}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


def error_body(error: FalseworkError) -> dict[str, object]:
    """The four parts of an error, and its class."""
    return {
        "error": {
            "kind": type(error).__name__,
            "what": error.what,
            "why": error.why,
            "do": error.do,
            "done": error.done,
        }
    }


def plan_body(plan: Plan, done: frozenset[str] = frozenset()) -> dict[str, object]:
    """The plan as its file has it, its digest, and the ids of steps that are done."""
    inner: Any = msgspec.to_builtins(plan)
    return {"digest": plan.digest, "done": sorted(done), "plan": inner}


NUMBERS = {
    Result.PASSED: 0,
    Result.SKIPPED: 0,
    Result.WAIVED: 0,
    Result.WARNING: 1,
    Result.FAILED: 2,
    Result.ERROR: 2,
}
"""``result`` as programs know it that read oslo.upgradecheck."""


def dead_body(plan: Plan, standing: Standing) -> dict[str, object]:
    """What was counted of soft-deleted rows, and the time of the steps left without them."""
    if standing.dead is None:
        return {}
    dead = standing.dead
    least, most = saved(standing.left(plan), shares(dead))
    return {
        "unpurged": {
            "tables": [{"table": str(d.table), "rows": d.rows, "due": d.due} for d in dead],
            "saves": {"least": least, "most": most},
        }
    }


def check_body(result: CheckResult) -> dict[str, object]:
    """One check's result: ``check``, ``result`` and ``details`` are oslo.upgradecheck's."""
    check = result.check
    return {
        "check": heading(result),
        "result": NUMBERS[result.result],
        "details": "\n".join(details(result)) or None,
        "code": check.code,
        "title": check.title,
        "state": result.result,
        **(_of_question(result) if isinstance(result, Answer) else _OF_NO_QUESTION),
        "remarks": [
            {"subject": r.subject, "text": r.text, "remedy": r.remedy, "stops": r.stops}
            for r in result.remarks
        ],
        "waivers": [str(w) for w in result.waivers],
        "effect": check.effect,
        "remedy": (isinstance(result, Answer) and result.question.remedy) or check.remedy,
        "reason": result.reason,
        "seconds": round(result.seconds, 3),
    }


def _of_question(result: Answer) -> dict[str, object]:
    question, finding = result.question, result.finding
    return {
        "table": str(question.table),
        "subject": question.subject,
        "step": question.step,
        "before": question.phase,
        "count": finding.count if finding else None,
        "text": question.text,
        "key": list(question.key),
        "sample": [list(key) for key in finding.sample] if finding else [],
        "heals": question.heals,
    }


_OF_NO_QUESTION: Mapping[str, object] = {
    "table": "",
    "subject": "",
    "step": "",
    "before": None,
    "count": None,
    "text": "",
    "key": [],
    "sample": [],
    "heals": False,
}


def outcome_body(outcomes: Sequence[Outcome]) -> list[dict[str, object]]:
    """What each phase did."""
    return [
        {
            "phase": outcome.phase,
            "already": outcome.already,
            "finished": outcome.finished,
            "steps": [
                {"step": s.step, "found": s.found, "seconds": round(s.seconds, 3), "rows": s.rows}
                for s in outcome.steps
            ],
        }
        for outcome in outcomes
    ]
