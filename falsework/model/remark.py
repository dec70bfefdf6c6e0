"""What somebody who looked at a database has to say of it."""

from __future__ import annotations

from falsework.model.frozen import Frozen


class Remark(Frozen, frozen=True):
    """One thing to know, for people.

    ``subject``  what it is about: a table, a session, a setting; "" for the database as a whole
    ``text``     what was seen, a clause without its full stop; never a value of a row
    ``remedy``   what to type or to do about this one; "" where the check says it for all
    ``stops``    whether the upgrade, or the application, is sure to fail over it
    """

    subject: str
    text: str
    remedy: str = ""
    stops: bool = False
