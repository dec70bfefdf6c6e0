"""The steps that only the grammar of these servers takes."""

from __future__ import annotations

from falsework.engines.expressions import cursor
from falsework.engines.expressions.tokens import Form


class Cursor(cursor.Cursor):
    """Reads the type of a CAST, too."""

    def type(self) -> str:
        """The type of a CAST in one spelling; the parenthesis that ends it is taken."""
        out: list[str] = []
        depth = 0
        while depth or not self.next.is_mark(")"):
            token = self.take()
            self.must(token.form in (Form.WORD, Form.NUMBER, Form.MARK))
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            tight = not out or token.text in "(,)" or out[-1] in "(,"
            out.append(token.text if tight else f" {token.text}")
        self.take()
        return "".join(out).replace("character set", "charset")
