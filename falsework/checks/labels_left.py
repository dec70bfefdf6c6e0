"""FW007: rows that hold a value which is about to go from a list of values."""

from falsework.checks.check import Derived
from falsework.model.plan import QuestionKind

CHECK = Derived(
    code="FW007",
    kind=QuestionKind.LABELS,
    title="values that are about to go from their column's list",
    effect="The server refuses the shorter list as long as a row holds such a value.",
    remedy="Give these rows another value.",
    when="before a list of values becomes shorter",
)
