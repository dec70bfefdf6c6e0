"""Checks: what db-check asks before an upgrade, and what the gate of a phase counts.

To add one: a file here with a ``CHECK``, and its line in ``DERIVED`` or ``STANDING``.
"""

from falsework.checks import (
    clock_skew,
    cluster,
    conflicts,
    disk_room,
    duplicates,
    hot_standbys,
    invalid_indexes,
    keys_used_up,
    labels_left,
    lock_holders,
    logical_replication,
    long_transactions,
    lost,
    mixed_tables,
    no_primary_key,
    not_validated,
    nulls,
    old_releases,
    orphans,
    pooler,
    replica_lag,
    rights_missing,
    server_version,
    strict_mode,
    too_long,
    unfinished,
    unpurged,
    unverified,
    violations,
)
from falsework.checks.ask import ask, count
from falsework.checks.asking import Asker
from falsework.checks.check import (
    Answer,
    Check,
    CheckResult,
    Derived,
    Finding,
    Result,
    Standing,
)
from falsework.checks.choice import Choice
from falsework.checks.foreign import check
from falsework.checks.situation import Situation
from falsework.checks.standing import stand
from falsework.model.remark import Remark

DERIVED: tuple[Derived, ...] = (
    nulls.CHECK,
    duplicates.CHECK,
    orphans.CHECK,
    violations.CHECK,
    too_long.CHECK,
    lost.CHECK,
    labels_left.CHECK,
    conflicts.CHECK,
    unpurged.CHECK,
)
"""Those that count rows."""

STANDING: tuple[Standing, ...] = (
    unfinished.CHECK,
    invalid_indexes.CHECK,
    not_validated.CHECK,
    no_primary_key.CHECK,
    mixed_tables.CHECK,
    long_transactions.CHECK,
    lock_holders.CHECK,
    replica_lag.CHECK,
    disk_room.CHECK,
    strict_mode.CHECK,
    keys_used_up.CHECK,
    pooler.CHECK,
    clock_skew.CHECK,
    server_version.CHECK,
    old_releases.CHECK,
    rights_missing.CHECK,
    logical_replication.CHECK,
    hot_standbys.CHECK,
    cluster.CHECK,
    unverified.CHECK,
)
"""Those of a database as it stands."""

CHECKS: tuple[Check, ...] = (*DERIVED, *STANDING)

__all__ = [
    "CHECKS",
    "DERIVED",
    "STANDING",
    "Answer",
    "Asker",
    "Check",
    "CheckResult",
    "Choice",
    "Derived",
    "Finding",
    "Remark",
    "Result",
    "Situation",
    "Standing",
    "ask",
    "check",
    "count",
    "stand",
]
