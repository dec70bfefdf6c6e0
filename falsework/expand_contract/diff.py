"""All changes between a live schema and the models, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator

from falsework.expand_contract.changes import CHANGES, Change
from falsework.expand_contract.upgrade import Upgrade, pairs


def changes(upgrade: Upgrade) -> Iterator[Change]:
    """Table by table in name order, kind by kind in the order of ``CHANGES``."""
    for pair in pairs(upgrade):
        for kind in CHANGES:
            yield from kind.detect(upgrade, pair)
