"""How long work takes and how much room it needs: rates, their spread, and where they come from.

Pure arithmetic. A pace says how fast this or another server once did one kind of work; a forecast
is a range, because tables are wider or narrower than the one that was measured, and disks busier.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from math import log, log2

from msgspec.structs import replace

from falsework.model.frozen import Frozen


class Labour(StrEnum):
    """The kinds of work whose time grows with the table."""

    SCAN = "scan"  # reads every row
    WALK = "walk"  # reads every row along a key, in chunks, and writes hardly any
    FILL = "fill"  # writes every row along a key, in chunks
    BUILD = "build"  # builds an index
    REWRITE = "rewrite"  # writes every row anew


class Origin(StrEnum):
    """Where a pace comes from, the best one first."""

    HISTORY = "history"
    CALIBRATED = "calibrated"
    SHIPPED = "shipped"

    @property
    def text(self) -> str:
        """For people."""
        return _ORIGINS[self]


_ORIGINS = {
    Origin.HISTORY: "steps that ran in this database",
    Origin.CALIBRATED: "falsework calibrate",
    Origin.SHIPPED: "shipped, low on purpose: falsework calibrate measures this server",
}


class Pace(Frozen, frozen=True):
    """How fast one kind of work goes: between ``slow`` and ``fast`` rows a second, above 0.

    ``width``  bytes of a row (its share of the indexes included) that this is for; 0: not known,
               and then rows alone count
    """

    labour: Labour
    slow: float
    fast: float
    width: float = 0.0
    origin: Origin = Origin.SHIPPED

    def least(self, rows: int, size: int | None) -> float:
        """Seconds at least: work is bound by rows or by bytes, and nobody knows by which."""
        return rows / self.fast * min(1.0, self._wider(rows, size))

    def most(self, rows: int, size: int | None) -> float:
        """Seconds at most."""
        return rows / self.slow * max(1.0, self._wider(rows, size))

    def _wider(self, rows: int, size: int | None) -> float:
        """How many times wider the rows are than those that were measured."""
        return size / rows / self.width if rows and size and self.width else 1.0


class Forecast(Frozen, frozen=True):
    """What some work takes.

    ``least``, ``most``  seconds; None: the rows are not known
    ``disk``             bytes needed besides while it runs, at most; None: not known
    ``rate``             rows a second that ``most`` assumes; 0 where rows do not matter
    """

    least: float | None = 0.0
    most: float | None = 0.0
    disk: int | None = 0
    rate: float = 0.0


class Rates(Frozen, frozen=True):
    """Paces of every labour, of one origin or of several.

    ``disk``    bytes that a labour needs besides, for each byte of the table and its indexes, at
                most, by labour; one that is left out needs none
    ``source``  who says so
    """

    paces: tuple[Pace, ...]
    disk: tuple[tuple[Labour, float], ...] = ()
    source: str = ""

    def pace(self, labour: Labour, rows: int, size: int | None) -> Pace:
        """The pace to go by: of the best origin, of rows as wide as these.

        Raises LookupError where there is none at all.
        """
        known = [p for p in self.paces if p.labour is labour]
        if not known:
            raise LookupError(f"no rate for {labour}")
        best = min((*Origin,).index(p.origin) for p in known)
        width = size / rows if rows and size else 0.0

        def unlike(pace: Pace) -> float:
            return abs(log(pace.width / width)) if pace.width and width else 0.0

        return min((p for p in known if (*Origin,).index(p.origin) == best), key=unlike)

    def forecast(
        self, labour: Labour, rows: int | None, size: int | None, *, easiest: Labour | None = None
    ) -> Forecast:
        """What the labour takes for a table of so many rows and bytes, None where not known.

        ``easiest``  what it may turn out to be instead, at best
        """
        pace = self.pace(labour, rows or 0, size)
        slow = float(pace.slow)  # 40000 and 40000.0 are equal, and another JSON
        disk = self._extra(labour, size)
        if rows is None:
            return Forecast(None, None, disk, slow)
        most = pace.most(rows, size)
        lightest = pace if easiest is None else self.pace(easiest, rows, size)
        least = min(most, lightest.least(rows, size))
        return Forecast(least, most, disk, rows / most if rows else slow)

    def _extra(self, labour: Labour, size: int | None) -> int | None:
        """Bytes that the labour needs besides, at most; None where the table's are not known."""
        share = dict(self.disk).get(labour, 0.0)
        if not share:
            return 0
        return None if size is None else round(size * share)

    def joined(self, *others: Iterable[Pace]) -> Rates:
        """With more paces beside these."""
        return replace(self, paces=(*self.paces, *(p for some in others for p in some)))


class Sample(Frozen, frozen=True):
    """Work that was done: so many rows, bytes of the table (None: not known), seconds above 0."""

    labour: Labour
    rows: int
    size: int | None
    seconds: float

    @property
    def width(self) -> float:
        """Bytes of a row; 0 where they are not known."""
        return self.size / self.rows if self.size else 0.0


SLOWER = 2.0
"""How much slower than ever seen work may go: a busier disk, a table that memory does not hold."""

FASTER = 1.25
"""How much faster than ever seen: what was in memory, this time."""


def learned(samples: Iterable[Sample], origin: Origin) -> tuple[Pace, ...]:
    """One pace for each labour and width (within a factor of 2) that was seen, with a margin."""
    groups: dict[tuple[Labour, int], list[Sample]] = {}
    for sample in samples:
        octave = round(log2(sample.width)) if sample.width else -1
        groups.setdefault((sample.labour, octave), []).append(sample)
    return tuple(_pace(key[0], some, origin) for key, some in sorted(groups.items()))


def _pace(labour: Labour, samples: list[Sample], origin: Origin) -> Pace:
    seen = [s.rows / s.seconds for s in samples]
    rows = sum(s.rows for s in samples)
    width = sum(s.size or 0 for s in samples) / rows
    return Pace(labour, min(seen) / SLOWER, max(seen) * FASTER, width, origin)


def told(paces: Iterable[Pace]) -> str:
    """Where the paces come from, for people: the best origin first; "" for none."""
    found = {(p.origin, p.labour) for p in paces}
    parts = [
        (origin.text, ", ".join(x for x in Labour if (origin, x) in found))
        for origin in Origin
        if any(o is origin for o, _ in found)
    ]
    if len(parts) == 1:
        return parts[0][0]
    return "; ".join(f"{labours}: {text}" for text, labours in parts)
