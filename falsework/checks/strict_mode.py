"""FW112: a server that turns values that do not fit into others."""

from falsework.checks.check import Standing
from falsework.checks.situation import asking
from falsework.engines.condition import Ask

CHECK = Standing(
    code="FW112",
    title="sessions without strict mode",
    effect="Once a column is NOT NULL or shorter, what the application writes there is cut or "
    "turned into zero without an error.",
    remedy="Set the server's sql_mode to a strict one, and see that the application keeps it.",
    when="before a column becomes NOT NULL or shorter",
    ask=Ask.STRICT,
    look=asking(Ask.STRICT),
)
