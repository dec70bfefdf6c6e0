"""An expression cut into tokens: back-quoted names, backslashes in strings, introducers.

Source: https://dev.mysql.com/doc/refman/9.7/en/literals.html. Text in double quotes is a string, as
it is without ANSI_QUOTES, which sessions of this package never have.
"""

from __future__ import annotations

import re

from falsework.engines.expressions.tokens import END, Form, NotUnderstood, Token

_TOKEN = re.compile(
    r"""(?P<space>\s+|--(?:\s[^\n]*|$)|\#[^\n]*|/\*(?!!).*?\*/)
      |(?P<bits>[bBxX]'[0-9a-fA-F]*'|0[xX][0-9a-fA-F]+\b|0b[01]+\b)
      |(?P<string>(?:[nN]|_(?P<charset>[a-zA-Z][a-zA-Z0-9]*)\s*)?
          (?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"))
      |(?P<name>`(?:[^`]|``)*`)
      |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      |(?P<word>[^\W\d][\w$]*)
      |(?P<operator><=>|<<|>>|<>|!=|<=|>=|\|\||&&|->>|->|[-+*/%^&|~!<>=])
      |(?P<mark>[(),.:;?{}@])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)|''|\"\"", re.DOTALL)
_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


def tokens(sql: str) -> list[Token]:
    """The tokens with one END behind them. Raises NotUnderstood."""
    found: list[Token] = []
    place = 0
    while place < len(sql):
        match = _TOKEN.match(sql, place)
        if match is None:
            raise NotUnderstood(sql)
        place = match.end()
        if match.lastgroup != "space":
            found.append(_token(match))
    return [*found, END]


def _token(match: re.Match[str]) -> Token:
    raw = match.group()
    if match["word"]:
        return Token(Form.WORD, raw.lower(), raw)
    if match["name"]:
        return Token(Form.NAME, raw[1:-1].replace("``", "`"), raw)
    if match["string"]:
        return _string(raw, (match["charset"] or "").lower())
    for form in (Form.BITS, Form.NUMBER, Form.OPERATOR):
        if match[form.value]:
            return Token(form, raw, raw)
    return Token(Form.MARK, raw, raw)


def _string(raw: str, charset: str) -> Token:
    start = min(i for i in (raw.find("'"), raw.find('"')) if i >= 0)
    quote = raw[start]

    def plain(match: re.Match[str]) -> str:
        if match[1] is None:
            return quote if match.group() == quote * 2 else match.group()
        # A pattern keeps the backslash before its wildcards.
        kept = match.group() if match[1] in "%_" else match[1]
        return _ESCAPES.get(match[1], kept)

    return Token(Form.STRING, _ESCAPE.sub(plain, raw[start + 1 : -1]), raw, charset)
