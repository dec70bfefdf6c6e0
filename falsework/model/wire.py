"""Plans and schemas as JSON: versioned, strict, the same bytes for the same value.

The document carries its own digest. One that was cut, edited, made by a newer falsework or is no
plan at all is refused with what to do; unknown fields are refused, never ignored.
"""

from __future__ import annotations

import msgspec

from falsework.errors import PlanMismatch
from falsework.model.frozen import Frozen, encode
from falsework.model.plan import FORMAT, Plan
from falsework.model.schema import Schema
from falsework.model.texts import Spelled


class _Head(msgspec.Struct, frozen=True):
    """What every format of the document has: read first, and leniently."""

    falsework_plan: int
    digest: str


class _Document(Frozen, frozen=True):
    falsework_plan: int
    digest: str
    plan: Plan


def dump_plan(plan: Plan) -> bytes:
    """The plan as indented UTF-8 JSON, ending in a newline."""
    document = _Document(plan.format, plan.digest, plan)
    return msgspec.json.format(encode(document), indent=1) + b"\n"


def load_plan(data: bytes, origin: str) -> Plan:
    """The plan in ``data``. Raises PlanMismatch; ``origin`` names the source for people."""
    head = _head(data, origin)
    if head.falsework_plan > FORMAT:
        raise PlanMismatch(
            f"{origin}: the plan has format {head.falsework_plan}; this falsework reads {FORMAT}",
            why="a newer falsework wrote it",
            do="run this command with that falsework, or make the plan again with this one",
        )
    try:
        document = msgspec.json.decode(data, type=_Document)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise PlanMismatch(
            f"{origin}: this is no plan of format {FORMAT}: {error}",
            why="it was edited, or written by something else",
            do="make the plan again: db-plan --out FILE",
        ) from None
    if document.plan.digest != document.digest or document.plan.format != head.falsework_plan:
        raise PlanMismatch(
            f"{origin}: the plan does not have the digest written in it",
            why="it was edited after db-plan wrote it",
            do="make the plan again: db-plan --out FILE",
        )
    return document.plan


def _head(data: bytes, origin: str) -> _Head:
    try:
        return msgspec.json.decode(data, type=_Head)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise PlanMismatch(
            f"{origin}: this is not a whole plan: {error}",
            why="the file was cut short, or it is something else",
            do="make the plan again: db-plan --out FILE",
        ) from None


def dump_schema(schema: Schema) -> bytes:
    """The schema as JSON."""
    return encode(schema)


def load_schema(data: bytes) -> Schema:
    """The schema in ``data``; msgspec.ValidationError where it is none."""
    return msgspec.json.decode(data, type=Schema)


def dump_record(record: tuple[Spelled, ...]) -> bytes:
    """How a server spelled the models' texts, as JSON."""
    return encode(record)


def load_record(data: bytes) -> tuple[Spelled, ...]:
    """The record in ``data``; msgspec.ValidationError where it is none."""
    return msgspec.json.decode(data, type=tuple[Spelled, ...])
