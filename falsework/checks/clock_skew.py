"""FW116: a server whose clock differs from this machine's."""

from falsework.checks.check import Standing
from falsework.checks.situation import asking
from falsework.engines.condition import Ask

CHECK = Standing(
    code="FW116",
    title="clock skew",
    effect="Journal and leases go by the server's clock: ages of rows, and times in logs of both "
    "machines, do not fit together.",
    remedy="Let both machines follow one time server.",
    when="at any time",
    ask=Ask.CLOCK,
    look=asking(Ask.CLOCK),
)
