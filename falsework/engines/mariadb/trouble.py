"""What an error of the server or of the driver means.

Source: https://mariadb.com/kb/en/mariadb-error-codes/
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.engines.innodb import errors

_OWN = {
    1005: Trouble.SYNTAX,  # a foreign key that does not fit (errno 121, 150)
    1020: Trouble.RETRY,  # the record has changed since it was read
    1969: Trouble.RETRY,  # max_statement_time
    1976: Trouble.LOCK_TIMEOUT,  # the lock of a backup
    1901: Trouble.SYNTAX,
    1903: Trouble.SYNTAX,
    4025: Trouble.CONSTRAINT,  # a check
    4078: Trouble.SYNTAX,
}


def trouble(error: DBAPIError) -> Trouble:
    """The meaning, by number; OTHER when it is not known."""
    return errors.trouble(error, _OWN)
