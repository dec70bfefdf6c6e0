"""A parser for the expressions that defaults, checks and generated columns are made of.

It reads what people and SQLAlchemy write as well as what the servers print. Whatever it does not
know (subqueries, full-text search, user variables) is NotUnderstood, never guessed at.
Source: https://dev.mysql.com/doc/refman/9.7/en/expressions.html
"""

from __future__ import annotations

from falsework.engines.expressions.cursor import signed, whole
from falsework.engines.expressions.tokens import Form
from falsework.engines.expressions.tree import Kind, Node
from falsework.engines.innodb import tree as t
from falsework.engines.innodb.cursor import Cursor
from falsework.engines.innodb.forms import FORMS, interval, string
from falsework.engines.innodb.tokens import tokens

_OPERATORS = {"!=": "<>", "mod": "%", "rlike": "regexp"}
_LOGIC = {"or": (Kind.OR, t.OR), "xor": (Kind.XOR, t.XOR), "and": (Kind.AND, t.AND)}
_MARKS = {"||": "or", "&&": "and"}
_TRUTH = ("true", "false", "unknown")
# Words that are values without parentheses; some take them all the same.
_CONSTANTS = frozenset(
    """current_date current_time current_timestamp localtime localtimestamp utc_date utc_time
    utc_timestamp current_user""".split()
)
_NUMBERS = {"true": "1", "false": "0"}
_NO_NAMES = frozenset("select exists match any all some values default row".split())


class _Parser(Cursor):
    """Reads by strength of operators (tree.strength)."""

    def further(self, left: Node, least: int) -> Node | None:
        """What ``left`` is the left side of, or None where it stands alone."""
        token = self.next
        if token.form not in (Form.OPERATOR, Form.WORD):
            return None
        text = _MARKS.get(token.text, token.text)
        if text in _LOGIC:
            kind, binds = _LOGIC[text]
            if binds < least:
                return None
            self.take()
            return Node(kind, "", (left, self.expression(binds + 1)))
        if token.form is Form.OPERATOR or text in ("div", "mod"):
            return self._binary(left, least, _OPERATORS.get(text, text))
        return self._worded(left, least)

    def _binary(self, left: Node, least: int, text: str) -> Node | None:
        self.must(text not in ("!", "~"))
        if (binds := t.strength(text)) < least:
            return None
        self.take()
        return Node(Kind.BINARY, text, (left, self.expression(binds + 1)))

    def _worded(self, left: Node, least: int) -> Node | None:
        if self.next.is_word("is"):
            return self._is(left, least)
        if self.word("collate"):
            return Node(Kind.COLLATE, self.take().text, (left,))
        if least > t.PREDICATE:
            return None
        tests = self.after().is_word("in", "like", "between", "regexp", "rlike")
        negated = "not " if tests and self.word("not") else ""
        return self._tested(left, negated)

    def _is(self, left: Node, least: int) -> Node | None:
        place = 2 if self.after().is_word("not") else 1
        what = self.after(place)
        kind, binds = (Kind.IS, t.COMPARE) if what.is_word("null") else (Kind.TRUTH, t.TRUTH)
        if binds < least:
            return None
        self.must(what.is_word("null", *_TRUTH))
        text = " ".join(self.take().text for _ in range(place + 1))
        if what.is_word("unknown"):
            return Node(Kind.IS, text.replace("unknown", "null"), (left,))
        return Node(kind, text, (left,))

    def _tested(self, left: Node, negated: str) -> Node | None:
        if self.word("in"):
            self.must(self.mark("("))
            return Node(Kind.IN, f"{negated}in", (left, *self.items(")")))
        if self.word("between"):
            low = self.expression(t.BITOR)
            self.must(self.word("and"))
            return Node(Kind.BETWEEN, f"{negated}between", (left, low, self.expression(t.BITOR)))
        if self.word("like"):
            pattern = self.expression(t.SIGN)
            if self.word("escape"):
                args = (left, pattern, self.expression(t.SIGN))
                return Node(Kind.LIKE, f"{negated}like", args)
            return Node(Kind.BINARY, f"{negated}like", (left, pattern))
        if self.word("regexp") or self.word("rlike"):
            return Node(Kind.BINARY, f"{negated}regexp", (left, self.expression(t.BITOR)))
        return None

    def start(self) -> Node:
        token = self.next
        if token.form is Form.STRING:
            return string(self.take())
        if token.form is Form.BITS:
            return Node(Kind.BITS, _bits(self.take().text))
        if token.form is Form.NUMBER:
            return self.number()
        if token.form is Form.OPERATOR:
            return self._prefixed()
        if self.mark("("):
            node = self.expression()
            self.must(self.mark(")"))
            return node
        if token.form is Form.WORD and (special := self._special()) is not None:
            return special
        return self._named()

    def _prefixed(self) -> Node:
        text = self.take().text
        self.must(text in ("-", "+", "~", "!"))
        operand = self.expression(t.SIGN)
        if text == "!":
            return Node(Kind.NOT, "", (operand,))
        if text == "~":
            return Node(Kind.PREFIX, text, (operand,))
        return signed(text, operand)

    def _special(self) -> Node | None:
        """What a keyword starts, or None where the word is a name."""
        text, follows = self.next.text, self.after()
        if follows.is_mark("."):
            return None
        if text in _CONSTANTS:
            return self._constant()
        if self.word("not"):
            return Node(Kind.NOT, "", (self.expression(t.NOT),))
        if self.word("case"):
            return self.case()
        if self.word("binary"):
            return Node(Kind.CAST, "char charset binary", (self.expression(t.COLLATE),))
        if text == "interval" and not follows.is_mark("("):
            self.take()
            return interval(self)
        if follows.is_mark("(") and text in FORMS:
            self.take()
            self.take()
            return FORMS[text](self)
        return self._literal_word()

    def _literal_word(self) -> Node | None:
        """A value that is a word, alone or before its string."""
        text = self.next.text
        if text in _NUMBERS:
            self.take()
            return Node(Kind.NUMBER, _NUMBERS[text])
        if self.word("null"):
            return Node(Kind.WORD, "null")
        if text in ("date", "time", "timestamp") and self.after().form is Form.STRING:
            return Node(Kind.FOREIGN, f"{self.take().text}{t.show(string(self.take()))}")
        return None

    def _constant(self) -> Node:
        text = self.take().text
        return Node(Kind.CALL, text, self.items(")") if self.mark("(") else ())

    def _named(self) -> Node:
        self.must(not self.next.is_word(*_NO_NAMES))
        parts = self.parts()
        if len(parts) == 1 and self.mark("("):
            return Node(Kind.CALL, parts[0].text.lower(), self.items(")"))
        *outer, last = (Node(Kind.NAME, p.text if p.form is Form.NAME else p.raw) for p in parts)
        return Node(Kind.NAME, last.text, tuple(outer))


def _bits(text: str) -> str:
    """``x'..'`` and ``b'..'`` in small letters."""
    folded = text.lower()
    if folded.startswith("0"):
        return f"{folded[1]}'{folded[2:]}'"
    return folded


def parse(sql: str) -> Node:
    """The tree of ``sql``. Raises NotUnderstood."""
    return whole(sql, tokens, _Parser)
