"""What must hold before a phase begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from falsework.model.plan import Question


class Answer(Protocol):
    """How many rows stand in the way, by one question."""

    @property
    def question(self) -> Question: ...

    @property
    def count(self) -> int: ...


class Ask(Protocol):
    """Asks questions over a connection that cannot write; the checks know how."""

    def __call__(
        self, connection: Connection, questions: Sequence[Question]
    ) -> Sequence[Answer]: ...
