"""Checks as users bring them: by decorator, and a class as oslo.upgradecheck has them."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import text

from falsework.checks import Remark, Situation, check


@check(code="APP1", title="large shoes", effect="They do not fit.", remedy="Buy larger boxes.")
def large_shoes(situation: Situation) -> Iterator[Remark]:
    found = situation.connection.scalar(text("SELECT count(*) FROM people WHERE shoe > 39"))
    if found:
        yield Remark("people", f"{found} need larger boxes")


@check(code="APP2", title="writing", effect="x.", remedy="x.", before=["contract"])
def writing(situation: Situation) -> Iterator[Remark]:
    situation.connection.execute(text("DELETE FROM people"))
    yield Remark("", "it could write")


class Told(NamedTuple):
    """What a check of such a class returns."""

    code: int
    details: str | None = None


class Classic:
    """As services have it, without oslo: it needs only the names."""

    def __init__(self) -> None:
        self.seen = 0

    def _cells(self) -> Told:
        self.seen += 1
        return Told(0)

    def _placement(self, service: str) -> Told:
        return Told(2, f"There is no {service} endpoint; {self.seen} cells were seen.")

    def _slow(self) -> Told:
        raise RuntimeError("no route to host")

    _upgrade_checks = (
        ("Cells v2", _cells),
        ("Placement API", (_placement, {"service": "placement"})),
        ("Slow", _slow),
    )


number = 42
twice = [large_shoes, large_shoes]
