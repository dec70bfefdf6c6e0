"""FW103: indexes that the server has and does not use."""

from collections.abc import Iterator

from falsework.checks.check import Standing
from falsework.checks.situation import Situation
from falsework.model.remark import Remark


def _look(situation: Situation) -> Iterator[Remark]:
    for table in situation.live.tables:
        for index in table.indexes:
            if not index.valid:
                yield Remark(str(table.name), f"index {index.name} is invalid")


CHECK = Standing(
    code="FW103",
    title="invalid indexes",
    effect="A build was broken off: every write keeps the index up to date, and no query uses it.",
    remedy="Drop the index, or build it anew, in a quiet moment.",
    when="at any time",
    look=_look,
)
