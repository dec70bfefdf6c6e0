"""What the two releases write while an upgrade is under way, row by row.

A log of these, in the order of their commits, is what the predictor reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from falsework.model.plan import Release

Row: TypeAlias = Mapping[str, object]
Rows: TypeAlias = Mapping[str, Sequence[Row]]


class Stage(IntEnum):
    """How far the upgrade was when something was written. A stage lasts until the next begins."""

    EXPANDING = 0
    EXPANDED = 1
    MIGRATING = 2
    MIGRATED = 3
    CONTRACTING = 4


@dataclass(frozen=True, slots=True)
class Insert:
    """A new row: the columns that the statement named, and the key if the server gave it."""

    release: Release
    table: str
    values: Row


@dataclass(frozen=True, slots=True)
class Update:
    """New values for the rows that hold ``where``."""

    release: Release
    table: str
    where: Row
    values: Row


@dataclass(frozen=True, slots=True)
class Delete:
    """The end of the rows that hold ``where``."""

    release: Release
    table: str
    where: Row


@dataclass(frozen=True, slots=True)
class Upsert:
    """A new row, or new values for the row that has the same ``key`` columns."""

    release: Release
    table: str
    key: tuple[str, ...]
    values: Row


Write: TypeAlias = Insert | Update | Delete | Upsert
Log: TypeAlias = Sequence[Write | Stage]
