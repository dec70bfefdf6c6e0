"""What a change of a column's type means, and what it costs MariaDB in place."""

from __future__ import annotations

from falsework.engines.innodb import moves
from falsework.engines.innodb.types import bytes_of
from falsework.model.engine import Cost, Move, Version
from falsework.model.schema import SqlType

# Bytes of a value whose length is kept in one byte; and of one that InnoDB may keep either way.
_ONE_BYTE, _EITHER = 255, 127


def type_move(old: SqlType, new: SqlType, version: Version) -> tuple[Move, Cost]:  # noqa: ARG001
    """The move and what it costs in place.

    Source: https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/
    measured on 10.11 and 11.8 by the algorithm that the server accepts, for each pair that tests
    name.
    """
    return moves.move(old, new), Cost.METADATA if in_place(old, new) else Cost.REWRITE


def in_place(old: SqlType, new: SqlType) -> bool:
    """Whether rows stay as they are."""
    if moves.move(old, new) is Move.IDENTICAL:
        return True
    if old.name != new.name or old.flags != new.flags:
        return False
    if old.name in ("varchar", "varbinary"):
        before, after = bytes_of(old) or 0, bytes_of(new) or 0
        same = (before > _ONE_BYTE) == (after > _ONE_BYTE)
        return before <= after and (same or before <= _EITHER)
    return old.name in ("enum", "set") and _appended(old, new)


def _appended(old: SqlType, new: SqlType) -> bool:
    """Whether labels were added at the end, in as many bytes as before."""
    if new.args[: len(old.args)] != old.args:
        return False
    return _label_bytes(old) == _label_bytes(new)


def _label_bytes(type: SqlType) -> int:
    count = len(type.args)
    if type.name == "enum":
        return 1 if count < 256 else 2
    return 8 if count > 32 else (count + 7) // 8
