"""FW107: transactions that have been open for long."""

from falsework.checks.check import Standing
from falsework.checks.situation import asking
from falsework.engines.condition import Ask

CHECK = Standing(
    code="FW107",
    title="long transactions",
    effect="A step that wants the lock of a table waits for everybody who has used it, and an "
    "online build for every transaction that is older than it.",
    remedy="Let them end, or end them.",
    when="right before a phase",
    ask=Ask.LONG_TRANSACTIONS,
    look=asking(Ask.LONG_TRANSACTIONS),
)
