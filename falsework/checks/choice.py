"""Which checks somebody wants."""

from __future__ import annotations

from dataclasses import dataclass

from falsework.model.plan import Phase


@dataclass(frozen=True, slots=True)
class Choice:
    """Codes of checks, and the phase before which they matter.

    ``before``  None: of rows those of all phases, of the database those before the phase that is
                due
    ``only``    empty: all
    """

    before: Phase | None = None
    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()

    def names(self, code: str) -> bool:
        """Whether the check is among those that are wanted, or left out with a word."""
        return not self.only or code in self.only


ALL = Choice()
LEFT_OUT = "left out by --skip"
"""What is said of a check that was to be skipped."""
