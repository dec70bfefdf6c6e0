"""FW004: rows that break a check constraint to come."""

from falsework.checks.check import Derived
from falsework.model.plan import QuestionKind

CHECK = Derived(
    code="FW004",
    kind=QuestionKind.VIOLATIONS,
    title="rows that break a check to come",
    effect="The server refuses the check as long as one row breaks it.",
    remedy="Change these rows so that they obey it.",
    when="before a check is enforced",
)
