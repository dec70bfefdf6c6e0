"""FW117: a server that is older than the one the plan was made for."""

from collections.abc import Iterator

from falsework.checks.check import Standing
from falsework.checks.situation import Situation
from falsework.model.remark import Remark


def _look(situation: Situation) -> Iterator[Remark]:
    assumed, found = situation.plan.version, situation.target.server.version
    if found < assumed:
        text = f"the plan was made for version {_dotted(assumed)}, the server has {_dotted(found)}"
        yield Remark("", text, stops=True)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


CHECK = Standing(
    code="FW117",
    title="a server older than the plan assumes",
    effect="What costs nothing on a newer server may rewrite the table here, or fail.",
    remedy="Plan anew on this server: db-plan --anew.",
    when="before any phase of a plan that was made elsewhere or earlier",
    look=_look,
)
