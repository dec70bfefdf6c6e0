"""FW115: something between this machine and the server that shares sessions out."""

from falsework.checks.check import Standing
from falsework.checks.situation import asking
from falsework.engines.condition import Ask

CHECK = Standing(
    code="FW115",
    title="a pooler in the way",
    effect="The run lock, the lock timeout and the strict mode belong to a session: through a "
    "pooler they may be somebody else's.",
    remedy="Give falsework a URL that leads to the server itself.",
    when="before any phase",
    ask=Ask.POOLER,
    look=asking(Ask.POOLER),
)
