"""FW003: rows without a parent where a foreign key is to come."""

from falsework.checks.check import Derived
from falsework.model.plan import QuestionKind

CHECK = Derived(
    code="FW003",
    kind=QuestionKind.ORPHANS,
    title="rows without a parent where a foreign key is to come",
    effect="The server refuses the foreign key as long as one row refers to nothing.",
    remedy="Delete these rows, or give them a parent.",
    when="before a foreign key is enforced",
)
