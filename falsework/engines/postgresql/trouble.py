"""What an error of the server or of the client library means.

Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble

_STATES = {
    "55P03": Trouble.LOCK_TIMEOUT,
    "40001": Trouble.RETRY,
    "40P01": Trouble.RETRY,
    "57014": Trouble.RETRY,  # cancelled, by a person or by a standby's conflict
    "57P01": Trouble.LOST,
    "57P02": Trouble.LOST,
    "57P03": Trouble.UNREACHABLE,  # starting up or shutting down
    "57P05": Trouble.LOST,
    "25P03": Trouble.LOST,
    "25P04": Trouble.LOST,
    "53300": Trouble.UNREACHABLE,  # too many clients
    "42501": Trouble.DENIED,
    "25006": Trouble.DENIED,
    "3D000": Trouble.REJECTED,
    "3F000": Trouble.SYNTAX,
    "44000": Trouble.CONSTRAINT,
}
_CLASSES = {
    "08": Trouble.LOST,
    "28": Trouble.REJECTED,
    "23": Trouble.CONSTRAINT,
    "22": Trouble.DATA,
    "42": Trouble.SYNTAX,
}

# While a connection is made there is no SQLSTATE; the server's words are English unless it was told
# otherwise. What is not recognised is taken for a server that is not there: that is tried again.
_CONNECTING = re.compile(
    r"connection to server|connection failed|could not connect|could not translate host|"
    r"failed to resolve host|timeout expired|connection is bad",
    re.IGNORECASE,
)
_REJECTED = re.compile(
    r"(password|authentication) failed|authentication method|no password supplied|"
    r"no pg_hba\.conf entry|pg_hba\.conf rejects|(database|role) \".*\" does not exist|"
    r"is not permitted to log in|permission denied for database|certificate|"
    r"does not support SSL|is not currently accepting connections",
    re.IGNORECASE,
)


def trouble(error: DBAPIError) -> Trouble:
    """The meaning, by SQLSTATE where there is one; OTHER when it is not known."""
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    if state:
        return _STATES.get(state) or _CLASSES.get(state[:2], Trouble.OTHER)
    words = str(error.orig)
    if _CONNECTING.search(words):
        return Trouble.REJECTED if _REJECTED.search(words) else Trouble.UNREACHABLE
    return Trouble.LOST if error.connection_invalidated else Trouble.OTHER
