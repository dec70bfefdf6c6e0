"""How the ``mysql`` and ``mariadb`` clients are told what falsework would send by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from falsework.engines.filling import filling
from falsework.engines.innodb.session import waiting
from falsework.model.engine import Spelling
from falsework.model.plan import Backfill

# What ends a statement that has the usual end inside: no statement has it by itself.
_END = "//falsework//"


@dataclass(frozen=True, slots=True)
class InnoDBScript:
    """What it can do is said in ``engines.base.Script``.

    ``program``   the client
    ``settings``  statements for the session before any step
    """

    program: str
    settings: Sequence[str]
    spelling: Spelling

    @property
    def client(self) -> str:
        """The client stops at the first error as long as nobody says ``--force``."""
        return f"{self.program} --default-character-set=utf8mb4 DATABASE < SCRIPT"

    @property
    def begin(self) -> Sequence[str]:
        """Names and texts in the script are UTF-8."""
        return ("SET NAMES utf8mb4;", *(f"{sql};" for sql in self.settings))

    def wait(self, lock_ms: int | None) -> str:
        return waiting(lock_ms)

    def transaction(self, statements: Sequence[str]) -> Sequence[str]:
        return ("START TRANSACTION", *statements, "COMMIT")

    def fill(self, work: Backfill) -> str:
        return filling(self.spelling, work)

    def none(self, query: str) -> Sequence[str]:
        """A value that is to be one and would be two is an error (1242)."""
        return (f"SELECT (SELECT 0 UNION ALL SELECT 1 FROM ({query}) AS q) AS `none`",)

    def line(self, statement: str) -> str:
        """The client itself looks for the end, and takes no heed of BEGIN ... END."""
        if ";" not in statement:
            return f"{statement};"
        return f"DELIMITER {_END}\n{statement}\n{_END}\nDELIMITER ;"
