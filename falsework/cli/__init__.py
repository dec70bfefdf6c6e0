"""The command line. ``falsework COMMAND`` and ``db-COMMAND`` are the same.

To add a command: one file here, with a function of the file's name under ``@command``, and its
name in ``group.NAMES``.
"""

from falsework.cli.entry import (
    db_abort,
    db_adopt,
    db_calibrate,
    db_check,
    db_contract,
    db_expand,
    db_grants,
    db_migrate,
    db_plan,
    db_reclaim,
    db_status,
    db_sync,
    main,
)

__all__ = [
    "db_abort",
    "db_adopt",
    "db_calibrate",
    "db_check",
    "db_contract",
    "db_expand",
    "db_grants",
    "db_migrate",
    "db_plan",
    "db_reclaim",
    "db_status",
    "db_sync",
    "main",
]
