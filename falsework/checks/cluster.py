"""FW122: servers that all have to agree."""

from falsework.checks.check import Standing
from falsework.checks.situation import asking
from falsework.engines.condition import Ask

CHECK = Standing(
    code="FW122",
    title="a cluster that certifies every write",
    effect="DDL stalls all its members for as long as it runs; large transactions are refused.",
    remedy="Keep lock_budget short there, so that only quick steps run, and chunks small.",
    when="before any phase",
    ask=Ask.CLUSTER,
    look=asking(Ask.CLUSTER),
)
