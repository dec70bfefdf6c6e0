"""FW123: a connection at whose other end nobody asks who answers."""

from collections.abc import Iterator

from falsework.checks.check import Standing
from falsework.checks.situation import Situation
from falsework.model.remark import Remark


def _look(situation: Situation) -> Iterator[Remark]:
    if not situation.target.verified:
        text = "nobody asks who answers at the other end of the connection (tls = insecure)"
        yield Remark("", text)


CHECK = Standing(
    code="FW123",
    title="a connection that is not verified",
    effect="Whoever sits between may read and change all that goes over it.",
    remedy='Set tls = "verify", with the authority\'s certificate in the URL where it is your own.',
    when="at any time",
    look=_look,
)
