"""FW108: sessions that keep a lock on a table that a step needs."""

from falsework.checks.check import Standing
from falsework.checks.situation import asking
from falsework.engines.condition import Ask

CHECK = Standing(
    code="FW108",
    title="sessions in the way of the next steps",
    effect="A step on the table tries for its lock until they are gone, at most for --lock-wait.",
    remedy="Let them end, or end them.",
    when="right before a phase",
    ask=Ask.HOLDERS,
    look=asking(Ask.HOLDERS),
)
