"""FW104: constraints that the server holds for new rows only."""

from collections.abc import Iterator

from falsework.checks.check import Standing
from falsework.checks.situation import Situation
from falsework.model.remark import Remark
from falsework.model.schema import Table

UNVALIDATED = "unvalidated "
"""How the reader begins what it says of other unvalidated constraints of a table."""


def _look(situation: Situation) -> Iterator[Remark]:
    ours = {s.table for s in situation.plan.steps if s.id in situation.done}
    for table in situation.live.tables:
        if table.name in ours:  # a step of the plan under way will validate its own
            continue
        for name in _names(table):
            yield Remark(str(table.name), f"{name} has not been checked against old rows")


def _names(table: Table) -> Iterator[str]:
    yield from (f"foreign key {k.name}" for k in table.foreign_keys if not k.valid)
    yield from (f"check {c.name}" for c in table.checks if not c.valid)
    yield from (o.removeprefix(UNVALIDATED) for o in table.opaque if o.startswith(UNVALIDATED))


CHECK = Standing(
    code="FW104",
    title="constraints that are not validated",
    effect="Old rows may break what the constraint promises; a dump of them cannot be restored.",
    remedy="Mend the rows that break it, then validate it: ALTER TABLE ... VALIDATE CONSTRAINT.",
    when="at any time",
    look=_look,
)
