"""FW120: tables whose rows are replicated without their schema."""

from falsework.checks.check import Standing
from falsework.checks.situation import asking
from falsework.engines.condition import Ask

CHECK = Standing(
    code="FW120",
    title="logical replication of touched tables",
    effect="It carries no DDL: a subscriber without the new column stops at the first row that "
    "has it.",
    remedy="Change the subscribers' tables first, and the publishers' last.",
    when="before a phase changes the columns of such a table",
    ask=Ask.REPLICATED,
    look=asking(Ask.REPLICATED),
)
