"""FW114: counters that are close to the end of their type."""

from falsework.checks.check import Standing
from falsework.checks.situation import asking
from falsework.engines.condition import Ask

CHECK = Standing(
    code="FW114",
    title="integer keys near exhaustion",
    effect="At the last number every INSERT into the table fails, and a wider type for a table so "
    "large takes long.",
    remedy="Widen the column in the next release (Integer to BigInteger), with all that refer to "
    "it.",
    when="at any time, early enough",
    ask=Ask.COUNTERS,
    look=asking(Ask.COUNTERS),
)
