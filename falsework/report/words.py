"""How numbers, times and foreign texts are written, and how lines are laid out."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

WIDTH = 100
"""Columns of a text that no terminal asked for: a file, a pipe, a golden file."""

Ink = Callable[[str, str], str]
"""Colours a text: ``ink(text, "bad")``; the kinds are head, good, warn, bad and faint."""


def plain(text: str, _kind: str) -> str:
    """No colour."""
    return text


@dataclass(frozen=True, slots=True)
class Page:
    """What a text is written on. ``full`` asks for what is otherwise cut short."""

    width: int = WIDTH
    ink: Ink = plain
    full: bool = False


PAGE = Page()


def shown(text: str) -> str:
    """A foreign text that cannot move the cursor, start a line or turn the writing round."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def on_terminal(text: str) -> str:
    """A text for a program, where a person looks at it: line by line as ``shown`` has it."""
    return "\n".join(map(shown, text.split("\n")))


def one_line(text: str) -> str:
    """The text in one line, white space folded."""
    return shown(" ".join(text.split()))


def shortened(text: str, width: int) -> str:
    """The text in one line of at most ``width`` cells, with ``...`` where it was cut."""
    line = one_line(text)
    if cell_len(line) <= width:
        return line
    while line and cell_len(line) > width - 3:
        line = line[:-1]
    return line.rstrip() + "..."


def number(value: int) -> str:
    """1234567 as ``1 234 567``."""
    return f"{value:,}".replace(",", " ")


def counted(value: int, one: str, many: str | None = None) -> str:
    """``1 row``, ``2 rows``."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """A time as people say it, with two units at most."""
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return _two(whole // 60, "min", whole % 60 if whole < 600 else 0, "s")
    if whole < 172_800:
        return _two(whole // 3600, "h", whole % 3600 // 60, "min")
    return _two(whole // 86_400, "d", whole % 86_400 // 3600, "h")


def _two(first: int, unit: str, second: int, smaller: str) -> str:
    return f"{first} {unit} {second} {smaller}" if second else f"{first} {unit}"


def forecast(most: float | None, least: float | None = None) -> str:
    """A forecast, from ``least`` seconds to ``most``: never more exact than it is."""
    if most is None:
        return "time not known"
    if most < 0.05:
        return "at once"
    if least is None or least < 0.05:
        return f"at most {duration(most)}"
    if duration(least) == duration(most):
        return f"about {duration(most)}"
    return f"{duration(least)} to {duration(most)}"


def size(value: int) -> str:
    """Bytes as people say them: ``1.5 MB`` are 1 500 000."""
    amount, units = float(value), ["bytes", "kB", "MB", "GB", "TB"]
    while amount >= 999.5 and len(units) > 1:
        amount /= 1000
        del units[0]
    text = f"{amount:.1f}" if amount < 9.95 else f"{amount:.0f}"
    return f"{text.removesuffix('.0')} {units[0]}"


def labelled(label: str, text: str, *, indent: int, column: int, width: int) -> list[str]:
    """A label, and the text wrapped in the column beside it. Long words are not broken."""
    head = f"{' ' * indent}{label}"
    return wrapped(text, first=f"{head:<{column}}", rest=" " * column, width=width)


def wrapped(text: str, *, width: int, first: str = "", rest: str = "") -> list[str]:
    """The text over several lines; a word longer than a line stays whole, so it can be copied."""
    lines = textwrap.wrap(
        shown(text),
        width=max(width, len(rest) + 20),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [first.rstrip()]


def columns(
    rows: Iterable[Sequence[str]], *, indent: int = 0, right: frozenset[int] = frozenset()
) -> list[str]:
    """Rows in columns two blanks apart; those in ``right`` aligned to the right."""
    cells = [tuple(shown(c) for c in row) for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    return [(" " * indent + "  ".join(_padded(row, widths, right))).rstrip() for row in cells]


def _padded(row: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> Iterator[str]:
    for place, (text, width) in enumerate(zip(row, widths, strict=True)):
        pad = " " * (width - cell_len(text))
        yield pad + text if place in right else text + pad


def dotted(version: Iterable[int]) -> str:
    """``18.4``."""
    return ".".join(map(str, version))
