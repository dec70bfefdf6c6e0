"""FW110: a disk that is too full for what a step needs while it runs."""

from collections.abc import Iterable

from falsework.checks.check import Standing
from falsework.checks.situation import Situation
from falsework.engines.condition import Ask
from falsework.model.remark import Remark


def _look(situation: Situation) -> Iterable[Remark]:
    """Nothing is asked where no step that is left needs room."""
    return situation.ask(Ask.ROOM) if situation.needed else ()


CHECK = Standing(
    code="FW110",
    title="disk head-room for the plan",
    effect="The step breaks off when the disk is full, and so does everybody else's writing.",
    remedy="Make room, or purge soft-deleted rows first: fewer rows need less.",
    when="before a phase that copies a table or builds an index",
    ask=Ask.ROOM,
    look=_look,
)
