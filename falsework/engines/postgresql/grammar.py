"""A parser for the expressions that defaults, checks, predicates and indexes are made of.

It reads what people and SQLAlchemy write as well as what ``pg_get_expr`` prints. Whatever it does
not know (subqueries, window functions, named arguments) is NotUnderstood, never guessed at.
Source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-PRECEDENCE
"""

from __future__ import annotations

from falsework.engines.expressions.cursor import signed, whole
from falsework.engines.expressions.tokens import Form
from falsework.engines.expressions.tree import Kind, Node
from falsework.engines.postgresql import tree as t
from falsework.engines.postgresql.cursor import Cursor
from falsework.engines.postgresql.forms import FORMS
from falsework.engines.postgresql.names import readable
from falsework.engines.postgresql.tokens import tokens

_WORDS = frozenset(
    """
    true false null default current_date current_time current_timestamp localtime localtimestamp
    current_user session_user user current_role current_catalog current_schema system_user
    """.split()
)
_OPERATORS = {
    "!=": "<>",
    "~~": "like",
    "!~~": "not like",
    "~~*": "ilike",
    "!~~*": "not ilike",
}
_FIELDS = frozenset("year month day hour minute second".split())
_SHORT = {"isnull": "is null", "notnull": "is not null"}
# Keywords that the server prints in quotes where they are functions, and that need none there.
_CALLED_BARE = frozenset(
    """
    coalesce greatest least nullif left right substring char_length normalize overlay trim
    json_object json_array json_value json_query json_exists
    """.split()
)


class _Parser(Cursor):
    """Reads by strength of operators (tree.strength)."""

    def further(self, left: Node, least: int) -> Node | None:
        """What ``left`` is the left side of, or None where it stands alone."""
        form = self.next.form
        if form is Form.OPERATOR:
            return self._binary(left, least)
        if form is Form.MARK:
            return self._suffix(left, least)
        return self._worded(left, least) if form is Form.WORD else None

    def _binary(self, left: Node, least: int) -> Node | None:
        text = _OPERATORS.get(self.next.text, self.next.text)
        if (binds := t.strength(text)) < least:
            return None
        self.take()
        if self.next.is_word("any", "some", "all") and self.after().is_mark("("):
            which = "all" if self.take().text == "all" else "any"
            return Node(Kind.ANY, f"{text} {which}", (left, self._parenthesized()))
        return Node(Kind.BINARY, text, (left, self.expression(binds + 1)))

    def _suffix(self, left: Node, least: int) -> Node | None:
        if self.mark("::"):
            return Node(Kind.CAST, self.type(), (left,))
        if least <= t.ITEM and self.mark("["):
            which = self.expression()
            self.must(self.mark("]"))
            return Node(Kind.ITEM, "", (left, which))
        return None

    def _worded(self, left: Node, least: int) -> Node | None:
        for kind, binds in ((Kind.AND, t.AND), (Kind.OR, t.OR)):
            if binds >= least and self.word(kind):
                return Node(kind, "", (left, self.expression(binds + 1)))
        if least <= t.IS and (self.word("is") or self.next.is_word(*_SHORT)):
            return self._is(left)
        if least <= t.ZONE and self.word("at", "time", "zone"):
            return Node(Kind.BINARY, "at time zone", (left, self.expression(t.ZONE + 1)))
        if least <= t.COLLATE and self.word("collate"):
            return Node(Kind.COLLATE, self.identifier(), (left,))
        if least > t.LIKE:
            return None
        tests = self.after().is_word("in", "like", "ilike", "between")
        negated = "not " if tests and self.word("not") else ""
        return self._tested(left, negated)

    def _is(self, left: Node) -> Node:
        if self.next.is_word(*_SHORT):
            return Node(Kind.IS, _SHORT[self.take().text], (left,))
        text = "is not" if self.word("not") else "is"
        if self.word("distinct", "from"):
            node = Node(Kind.BINARY, "is distinct from", (left, self.expression(t.IS + 1)))
            return node if text == "is" else Node(Kind.NOT, "", (node,))
        self.must(self.next.is_word("null", "true", "false", "unknown"))
        return Node(Kind.IS, f"{text} {self.take().text}", (left,))

    def _tested(self, left: Node, negated: str) -> Node | None:
        if self.word("in"):
            self.must(self.mark("("))
            return Node(Kind.IN, f"{negated}in", (left, *self.items(")")))
        if self.word("between"):
            low = self.expression(t.LIKE + 1)
            self.must(self.word("and"))
            return _between(left, low, self.expression(t.LIKE + 1), negated=bool(negated))
        for word in ("like", "ilike"):
            if self.word(word):
                node = Node(Kind.BINARY, negated + word, (left, self.expression(t.LIKE + 1)))
                self.must(not self.next.is_word("escape"))
                return node
        return None

    def start(self) -> Node:
        token = self.next
        if token.form is Form.STRING:
            return Node(Kind.STRING, self.take().text)
        if token.form is Form.NUMBER:
            return self.number()
        if token.form is Form.OPERATOR:
            return self._prefixed()
        if token.is_mark("("):
            return self._parenthesized()
        if token.is_mark("["):  # a row within an array
            return self._array()
        if token.form is Form.WORD and (special := self._special()) is not None:
            return special
        return self._named()

    def _prefixed(self) -> Node:
        text = self.take().text
        if text not in ("-", "+"):
            return Node(Kind.PREFIX, text, (self.expression(t.OTHER + 1),))
        operand = self.expression(t.SIGN + 1)
        return signed(text, operand)

    def _parenthesized(self) -> Node:
        self.must(self.mark("("))
        items = self.items(")")
        self.must(bool(items))
        return items[0] if len(items) == 1 else Node(Kind.ROW, "", items)

    def _array(self) -> Node:
        self.take()
        return Node(Kind.ARRAY, "", self.items("]"))

    def _special(self) -> Node | None:
        """What a keyword starts, or None where the word is a name."""
        text, follows = self.next.text, self.after()
        if text in _WORDS:
            return self._constant()
        if self.word("not"):
            return Node(Kind.NOT, "", (self.expression(t.NOT),))
        if self.word("case"):
            return self.case()
        if follows.is_mark("[") and self.word("array"):
            return self._array()
        if follows.is_mark("(") and text in FORMS:
            self.take()
            self.take()
            return FORMS[text](self)
        if self.type_then_string():
            type = self.type()
            node = Node(Kind.CAST, type, (Node(Kind.STRING, self.take().text),))
            self.must(not (type.startswith("interval") and self.next.is_word(*_FIELDS)))
            return node
        return None

    def _constant(self) -> Node:
        text = self.take().text
        if self.next.is_mark("(") and text.startswith(("current_t", "local")):
            return Node(Kind.CALL, text, (self._parenthesized(),))
        return Node(Kind.WORD, text)

    def _named(self) -> Node:
        parts = self.parts()
        if self.mark("("):
            return Node(Kind.CALL, _function([p.text for p in parts]), self.items(")"))
        *outer, last = (Node(Kind.NAME, p.text) for p in parts)
        return Node(Kind.NAME, last.text, tuple(outer))


def _between(what: Node, low: Node, high: Node, *, negated: bool) -> Node:
    """Two comparisons, as the server keeps it."""
    first, second = ("<", ">") if negated else (">=", "<=")
    pair = (Node(Kind.BINARY, first, (what, low)), Node(Kind.BINARY, second, (what, high)))
    return Node(Kind.OR if negated else Kind.AND, "", pair)


def _function(parts: list[str]) -> str:
    """The function as SQL; pg_catalog goes without saying."""
    if len(parts) == 2 and parts[0] == "pg_catalog":
        parts = parts[1:]
    if len(parts) == 1 and parts[0] in _CALLED_BARE:
        return parts[0]
    return ".".join(map(readable, parts))


def parse(sql: str) -> Node:
    """The tree of ``sql``. Raises NotUnderstood."""
    return whole(sql, tokens, _Parser)
