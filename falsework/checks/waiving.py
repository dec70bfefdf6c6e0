"""Take out of results what somebody has waived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from falsework.checks.check import Answer, CheckResult, Result
from falsework.checks.standing import judged
from falsework.model.waiver import Waiver


def waived(
    results: Sequence[CheckResult], waivers: Sequence[Waiver], today: date
) -> tuple[CheckResult, ...]:
    """The results, with the waivers that hold on that day; one that has expired is named.

    A waiver quiets db-check. It opens no gate: what stops a phase stops it all the same.
    """
    return tuple(_waived(result, waivers, today) for result in results)


def _waived(result: CheckResult, waivers: Sequence[Waiver], today: date) -> CheckResult:
    if result.result not in (Result.WARNING, Result.FAILED):
        return result
    own = [w for w in waivers if w.check == result.check.code]
    subjects = set(_subjects(result))
    expired = tuple(w for w in own if w.until < today and _meant(w, subjects))
    valid = [w for w in own if w.until >= today]
    meant = tuple(w for w in valid if _meant(w, subjects))
    if not meant:
        return replace(result, expired=expired)
    kept = tuple(r for r in result.remarks if not any(_meant(w, {r.subject}) for w in meant))
    outcome = judged(kept) if kept else Result.WAIVED
    return replace(result, result=outcome, remarks=kept, waivers=meant, expired=expired)


def _subjects(result: CheckResult) -> Iterator[str]:
    """What a finding is about, as a waiver may name it: with the schema, or without."""
    if isinstance(result, Answer):
        question = result.question
        for table in (str(question.table), question.table.name):
            yield table
            yield f"{table}.{question.subject}"
    else:
        yield from (remark.subject for remark in result.remarks)


def _meant(waiver: Waiver, subjects: set[str]) -> bool:
    return not waiver.subject or any(waiver.subject in (s, s.partition(".")[2]) for s in subjects)
