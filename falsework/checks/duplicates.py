"""FW002: groups of equal rows where a unique key is to come."""

from falsework.checks.check import Derived
from falsework.model.plan import QuestionKind

CHECK = Derived(
    code="FW002",
    kind=QuestionKind.DUPLICATES,
    title="duplicates where a unique key is to come",
    effect="The server refuses the unique key as long as two rows are equal in it.",
    remedy="Change or delete all but one row of each group.",
    when="before a unique constraint or index is enforced",
)
