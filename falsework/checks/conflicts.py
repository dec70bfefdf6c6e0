"""FW008: rows that an exclusion constraint to come keeps apart."""

from falsework.checks.check import Derived
from falsework.model.plan import QuestionKind

CHECK = Derived(
    code="FW008",
    kind=QuestionKind.CONFLICTS,
    title="rows that an exclusion constraint to come keeps apart",
    effect="The server refuses the constraint as long as two rows exclude each other.",
    remedy="Change or delete one row of each pair.",
    when="before an exclusion constraint is enforced",
)
