"""How far a server's clock is from this machine's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from falsework.model.remark import Remark


def skew(server: Callable[[], float], limit: float) -> Iterator[Remark]:
    """A remark where the clocks differ by more than ``limit`` seconds.

    ``server``  asks for the server's time, in seconds since 1970; what the answer may have been
                on its way counts for nothing
    """
    before = time.time()
    there = server()
    after = time.time()
    ahead = there - after if there > after else min(there - before, 0.0)
    if abs(ahead) > limit:
        way = "ahead of" if ahead > 0 else "behind"
        yield Remark("", f"the server's clock is {abs(ahead):.0f} s {way} this machine's")
