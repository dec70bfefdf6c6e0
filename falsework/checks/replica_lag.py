"""FW109: replicas that are behind."""

from falsework.checks.check import Standing
from falsework.checks.situation import asking
from falsework.engines.condition import Ask

CHECK = Standing(
    code="FW109",
    title="replicas that lag behind",
    effect="A fill makes them lag further: what the application reads there is older still.",
    remedy="Let them catch up before a phase, or fill more slowly (--chunk-seconds).",
    when="right before a phase",
    ask=Ask.LAG,
    look=asking(Ask.LAG),
)
