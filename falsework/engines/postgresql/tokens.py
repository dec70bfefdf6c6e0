"""An expression cut into tokens by PostgreSQL's own lexical rules.

Source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html. The shared tokenizer reads
``[a]`` as a quoted name, as other engines do; here it is a subscript, and operators are runs of
characters.
"""

from __future__ import annotations

import re

from falsework.engines.expressions.tokens import END, Form, NotUnderstood, Token

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
      |(?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')
      |(?P<bits>[bBxX]'(?:[^']|'')*')
      |(?P<string>[nN]?'(?:[^']|'')*')
      |(?P<dollar>\$(?P<tag>[^\W\d]?\w*)\$.*?\$(?P=tag)\$)
      |(?P<name>"(?:[^"]|"")*")
      |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      |(?P<word>[^\W\d][\w$]*)
      |(?P<operator>[-+*/<>=~!@\#%^&|`?]+)
      |(?P<mark>::|[][(),.:;])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_UNDONE = re.compile(r"\\[0-7xuU]")


def tokens(sql: str) -> list[Token]:
    """The tokens with one END behind them. Raises NotUnderstood."""
    found: list[Token] = []
    place = 0
    while place < len(sql):
        match = _TOKEN.match(sql, place)
        if match is None:
            raise NotUnderstood(sql)
        place = match.end()
        if match.lastgroup == "operator":
            text = _operator(match.group())
            place -= len(match.group()) - len(text)
            found.append(Token(Form.OPERATOR, text, text))
        elif match.lastgroup != "space":
            found.append(_token(match))
    return [*found, END]


def _operator(run: str) -> str:
    """Where a comment begins, or a sign belongs to what follows, the operator ends before it."""
    run = re.split(r"--|/\*", run)[0] or run
    while len(run) > 1 and run[-1] in "+-" and not re.search(r"[~!@#%^&|`?]", run):
        run = run[:-1]
    return run


def _token(match: re.Match[str]) -> Token:
    raw = match.group()
    if match["word"]:
        return Token(Form.WORD, raw.lower(), raw)
    if match["name"]:
        return Token(Form.NAME, raw[1:-1].replace('""', '"'), raw)
    if match["string"]:
        return Token(Form.STRING, raw.lstrip("nN")[1:-1].replace("''", "'"), raw)
    if match["escaped"]:
        if _UNDONE.search(raw):
            raise NotUnderstood(raw)
        text = _ESCAPE.sub(lambda m: _ESCAPES.get(m[1], m[1]), raw[2:-1].replace("''", "'"))
        return Token(Form.STRING, text, raw)
    if match["dollar"]:
        tag = len(match["tag"]) + 2
        return Token(Form.STRING, raw[tag:-tag], raw)
    if match["bits"]:
        raise NotUnderstood(raw)
    form = Form.NUMBER if match["number"] else Form.MARK
    return Token(form, raw, raw)
