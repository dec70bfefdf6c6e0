"""The base of everything in the model: immutable, equal when equal, JSON both ways, strict."""

from __future__ import annotations

import msgspec


def _plain(value: object) -> str:
    """A name as SQLAlchemy has it is a subclass of str, and the same name."""
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"{type(value).__name__} is no part of the model")


_encoder = msgspec.json.Encoder(enc_hook=_plain)


def encode(value: object) -> bytes:
    """Frozen data as JSON, in declaration order: the same bytes for the same value."""
    return _encoder.encode(value)


class Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A frozen value. Decoding refuses fields it does not know.

    What has its default value is not written: a field that a later release adds leaves the JSON,
    and so the digest, of everything as it was that does not use it.
    """


class Tagged(Frozen, frozen=True, tag=True, tag_field="kind", gc=False):
    """A frozen value that is one of several: its JSON carries the class name as ``kind``."""
