"""The text of CREATE TABLE cut into its parts before any of them is looked at closely.

Most columns say a name, a type and perhaps NOT NULL or a simple default, and pragmas know all of
that: a schema of a thousand tables is read twice as fast when they are not cut into tokens.
"""

from __future__ import annotations

import re

from falsework.engines.sqlite.cursor import NotUnderstood

_MARKS = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|/\*.*?(?:\*/|\Z)|[(),]""",
    re.DOTALL,
)
_RESERVED = (
    "constraint|primary|unique|check|foreign|not|null|default|collate|references|generated|as"
)
_PLAIN_COLUMN = re.compile(
    rf"""\s*(?:"(?P<quoted>[^"]*)"|(?!(?:{_RESERVED})\b)(?P<word>[a-z_]\w*))
    (?:\s+(?!(?:{_RESERVED})\b)[a-z_]\w*(?:\s*\(\s*\d+\s*(?:,\s*\d+\s*)?\))?)?
    (?:\s+default\s+(?:-?\d+|'[^']*'|\([a-z_]+\)))?
    (?:\s+not\s+null)?\s*""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def body(sql: str) -> tuple[list[str], str]:
    """What stands between the commas of the table's parentheses, and what follows these."""
    items: list[str] = []
    depth = start = 0
    for match in _MARKS.finditer(sql):
        mark = match.group()
        if mark == "(":
            depth += 1
            start = match.end() if depth == 1 else start
        elif depth == 1 and mark in {",", ")"}:
            items.append(sql[start : match.start()])
            start = match.end()
            if mark == ")":
                return items, sql[start:]
        elif mark == ")":
            depth -= 1
    raise NotUnderstood("its parentheses do not match")


def plain_column(item: str) -> str | None:
    """The column's name where the item says nothing that a pragma does not tell; else None."""
    match = _PLAIN_COLUMN.fullmatch(item)
    if match is None:
        return None
    return match["word"] if match["quoted"] is None else match["quoted"]
