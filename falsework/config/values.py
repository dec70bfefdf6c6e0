"""What settings take: a value as a file, a variable or an option has it, made what it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from falsework.declare import SOFT_DELETE, SoftDeletion, soft_delete
from falsework.engines.tls import Tls
from falsework.model.waiver import Waiver


class Wrong(ValueError):
    """A value that its setting does not take; the text says what it takes."""


def duration(value: object) -> float:
    """Seconds from a number of seconds, or from text such as 90d, 2h, 1h30m, 0.5s, 50ms."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, str) and (_NUMBER.fullmatch(value) or _DURATION.fullmatch(value)):
        parts = _PART.findall(value) if not _NUMBER.fullmatch(value) else [(value, "s")]
        seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    else:
        raise Wrong('a duration, such as 90, "0.5s", "30m", "2h" or "90d"')
    if not 0 < seconds < float("inf"):
        raise Wrong("a duration above 0")
    return seconds


_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = re.compile(r"\d+(\.\d+)?")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhd])")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")


def text(value: object) -> str:
    """A text without the blanks around it."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise Wrong("a text that is not empty")


def url(value: object) -> str:
    """What may hold a password."""
    return text(value)


def texts(value: object) -> tuple[str, ...]:
    """A list of texts; one text with commas stands for one, as in a variable."""
    parts = value.split(",") if isinstance(value, str) else value
    if isinstance(parts, list | tuple) and parts:
        return tuple(text(part) for part in parts)
    raise Wrong("a list of texts")


def tls(value: object) -> str:
    """One of the words of ``Tls``."""
    if isinstance(value, str) and value in (*Tls,):
        return value
    raise Wrong(" or ".join(Tls))


def count(value: object) -> int:
    """A whole number above 0."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise Wrong("a whole number above 0")


def soft_deletes(value: object) -> tuple[tuple[str, SoftDeletion], ...]:
    """Policies by table: what ``soft_delete(...)`` takes, with ``after`` as any duration."""
    if not isinstance(value, Mapping):
        raise Wrong("tables, in a file: [soft_delete.instances], then its keys")
    return tuple((table, _soft_delete(table, said)) for table, said in sorted(value.items()))


_WAIVER = "a list of tables, in a file: [[waivers]] with check, reason, until and maybe subject"


def waivers(value: object) -> tuple[Waiver, ...]:
    """Findings to live with; each needs a reason, and a day on which it ends."""
    if not isinstance(value, list):
        raise Wrong(_WAIVER)
    return tuple(map(_waiver, value))


def _waiver(said: object) -> Waiver:
    if not isinstance(said, Mapping) or not {*said} <= {"check", "subject", "reason", "until"}:
        raise Wrong(_WAIVER)
    until = said.get("until")
    if isinstance(until, str):
        try:
            until = date.fromisoformat(until)
        except ValueError:
            until = None
    if type(until) is not date:  # a day, not a moment
        raise Wrong("until = 2027-01-31, the last day of the waiver")
    return Waiver(
        check=text(said.get("check")),
        reason=text(said.get("reason")),
        until=until,
        subject=text(said["subject"]) if "subject" in said else "",
    )


def _soft_delete(table: str, said: object) -> SoftDeletion:
    if not isinstance(said, Mapping):
        raise Wrong(f"a table [soft_delete.{table}] with keys such as at and after")
    given = dict(said)
    try:
        if "after" in given:
            given["after"] = timedelta(seconds=duration(given["after"]))
        found: SoftDeletion = soft_delete(**given)[SOFT_DELETE]
    except Wrong as wrong:
        raise Wrong(f"{wrong} as after of soft_delete.{table}") from None
    except (TypeError, ValueError) as error:
        raise Wrong(f"[soft_delete.{table}] as soft_delete(...) takes it: {error}") from None
    return found


def share(value: object) -> float:
    """From 0 to 1."""
    number = float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value
    if isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number <= 1:
        return float(number)
    raise Wrong("a share from 0 to 1, such as 0.75")


def age(value: object) -> float | datetime:
    """Seconds, from any duration; or a moment in UTC, without a zone, from an ISO date or time."""
    if isinstance(value, str) and re.match(r"\d{4}-", value):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise Wrong('a date such as "2026-01-31", or a duration such as "90d"') from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - UTC without a zone
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return duration(value)
