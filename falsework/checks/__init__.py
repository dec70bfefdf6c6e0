"""Checks: what db-check counts before an upgrade, and what the gate of a phase asks.

To add one: a file here with a ``CHECK``, and its line in ``CHECKS``.
"""

from falsework.checks import duplicates, labels_left, lost, nulls, orphans, too_long, violations
from falsework.checks.ask import ask, count
from falsework.checks.check import Check, CheckResult, Finding, Result

CHECKS: tuple[Check, ...] = (
    nulls.CHECK,
    duplicates.CHECK,
    orphans.CHECK,
    violations.CHECK,
    too_long.CHECK,
    lost.CHECK,
    labels_left.CHECK,
)

__all__ = ["CHECKS", "Check", "CheckResult", "Finding", "Result", "ask", "count"]
