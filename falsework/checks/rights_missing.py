"""FW119: new tables that the application's role cannot use."""

from collections.abc import Iterator

from falsework.checks.check import Standing
from falsework.checks.situation import Situation
from falsework.engines.condition import CannotTell
from falsework.model.edits import CreateTable
from falsework.model.grant import usual
from falsework.model.remark import Remark


def _look(situation: Situation) -> Iterator[Remark]:
    grants = situation.grants
    if not grants:
        raise CannotTell("this server tells this user of no other role's privileges")
    made = {e.table for s in situation.plan.steps for e in s.effect if isinstance(e, CreateTable)}
    tables = [t.name for t in situation.live.tables]
    for name in sorted(made.intersection(tables)):
        neighbours = [t for t in tables if t.schema == name.schema and t not in made]
        given = {g.grantee: g.privileges for g in grants.get(name, ())}
        for role in usual(grants, neighbours):
            missing = [p for p in role.privileges if p not in given.get(role.grantee, ())]
            if missing:
                who = role.grantee or "everybody"
                yield Remark(
                    str(name), f"{who} lacks {', '.join(missing)}, which other tables give"
                )


CHECK = Standing(
    code="FW119",
    title="roles without rights on a new table",
    effect="Release B's statements on the table fail for the role that it connects as.",
    remedy="GRANT what is missing, and name the role in grant_to before the next upgrade.",
    when="after db-expand, before release B starts",
    look=_look,
)
