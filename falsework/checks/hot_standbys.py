"""FW121: standbys that answer queries, which a strong lock cancels there."""

from falsework.checks.check import Standing
from falsework.checks.situation import asking
from falsework.engines.condition import Ask

CHECK = Standing(
    code="FW121",
    title="hot standbys",
    effect="A strong lock is replayed there as well: it waits for queries on the table, then "
    "cancels them.",
    remedy="See max_standby_streaming_delay; keep long queries off the standbys during a phase.",
    when="right before a phase",
    ask=Ask.STANDBYS,
    look=asking(Ask.STANDBYS),
)
