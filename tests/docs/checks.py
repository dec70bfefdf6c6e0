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
- `--json`, `--junit`, `--sarif` and `--github` (annotations) write the results for programs, with
  the same exit code. JUnit knows no warnings: what only warns is a test that passed.
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


OWN = """\
## Checks of your own

A function of a `Situation` (`falsework/checks/situation.py`: a connection that cannot write, the
plan, the live schema) that yields a `Remark` for each thing to know; nothing means passed:

```python
from sqlalchemy import text
from falsework.checks import Remark, check


@check(
    code="NOVA1",
    title="services that are too old",
    effect="They cannot talk to release B.",
    remedy="Upgrade these hosts first.",
    before=["contract"],
)
def old_services(situation):
    for host in situation.connection.scalars(text("SELECT host FROM services WHERE version < 61")):
        yield Remark(host, "is too old", stops=True)
```

`checks = ["nova.checks"]` in the configuration names the module (or `module:name`); a package says
it by an entry point of the group `falsework.checks`. A class as oslo.upgradecheck has them, with
`_upgrade_checks`, runs as it is: name it in the same way. Code that does not end in its time is
left to itself; its check is an error, and the others are made.

## Waivers

A finding to live with, for a reason and until a day (included); after that it is told again, with
the waiver that has expired. `subject` is a table, or what the finding names; without it, all that
the check finds. A waiver opens no gate: what stops a phase stops it all the same.

```toml
[[waivers]]                      # in pyproject.toml [[tool.falsework.waivers]]
check = "FW105"
subject = "audit_log"
reason = "only ever appended to; nobody looks a row up"
until = 2027-06-30
```
"""


def page() -> str:
    """The whole page."""
    parts = [INTRO, ROWS]
    parts += [part for check in DERIVED for part in _check(check)]
    parts += [STANDS]
    parts += [part for check in STANDING for part in _check(check)]
    return "\n".join([*parts, OWN])


def _check(check: Check) -> Iterator[str]:
    yield f"### {check.code}: {check.title}\n"
    yield _wrapped(f"{check.effect} *What to do:* {check.remedy}")
    yield _wrapped(f"Asks {asks(check)}; matters {check.when}.")
    for engine, reason in silent(check):
        yield _wrapped(f"- Not of {engine}: {reason}.")


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False) + "\n"
