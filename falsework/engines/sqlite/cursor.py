"""A place in a run of tokens, for reading statements whose grammar is known."""

from __future__ import annotations

from collections.abc import Sequence

from falsework.engines.normalize import Token, closing


class NotUnderstood(ValueError):
    """The text does not follow the grammar this module knows."""


class Cursor:
    """A place in a run of tokens."""

    def __init__(self, parts: Sequence[Token]) -> None:
        self.parts = parts
        self.at = 0

    def __bool__(self) -> bool:
        return self.at < len(self.parts)

    def next(self) -> Token:
        """The token here, and step on."""
        if not self:
            raise NotUnderstood("the text ends too early")
        self.at += 1
        return self.parts[self.at - 1]

    def sees(self, *words: str) -> bool:
        """Whether the token here is one of the words."""
        return bool(self) and self.parts[self.at].says(*words)

    def takes(self, *words: str) -> bool:
        """Step over the words, one after the other, if they all stand here."""
        here = self.parts[self.at : self.at + len(words)]
        if len(here) < len(words) or not all(t.says(w) for t, w in zip(here, words, strict=True)):
            return False
        self.at += len(words)
        return True

    def needs(self, *words: str) -> None:
        """Step over the words. Raises NotUnderstood where something else stands."""
        if not self.takes(*words):
            raise NotUnderstood(f"no {' '.join(words)} at {self.rest()[:40]!r}")

    def group(self) -> Sequence[Token]:
        """The tokens inside the parentheses that open here."""
        if not self.sees("("):
            raise NotUnderstood(f"no parenthesis at {self.rest()[:40]!r}")
        end = closing(self.parts, self.at)
        inside = self.parts[self.at + 1 : end]
        self.at = end + 1
        return inside

    def rest(self) -> str:
        """What stands from here on."""
        return " ".join(t.text for t in self.parts[self.at :])
