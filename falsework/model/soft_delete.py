"""How rows of a table are marked deleted, since when, and what must hold before they may go."""

from __future__ import annotations

from falsework.model.frozen import Frozen


class SoftDelete(Frozen, frozen=True):
    """The policy of one table. ``engines.marks`` spells the rows that it means.

    ``at``      the column with the time of the mark
    ``column``  the column that carries the mark; None: a row with a time is marked
    ``values``  the values of it that are the mark; (): anything but 0, false, '' and NULL
    ``idle``    SQL in the engine's normal form that must hold for a row to go; NULL does not do
    ``host``    the column that says which host a row belongs to
    ``after``   seconds that a row stays marked before it may go; None: whoever reclaims says
    ``local``   whether times without a zone are in the database's own one; else they are UTC
    ``takes``   tables without a policy whose rows go with the rows that they refer to
    """

    at: str
    column: str | None = None
    values: tuple[str | int, ...] = ()
    idle: str | None = None
    host: str | None = None
    after: float | None = None
    local: bool = False
    takes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return tuple(name for name in (self.column, self.at, self.host) if name is not None)
