"""A finding that somebody has decided to live with, for a reason and for a time."""

from __future__ import annotations

from datetime import date

from falsework.model.frozen import Frozen


class Waiver(Frozen, frozen=True):
    """What a check may find without anybody being told.

    ``check``    the code of the check
    ``subject``  what it is about, as the finding names it; "" for all that the check finds
    ``reason``   why it does not matter
    ``until``    the last day on which it holds: everything is worth a second look some day
    """

    check: str
    reason: str
    until: date
    subject: str = ""

    def __str__(self) -> str:
        about = f" {self.subject}" if self.subject else ""
        return f"{self.check}{about} until {self.until}"
