"""What SQLite's error codes mean (https://www.sqlite.org/rescode.html)."""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble

CANTOPEN = 14
_ERROR = 1
_BUSY_SNAPSHOT = 517
_WRONG_TYPE = "cannot store "  # in a STRICT table: to SQLite a constraint like others

_BY_CODE = {
    3: Trouble.DENIED,  # PERM
    5: Trouble.LOCK_TIMEOUT,  # BUSY
    6: Trouble.LOCK_TIMEOUT,  # LOCKED: by a connection that shares the cache
    8: Trouble.DENIED,  # READONLY
    CANTOPEN: Trouble.UNREACHABLE,
    18: Trouble.DATA,  # TOOBIG
    19: Trouble.CONSTRAINT,
    20: Trouble.DATA,  # MISMATCH
    23: Trouble.DENIED,  # AUTH
    26: Trouble.REJECTED,  # NOTADB
}

# The texts that this package gives to CANTOPEN where it knows more.
NO_DATABASE = "no database"
MAY_NOT_READ = "this user may not read the file"

# SQLite's one code for everything that is wrong with a statement.
_SYNTAX = re.compile(
    r"syntax error|no such |unrecognized token|incomplete input|already exists"
    r"|there is already|duplicate column name|has no column named|unknown column"
    r"|ambiguous column name|wrong number of arguments|misuse of"
)


def code(error: BaseException | None) -> int | None:
    """The extended result code, or None where the driver did not keep it."""
    found = getattr(error, "sqlite_errorcode", None)
    return found if isinstance(found, int) else None


def trouble(error: DBAPIError) -> Trouble:
    """What the error means for the one who ran the statement."""
    text = str(error.orig)
    if text.startswith(NO_DATABASE):
        return Trouble.REJECTED
    if text.startswith(MAY_NOT_READ):
        return Trouble.DENIED
    if error.connection_invalidated or "closed database" in text:
        return Trouble.LOST
    number = code(error.orig)
    if number == _BUSY_SNAPSHOT:
        return Trouble.RETRY
    if text.startswith(_WRONG_TYPE):
        return Trouble.DATA
    if number is None or number & 0xFF == _ERROR:
        return _by_text(text)
    return _BY_CODE.get(number & 0xFF, Trouble.OTHER)


def _by_text(text: str) -> Trouble:
    if "constraint failed" in text:
        return Trouble.CONSTRAINT
    return Trouble.SYNTAX if _SYNTAX.search(text) else Trouble.OTHER
