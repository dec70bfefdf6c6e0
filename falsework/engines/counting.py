"""How counters count, in one form: whatever an engine does by itself is not said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from falsework.model.objects import Counting


class Said(NamedTuple):
    """What models, or a catalog, say of a counter; None: nothing."""

    start: int | None = None
    increment: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    cycle: bool | None = None
    cache: int | None = None


class Counters(NamedTuple):
    """What an engine does where nothing is said.

    ``ranges``  the least and the greatest number of each type that can count
    ``type``    the type where none is named
    ``cache``   how many numbers a session takes at once
    ``ends``    how it says that a counter does not begin anew
    """

    ranges: Mapping[str, tuple[int, int]]
    type: str
    cache: int
    ends: str = "NO CYCLE"

    def counting(self, said: Said, type: str) -> Counting:
        """The normal form. Up it counts from 1, down from -1, as far as its type goes."""
        low, high = self.ranges.get(type, self.ranges[self.type])
        increment = said.increment or 1
        usual_minimum, usual_maximum = (1, high) if increment > 0 else (low, -1)
        minimum = usual_minimum if said.minimum is None else said.minimum
        maximum = usual_maximum if said.maximum is None else said.maximum
        begin = minimum if increment > 0 else maximum
        start = begin if said.start is None else said.start
        cache = self.cache if said.cache is None else said.cache
        return Counting(
            start=None if start == begin else start,
            increment=increment,
            minimum=None if minimum == usual_minimum else minimum,
            maximum=None if maximum == usual_maximum else maximum,
            cycle=bool(said.cycle),
            cache=None if cache == self.cache else cache,
        )

    def whole(self, counting: Counting, type: str) -> Said:
        """The same with everything said that the engine does by itself."""
        low, high = self.ranges.get(type, self.ranges[self.type])
        up = counting.increment > 0
        minimum = (1 if up else low) if counting.minimum is None else counting.minimum
        maximum = (high if up else -1) if counting.maximum is None else counting.maximum
        begin = minimum if up else maximum
        return Said(
            start=begin if counting.start is None else counting.start,
            increment=counting.increment,
            minimum=minimum,
            maximum=maximum,
            cycle=counting.cycle,
            cache=self.cache if counting.cache is None else counting.cache,
        )


def words(counting: Counting, counters: Counters, type: str) -> str:
    """The options as CREATE and ALTER SEQUENCE take them, each one said."""
    said = counters.whole(counting, type)
    return (
        f"INCREMENT BY {said.increment:d} MINVALUE {said.minimum:d} MAXVALUE {said.maximum:d} "
        f"START WITH {said.start:d} CACHE {said.cache:d} {'CYCLE' if said.cycle else counters.ends}"
    )
