"""The error tree: every error says what, why, do and done, and carries its exit code.

FalseworkError
 +-- UsageError            64   the command line is wrong
 +-- ConfigError           78   the configuration, the models or a URL cannot be used
 +-- NotNow                75   nothing changed since the last journal entry: try again later
 |    +-- Unreachable           no answer from the database
 |    +-- AnotherRunner         another runner holds the run lock
 |    +-- LockNotFree           a strong lock could not be had in the step's time
 +-- NeedsHuman             2   going on by itself would be wrong
      +-- Refused               the plan, or the law, does not allow it
      +-- PlanMismatch          the plan does not fit this database, or is no plan at all
      +-- Drift                 the live schema is not what the plan expects
      +-- StepFailed            the server refused a statement, or its effect is not there
      +-- CheckFailed           rows stand in the way
      +-- Denied                the user lacks a privilege
      +-- LostLock              this runner was replaced by another one

``Interrupted`` (exit code 1) is no error of this tree: work was recorded, more is left.
"""

from __future__ import annotations

from typing import ClassVar


class FalseworkError(Exception):
    """What went wrong, why, what to do about it, and what had been done by then.

    ``done`` is a promise about the database: it says which part of the work stays.
    """

    exit_code: ClassVar[int] = 255

    def __init__(self, what: str, *, why: str = "", do: str = "", done: str = "nothing") -> None:
        """Keep the four parts; the text of the exception is all of them."""
        super().__init__(what)
        self.what = what
        self.why = why
        self.do = do
        self.done = done

    def __str__(self) -> str:
        """The four parts, a line each, as an operator reads them."""
        parts = (("why", self.why), ("do", self.do), ("done", self.done))
        return "\n".join([self.what, *(f"  {name:<5} {text}" for name, text in parts if text)])


class UsageError(FalseworkError):
    """The command line is wrong."""

    exit_code = 64


class ConfigError(FalseworkError):
    """The configuration, the models or a URL cannot be used."""

    exit_code = 78


class NotNow(FalseworkError):
    """Nothing changed since the last journal entry; the same command may work later."""

    exit_code = 75


class Unreachable(NotNow):
    """The database did not answer."""


class AnotherRunner(NotNow):
    """Another runner holds the run lock of this database and schema."""


class LockNotFree(NotNow):
    """A strong lock could not be had within the step's time."""


class NeedsHuman(FalseworkError):
    """Going on without a human decision would be wrong."""

    exit_code = 2


class Refused(NeedsHuman):
    """The plan, or the law, does not allow what was asked."""


class PlanMismatch(NeedsHuman):
    """The plan does not fit this database, or the file is no plan."""


class Drift(NeedsHuman):
    """The live schema is not what the plan expects at this step."""


class StepFailed(NeedsHuman):
    """The server refused a statement, or a step's effect is not there after it ran."""


class CheckFailed(NeedsHuman):
    """Rows stand in the way of the next phase."""


class Denied(NeedsHuman):
    """The database user lacks a privilege."""


class LostLock(NeedsHuman):
    """Another runner has taken over: this one stopped before its next statement."""


class Interrupted(Exception):
    """A signal or a budget ended the run after its last whole piece of work (exit code 1)."""
