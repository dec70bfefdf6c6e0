"""FW118: who is connected before contract."""

from falsework.checks.check import Standing
from falsework.checks.situation import asking
from falsework.engines.condition import Ask
from falsework.model.plan import Phase

CHECK = Standing(
    code="FW118",
    title="sessions that may be an old release's",
    effect="db-contract takes away what release A needs: its statements fail from then on.",
    remedy="Make sure that none of them is release A.",
    when="before db-contract",
    phases=frozenset({Phase.CONTRACT}),
    ask=Ask.SESSIONS,
    look=asking(Ask.SESSIONS),
)
