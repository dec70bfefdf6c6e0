"""FW106: tables that are kept otherwise than the others."""

from falsework.checks.check import Standing
from falsework.checks.situation import asking
from falsework.engines.condition import Ask

CHECK = Standing(
    code="FW106",
    title="mixed storage engines and collations",
    effect="A table without transactions keeps half of a broken-off fill; texts of different "
    "collations are compared without an index, and no foreign key joins them.",
    remedy="Move these tables to what the others have.",
    when="before a change fills the table or ties it to another",
    ask=Ask.MIXED,
    look=asking(Ask.MIXED),
)
