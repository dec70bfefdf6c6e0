"""The steps that only this server's grammar takes."""

from __future__ import annotations

from falsework.engines.expressions import cursor
from falsework.engines.expressions.tokens import Form
from falsework.engines.postgresql.names import readable
from falsework.engines.postgresql.types import parsed, spelled

_TYPE_WORDS = frozenset("varying precision with without time zone".split())
_LONG_TYPES = frozenset("double character char bit national nchar timestamp time".split())


class Cursor(cursor.Cursor):
    """Reads names with their schemas and types, too."""

    def identifier(self) -> str:
        """A name with its schema, as SQL; pg_catalog goes without saying."""
        texts = [p.text for p in self.parts() if p.text != "pg_catalog"]
        return ".".join(readable(text) for text in texts)

    def type(self) -> str:
        """A type in normal form, as SQL."""
        first = self.next
        self.must(first.form in (Form.WORD, Form.NAME))
        if first.form is Form.WORD and not self.after().is_mark("."):
            text = self.take().text + self._type_words() + self._type_args() + self._type_words()
        else:
            text = self.identifier() + self._type_args()
        while self.mark("["):
            if self.next.form is Form.NUMBER:
                self.take()
            self.must(self.mark("]"))
            text += "[]"
        return spelled(parsed(text))

    def type_then_string(self) -> bool:
        """Whether ``date '...'`` or ``timestamp with time zone '...'`` comes next."""
        place = 1
        if self.next.is_word(*_LONG_TYPES):
            while self.after(place).is_word(*_TYPE_WORDS):
                place += 1
        return self.next.form is Form.WORD and self.after(place).form is Form.STRING

    def _type_words(self) -> str:
        out = ""
        while self.next.is_word(*_TYPE_WORDS):
            out += f" {self.take().text}"
        return out

    def _type_args(self) -> str:
        if not self.next.is_mark("(") or self.after().form not in (Form.NUMBER, Form.OPERATOR):
            return ""
        out = ""
        while not out.endswith(")"):
            self.must(self.next.form in (Form.NUMBER, Form.MARK, Form.OPERATOR))
            out += self.take().text
        return out
