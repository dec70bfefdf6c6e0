"""Who may do what with a table: what a new one must have, or the application cannot use it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from falsework.model.frozen import Frozen
from falsework.model.schema import TableName

ORDINARY = ("SELECT", "INSERT", "UPDATE", "DELETE")
"""What the statements of a release need."""


class Grant(Frozen, frozen=True):
    """Privileges of one role on one table.

    ``grantee``     as the server's catalog has it; "" for everybody
    ``privileges``  in the server's words
    """

    grantee: str
    privileges: tuple[str, ...]

    @property
    def inserts(self) -> bool:
        """Whether the role writes new rows."""
        return "INSERT" in self.privileges


Grants = Mapping[TableName, Sequence[Grant]]


def usual(grants: Grants, tables: Iterable[TableName]) -> tuple[Grant, ...]:
    """The privileges that more than half of the tables give, by role."""
    known = list(tables)
    votes = Counter(
        (grant.grantee, privilege)
        for name in known
        for grant in grants.get(name, ())
        for privilege in grant.privileges
    )
    given: dict[str, list[str]] = {}
    for (grantee, privilege), times in sorted(votes.items()):
        if 2 * times > len(known):
            given.setdefault(grantee, []).append(privilege)
    return tuple(Grant(grantee, tuple(found)) for grantee, found in given.items())
