"""FW006: rows that a drop in contract loses."""

from falsework.checks.check import Derived
from falsework.model.plan import QuestionKind

CHECK = Derived(
    code="FW006",
    kind=QuestionKind.LOST,
    title="rows that a drop loses",
    effect="What they hold is gone after db-contract.",
    remedy="Copy what is still wanted before db-contract.",
    when="before a column or table is dropped",
)
