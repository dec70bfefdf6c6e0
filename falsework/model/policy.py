"""What the operator decides: how long others may wait, and which exceptions are taken."""

from __future__ import annotations

from falsework.model.frozen import Frozen


class Policy(Frozen, frozen=True):
    """The operator's decisions that a plan depends on.

    ``lock_budget``     seconds that a statement of the application may be made to wait; None: the
                        engine's own (design: 1 s; an embedded file with one writer: 30 s)
    ``direct_seconds``  a blocking form is preferred to a longer online one while its forecast
                        stays below this: no more than one try for a lock may cost anyway
    ``allow_downtime``  ids of steps that may block for longer than the budget
    ``accept``          ids of steps that may break the law, each after its refusal was read
    ``grant_to``        roles that may read and write what the plan creates; empty: as the other
                        tables of its schema have it
    """

    lock_budget: float | None = None
    direct_seconds: float = 0.05
    allow_downtime: frozenset[str] = frozenset()
    accept: frozenset[str] = frozenset()
    grant_to: tuple[str, ...] = ()
