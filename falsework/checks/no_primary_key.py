"""FW105: tables whose rows nothing tells apart."""

from collections.abc import Iterator

from falsework.checks.check import Standing
from falsework.checks.situation import Situation
from falsework.model.remark import Remark


def _look(situation: Situation) -> Iterator[Remark]:
    for table in situation.live.tables:
        if table.primary_key is not None:
            continue
        key = table.walk_key
        instead = f"; ({', '.join(key)}) is unique and could be it" if key else ""
        yield Remark(str(table.name), f"has no primary key{instead}")


CHECK = Standing(
    code="FW105",
    title="tables without a primary key",
    effect="No fill can walk such a table in chunks, and replicas look every changed row up by "
    "reading the table.",
    remedy="Add a primary key, or waive the table.",
    when="before a change fills the table",
    look=_look,
)
