"""``docs/checks.md``, made of the checks themselves."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from falsework.checks import DERIVED, STANDING, Check
from falsework.report.explaining import asks, silent
from tests.servers.run import ROOT

PATH = ROOT / "docs" / "checks.md"

INTRO = """\
# Checks

<!-- Made by tests/docs/checks.py: `make golden` writes it anew. -->

`db-check` asks before an upgrade, and writes nothing. `db-check --list` lists what it asks,
`--explain FW104` says what is below of one check; `--only` and `--skip` choose by code, `--before
contract` by the phase before which something matters.

- Each check has a read-only transaction and a time of its own (`--timeout`). One that crashes or
  takes too long is an *error* (exit code 2), and the others are made all the same.
- All questions about the rows of a table are answered in one pass over it. Where that pass fails,
  each is asked alone.
- What a server, or this user, cannot answer is *skipped*, with the reason.
- A check may run on a standby, and as a user that may only read.
"""

ROWS = """\
## Rows that steps depend on

Derived from the plan: each pending change has its own question. A *warning* is settled by the
upgrade itself, or is the operator's decision (FW006, see `--lose`); a *failure* stops the phase,
whose gate asks again. Keys of a few rows are shown.
"""

STANDS = """\
## The database as it stands

Asked whatever the plan is. A *warning* is worth a look and stops nothing; a *failure* is sure to
break something. Those that passed or were skipped have no cell in the table, unless `-v` or
`--only` asks for them.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRO, ROWS]
    parts += [part for check in DERIVED for part in _check(check)]
    parts += [STANDS]
    parts += [part for check in STANDING for part in _check(check)]
    return "\n".join(parts)


def _check(check: Check) -> Iterator[str]:
    yield f"### {check.code}: {check.title}\n"
    yield _wrapped(f"{check.effect} *What to do:* {check.remedy}")
    yield _wrapped(f"Asks {asks(check)}; matters {check.when}.")
    for engine, reason in silent(check):
        yield _wrapped(f"- Not of {engine}: {reason}.")


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False) + "\n"
