"""The base of everything in the model: immutable, equal when equal, JSON both ways, strict."""

from __future__ import annotations

import msgspec


class Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A frozen value. Decoding refuses fields it does not know."""


class Tagged(Frozen, frozen=True, tag=True, tag_field="kind"):
    """A frozen value that is one of several: its JSON carries the class name as ``kind``."""
