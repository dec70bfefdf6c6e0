"""FW005: texts that do not fit a shorter type to come."""

from falsework.checks.check import Derived
from falsework.model.plan import QuestionKind

CHECK = Derived(
    code="FW005",
    kind=QuestionKind.TOO_LONG,
    title="values that do not fit a shorter type to come",
    effect="The server refuses the type, or cuts the values, as long as one does not fit.",
    remedy="Shorten these values.",
    when="before a column becomes shorter",
)
