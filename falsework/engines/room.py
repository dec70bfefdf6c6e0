"""Room on the disk of a server: over SQL nobody tells it, so it is asked of this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from falsework.engines.condition import CannotTell
from falsework.model.remark import Remark


def room(folder: str | None, needed: int, *, here: bool) -> Iterator[Remark]:
    """A remark where less is left than so many bytes.

    ``folder``  where the server keeps its data; None: this user may not know
    ``here``    whether the server is on this machine, as far as its URL says
    """
    if not here:
        raise CannotTell("the server is on another machine: look there for room on its disk")
    if folder is None or not Path(folder).is_dir():
        raise CannotTell("the server's folder is not shown to this user: look for room on its disk")
    left = shutil.disk_usage(folder).free
    if left < needed:
        text = f"{left // 1_000_000} MB are left in {folder}, a step needs {needed // 1_000_000}"
        yield Remark("", text, stops=True)
