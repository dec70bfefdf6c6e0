"""FW001: NULLs where NOT NULL is to come. The check this project began with."""

from falsework.checks.check import Derived
from falsework.model.plan import QuestionKind

CHECK = Derived(
    code="FW001",
    kind=QuestionKind.NULLS,
    title="NULL where NOT NULL is to come",
    effect="The server refuses NOT NULL as long as one row holds NULL.",
    remedy="Give these rows a value, or declare one with fill(...) on the column.",
    when="before a column becomes NOT NULL",
)
