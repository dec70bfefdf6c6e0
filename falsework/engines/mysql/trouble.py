"""What an error of the server or of the driver means.

Source: https://dev.mysql.com/doc/mysql-errors/9.7/en/server-error-reference.html
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from falsework.engines.base import Trouble
from falsework.engines.innodb import errors

_OWN = {
    3572: Trouble.LOCK_TIMEOUT,  # NOWAIT is set
    4031: Trouble.LOST,  # ended because of inactivity
    3118: Trouble.REJECTED,
    3955: Trouble.REJECTED,
    3140: Trouble.DATA,
    3024: Trouble.RETRY,  # max_execution_time
    3058: Trouble.LOCK_TIMEOUT,  # a deadlock among named locks
    3101: Trouble.RETRY,  # Group Replication rolled the transaction back
    3100: Trouble.RETRY,
    3819: Trouble.CONSTRAINT,  # a check
    3821: Trouble.SYNTAX,
    3822: Trouble.SYNTAX,
    3940: Trouble.SYNTAX,
    3959: Trouble.SYNTAX,
    3812: Trouble.SYNTAX,
    3780: Trouble.SYNTAX,  # types that a foreign key cannot tie together
    3108: Trouble.SYNTAX,
    3143: Trouble.DATA,
    3156: Trouble.DATA,
    6125: Trouble.SYNTAX,  # nothing keeps the parent's key unique
}


def trouble(error: DBAPIError) -> Trouble:
    """The meaning, by number; OTHER when it is not known."""
    return errors.trouble(error, _OWN)
