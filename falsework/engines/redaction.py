"""Passwords stay where they are: what is shown, logged or raised has passed through here."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

MASK = "***"

_KEY = r"(?:pass(?:word|wd|phrase|file)?|pwd|secret|token|api_?key|credentials?)"
_SECRET_KEY = re.compile(rf"\w*{_KEY}\w*", re.IGNORECASE)
_SECRET_PAIR = re.compile(rf"(\w*{_KEY}\w*\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&;,)]+)", re.IGNORECASE)
_USER_INFO = re.compile(r"(\w://[^\s:/@]*):[^\s]*@")  # greedy: a password may hold an @ itself
_REFERENCES = ("env:", "file:", "python:")


def secrets_of(url: URL) -> frozenset[str]:
    """Every text that must not be seen, in each spelling a driver may quote it in."""
    values = {str(url.password or "")}
    for key, value in url.query.items():
        if _SECRET_KEY.fullmatch(key):
            values.update((value,) if isinstance(value, str) else value)
    spelled = {s for v in values for s in (v, quote(v), quote(v, safe=""), quote_plus(v))}
    return frozenset(spelled - {""})


def redact(text: str, secrets: frozenset[str] = frozenset()) -> str:
    """The text without the secrets, and without whatever looks like a password in it."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    text = _USER_INFO.sub(rf"\1:{MASK}@", text)
    return _SECRET_PAIR.sub(rf"\1{MASK}", text)


def masked(url: str) -> str:
    """A URL, or a reference to one, as it may be shown."""
    if url.startswith(_REFERENCES):
        return url
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return redact(url)
    query = {k: MASK if _SECRET_KEY.fullmatch(k) else v for k, v in parsed.query.items()}
    shown = parsed.set(query=query).render_as_string(hide_password=True)
    return shown.replace(quote_plus(MASK), MASK)


def has_secret(url: str) -> bool:
    """Whether a URL holds a password itself, instead of a reference to where one lies."""
    if url.startswith(_REFERENCES):
        return False
    try:
        return bool(secrets_of(make_url(url)))
    except (ArgumentError, ValueError):
        return redact(url) != url
