"""FW102: an upgrade that began and is not at its end."""

from collections.abc import Iterable

from falsework.checks.check import Standing
from falsework.checks.situation import Situation
from falsework.model.remark import Remark


def _look(situation: Situation) -> Iterable[Remark]:
    return situation.unfinished


CHECK = Standing(
    code="FW102",
    title="data migrations that are not finished",
    effect="Rows are in two states, and the triggers that keep them together cost every write.",
    remedy="Go on: db-status says which command is due.",
    when="before the next upgrade begins, and before its contract",
    look=_look,
)
