"""Rates of one server as a file: what ``falsework calibrate`` writes and a plan goes by."""

from __future__ import annotations

import msgspec

from falsework.errors import ConfigError
from falsework.model.engine import Server
from falsework.model.forecast import Origin, Pace
from falsework.model.frozen import Frozen, encode

FORMAT = 1


class Measured(Frozen, frozen=True):
    """Paces of a server.

    ``version``  the server's, whole
    ``server``   which one it was, and ``written`` when, for people
    """

    falsework_rates: int
    engine: str
    version: tuple[int, ...]
    server: str
    written: str
    paces: tuple[Pace, ...]


def dump(measured: Measured) -> bytes:
    """The file: indented JSON, ending in a newline."""
    return msgspec.json.format(encode(measured), indent=1) + b"\n"


def load(data: bytes, origin: str, server: Server) -> tuple[Pace, ...]:
    """The paces in ``data`` for this server; ``origin`` names the file for people.

    Raises ConfigError for what is no such file, and for rates of another engine or version.
    """
    try:
        found = msgspec.json.decode(data, type=Measured)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _wrong(origin, f"it holds no rates of format {FORMAT}: {error}") from None
    if found.falsework_rates != FORMAT:
        raise _wrong(origin, f"it has format {found.falsework_rates}, and this falsework {FORMAT}")
    if not all(0 < p.slow <= p.fast < float("inf") and p.width >= 0 for p in found.paces):
        raise _wrong(origin, "a rate in it is no number of rows a second")
    if (found.engine, found.version[:1]) != (server.engine.name, server.version[:1]):
        measured = ".".join(map(str, found.version))
        here = ".".join(map(str, server.version))
        raise _wrong(
            origin,
            f"they were measured on {found.engine} {measured}, and this is "
            f"{server.engine.name} {here}",
        )
    return tuple(msgspec.structs.replace(p, origin=Origin.CALIBRATED) for p in found.paces)


def _wrong(origin: str, why: str) -> ConfigError:
    return ConfigError(
        f"{origin}: these rates cannot be used",
        why=why,
        do="measure this server: falsework calibrate --out FILE; or leave the setting rates out",
    )
